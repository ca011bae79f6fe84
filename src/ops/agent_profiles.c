#include "ops/agent_profiles.h"

#include "base/escape.h"
#include "base/mem.h"
#include "base/shquote.h"
#include "model/slug.h"
#include "ops/dependents.h"
#include "store/home_prepare.h"
#include "store/profiles.h"

static bool not_a_variable(const char *word, struct err *e)
{
	own_buf struct buf shown = {0};

	escape_text(&shown, str_z(word));
	return err_set(e, ERR_INVALID_ARGUMENT,
		"--env wants NAME=VALUE with a name of letters, digits and _, not \"%s\"",
		buf_z(&shown));
}

static bool read_variables(const struct strv *words, struct strmap *out, struct err *e)
{
	for (size_t i = 0; i < words->n; i++) {
		struct str word = str_z(words->v[i]);
		size_t eq = str_find(word, '=');
		own_mem char *name = mem_strndup(word.p, eq);

		if (eq == word.n || !sh_is_name(str_n(word.p, eq)))
			return not_a_variable(words->v[i], e);
		if (strmap_get(out, name))
			return err_set(e, ERR_INVALID_ARGUMENT, "--env %s is given twice", name);
		strmap_set(out, name, words->v[i] + eq + 1);
	}
	return true;
}

/* What was asked for, its variables read. */
struct fresh {
	const struct profile_change *want;
	struct strmap variables;
};

/* Those that stay keep their order, as they do in the file. */
static void put_variables(struct strmap *m, const struct strmap *wanted)
{
	struct strmap now = {0};

	for (size_t i = 0; i < m->keys.n; i++) {
		const char *value = strmap_get(wanted, m->keys.v[i]);

		if (value)
			strmap_set(&now, m->keys.v[i], value);
	}
	for (size_t i = 0; i < wanted->keys.n; i++)
		strmap_set(&now, wanted->keys.v[i], wanted->values.v[i]);
	strmap_fini(m);
	*m = now;
}

static void put(char **slot, const char *value)
{
	if (value)
		mem_set(slot, value);
}

static bool apply(struct profile *p, void *arg, struct err *e)
{
	const struct fresh *f = arg;
	const struct profile_change *w = f->want;

	(void)e;
	put(&p->name, w->name);
	if (w->install_commands)
		strv_copy(&p->install_commands, w->install_commands);
	put(&p->validation_command, w->validation_command);
	put(&p->launch_command, w->launch_command);
	if (w->environment)
		put_variables(&p->environment, &f->variables);
	return true;
}

bool agent_profile_create(struct home *h, const struct ctx *c, const struct profile_change *want,
	struct profile *out, struct err *e)
{
	struct fresh f = {.want = want};
	struct profile p = {.validation_command = mem_strdup(""), .launch_command = mem_strdup("")};
	bool ok = (!want->environment || read_variables(want->environment, &f.variables, e)) &&
		  slug_check(str_z(want->name), e) && home_prepare(h, c, e) && apply(&p, &f, e) &&
		  profile_create(h, &p, e);

	strmap_fini(&f.variables);
	if (ok)
		*out = p;
	else
		fields_fini(&profile_fields, &p);
	return ok;
}

static bool is_used(const char *name, enum record_type t, const struct dependents *d, struct err *e)
{
	bool nodes = t == REC_NODE;

	if (dependents_none(d, nodes ? "node_count" : "project_count", e,
		    "agent profile %s is used by live %s", name, nodes ? "nodes" : "projects"))
		return false;
	err_field(e, "slug", name);
	err_fix(e, nodes ? "delete them first: codelima node delete NODE"
			 : "codelima project update PROJECT --agent-profile OTHER");
	return true;
}

static bool unused(const struct home *h, const struct ctx *c, const char *name, struct err *e)
{
	static const enum record_type types[] = {REC_PROJECT, REC_NODE};

	if (z_eq(name, h->config.default_agent_profile)) {
		err_set(e, ERR_PRECONDITION_FAILED, "agent profile %s is the default one", name);
		err_field(e, "slug", name);
		return err_fix(e, "name another default_agent_profile in %s first", h->config_path);
	}
	for (size_t i = 0; i < countof(types); i++) {
		own_dependents struct dependents d = {0};

		if (!dependents_of_profile(h, c, types[i], name, &d, e) ||
			is_used(name, types[i], &d, e))
			return false;
	}
	return true;
}

/* Held so that nothing which uses the profile comes to be meanwhile. */
struct users_locked {
	struct lock projects, nodes;
};
static void users_unlock(struct users_locked *l)
{
	lock_drop(&l->nodes);
	lock_drop(&l->projects);
}

static bool lock_unused(const struct home *h, const struct ctx *c, const char *name,
	struct users_locked *l, struct err *e)
{
	return lock_namespace(h, REC_PROJECT, &l->projects, e) &&
	       lock_namespace(h, REC_NODE, &l->nodes, e) && unused(h, c, name, e);
}

bool agent_profile_update(struct home *h, const struct ctx *c, const char *name,
	const struct profile_change *want, struct profile *out, struct err *e)
{
	__attribute__((cleanup(users_unlock))) struct users_locked users = {LOCK_NONE, LOCK_NONE};
	struct fresh f = {.want = want};
	struct profile p = {0};
	bool renamed = want->name && !z_eq(want->name, name);
	bool ok = profile_load(h, name, &p, e) &&
		  (!want->environment || read_variables(want->environment, &f.variables, e)) &&
		  (!renamed || slug_check(str_z(want->name), e)) && home_prepare(h, c, e) &&
		  (!renamed || lock_unused(h, c, name, &users, e)) &&
		  profile_update(h, name, apply, &f, out, e);

	strmap_fini(&f.variables);
	fields_fini(&profile_fields, &p);
	return ok;
}

bool agent_profile_delete(
	struct home *h, const struct ctx *c, const char *name, struct profile *out, struct err *e)
{
	__attribute__((cleanup(users_unlock))) struct users_locked users = {LOCK_NONE, LOCK_NONE};
	struct profile p = {0};

	if (profile_load(h, name, &p, e) && unused(h, c, name, e) && home_prepare(h, c, e) &&
		lock_unused(h, c, name, &users, e) && profile_delete(h, name, e)) {
		*out = p;
		return true;
	}
	fields_fini(&profile_fields, &p);
	return false;
}

bool agent_profile_show(const struct home *h, const char *name, struct profile *out, struct err *e)
{
	return profile_load(h, name, out, e);
}

bool agent_profile_list(
	const struct home *h, const struct ctx *c, struct profile_list *out, struct err *e)
{
	own_strv struct strv names = {0};

	if (!profile_names(h, &names, e))
		return false;
	out->v = mem_array(NULL, names.n + 1, sizeof(*out->v));
	for (size_t i = 0; i < names.n; i++) {
		own_err struct err why = {0};

		out->v[out->n] = (struct profile){0};
		if (profile_load(h, names.v[i], &out->v[out->n], &why))
			out->n++;
		else
			ctx_notice(c, LEVEL_WARN, "agent profile is skipped: %s", buf_z(&why.msg));
	}
	return true;
}

void profile_list_fini(struct profile_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		fields_fini(&profile_fields, &l->v[i]);
	free(l->v);
	*l = (struct profile_list){0};
}
