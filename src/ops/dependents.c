#include "ops/dependents.h"

#include "base/mem.h"

#define NAMED 4 /* more are counted, not named */

void dependents_fini(struct dependents *d)
{
	buf_fini(&d->names);
	d->n = 0;
}

static void add(struct dependents *d, const char *slug)
{
	d->n++;
	if (d->n <= NAMED + 1)
		buf_printf(&d->names, "%s%s", d->names.n ? ", " : "", d->n > NAMED ? "…" : slug);
}

typedef bool depends(const void *rec, const void *on);

static bool collect(const struct home *h, const struct ctx *c, enum record_type t, depends *fn,
	const void *on, struct dependents *d, struct err *e)
{
	own_records struct record_list l = {0};

	if (!records_list(h, c, t, 0, &l, e))
		return false;
	for (size_t i = 0; i < l.n; i++)
		if (fn(record_at(&l, i), on))
			add(d, record_get(t, record_at(&l, i), SLOT_SLUG));
	return true;
}

static bool is_node_of(const void *rec, const void *id)
{
	return z_eq(((const struct node *)rec)->project_id, id);
}

bool dependents_nodes(const struct home *h, const struct ctx *c, const char *project_id,
	struct dependents *d, struct err *e)
{
	return collect(h, c, REC_NODE, is_node_of, project_id, d, e);
}

static bool is_child_of(const void *rec, const void *id)
{
	return z_eq(((const struct project *)rec)->parent_project_id, id);
}

bool dependents_children(const struct home *h, const struct ctx *c, const char *project_id,
	struct dependents *d, struct err *e)
{
	return collect(h, c, REC_PROJECT, is_child_of, project_id, d, e);
}

static bool lists_environment(const void *rec, const void *on)
{
	const struct strv *used = &((const struct project *)rec)->environment_configs;
	const struct environment *env = on;

	return strv_has(used, env->slug) || strv_has(used, env->id);
}

bool dependents_of_environment(const struct home *h, const struct ctx *c,
	const struct environment *env, struct dependents *d, struct err *e)
{
	return collect(h, c, REC_PROJECT, lists_environment, env, d, e);
}

static bool project_runs(const void *rec, const void *name)
{
	return z_eq(((const struct project *)rec)->agent_profile_name, name);
}

static bool node_runs(const void *rec, const void *name)
{
	return z_eq(((const struct node *)rec)->agent_profile_name, name);
}

bool dependents_of_profile(const struct home *h, const struct ctx *c, enum record_type t,
	const char *name, struct dependents *d, struct err *e)
{
	return collect(h, c, t, t == REC_NODE ? node_runs : project_runs, name, d, e);
}

bool dependents_none(
	const struct dependents *d, const char *count_field, struct err *e, const char *fmt, ...)
{
	own_buf struct buf message = {0}, count = {0};
	va_list ap;

	if (!d->n)
		return true;
	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	buf_printf(&count, "%zu", d->n);
	err_set(e, ERR_PRECONDITION_FAILED, "%s: %s", buf_z(&message), buf_z(&d->names));
	return err_field(e, count_field, buf_z(&count));
}
