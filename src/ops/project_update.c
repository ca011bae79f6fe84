#include "ops/project_update.h"

#include "base/mem.h"
#include "lima/template.h"
#include "model/slug.h"
#include "ops/dependents.h"
#include "ops/project_refs.h"
#include "ops/projects.h"
#include "ops/workspace.h"
#include "store/events.h"
#include "store/home_prepare.h"

/* What was asked for, checked and in the words of the record. */
struct fresh {
	const struct project_change *want;
	struct buf workspace;
	struct resources resources;
	struct strv environments;
};

static void fresh_fini(struct fresh *f)
{
	buf_fini(&f->workspace);
	fields_fini(&resources_fields, &f->resources);
	strv_fini(&f->environments);
}

/* What can be told to be wrong before anything is written. */
static bool check_words(const struct home *h, struct fresh *f, struct err *e)
{
	const struct project_change *w = f->want;

	return (!w->slug || slug_check(str_z(w->slug), e)) &&
	       (!w->template || template_locator_check(w->template, e)) &&
	       resources_from_flags(w->cpus, w->memory, w->disk, &f->resources, e) &&
	       (!w->workspace || workspace_resolve(h, w->workspace, &f->workspace, e));
}

static bool movable(const struct home *h, const struct ctx *c, const struct project *p,
	const char *to, struct err *e)
{
	own_dependents struct dependents nodes = {0};

	if (z_eq(to, p->workspace_path))
		return true;
	if (!dependents_nodes(h, c, p->id, &nodes, e))
		return false;
	if (dependents_none(&nodes, "node_count", e,
		    "the workspace of project %s cannot change while it has live nodes", p->slug))
		return workspace_check_others(h, c, to, p->id, false, e);
	err_field(e, "project_slug", p->slug);
	err_field(e, "project_id", p->id);
	err_field(e, "workspace_path", p->workspace_path);
	return err_fix(e, "delete them first: codelima node delete NODE");
}

/* Under the locks: what holds here still holds when the record is written. */
static bool check_others(const struct home *h, const struct ctx *c, const struct project *p,
	struct fresh *f, struct err *e)
{
	const struct project_change *w = f->want;

	if (w->slug && !z_eq(w->slug, p->slug) && !slug_free(h, c, REC_PROJECT, w->slug, e))
		return false;
	return (!w->agent_profile || profile_known(h, w->agent_profile, e)) &&
	       environments_resolve(h, c, w->env_configs, &f->environments, e) &&
	       (!w->workspace || movable(h, c, p, buf_z(&f->workspace), e));
}

static void put(char **slot, const char *value)
{
	if (value)
		mem_set(slot, value);
}

static void put_resources(struct resources *r, const struct fresh *f)
{
	if (f->want->clear_resources)
		fields_fini(&resources_fields, r);
	if (f->resources.cpus)
		r->cpus = f->resources.cpus;
	put(&r->memory, f->resources.memory);
	put(&r->disk, f->resources.disk);
}

static void put_bootstrap(struct lists *commands, const struct strv *list)
{
	struct list_entry *le;

	if (!list->n) {
		lists_remove(commands, "bootstrap");
		return;
	}
	le = lists_add(commands, "bootstrap");
	le->off = false;
	strv_copy(&le->list, list);
}

static bool apply(void *rec, void *arg, struct err *e)
{
	const struct fresh *f = arg;
	const struct project_change *w = f->want;
	struct project *p = rec;

	(void)e;
	put(&p->slug, w->slug);
	put(&p->workspace_path, w->workspace ? buf_z(&f->workspace) : NULL);
	put(&p->agent_profile_name, w->agent_profile);
	put(&p->default_lima_template, w->template);
	if (w->env_configs)
		strv_copy(&p->environment_configs, &f->environments);
	if (w->bootstrap_commands)
		put_bootstrap(&p->lima_commands, w->bootstrap_commands);
	put_resources(&p->resources, f);
	return true;
}

static bool update_locked(struct home *h, const struct ctx *c, struct project *p, struct fresh *f,
	struct project *out, struct err *e)
{
	own_lock struct lock projects = LOCK_NONE;
	own_lock struct lock nodes = LOCK_NONE;

	if (!lock_namespace(h, REC_PROJECT, &projects, e) ||
		!lock_namespace(h, REC_NODE, &nodes, e) || !record_again(h, REC_PROJECT, p, e) ||
		!check_others(h, c, p, f, e) ||
		!record_update(h, REC_PROJECT, p->id, apply, f, out, e))
		return false;
	event_note(h, c, REC_PROJECT, p->id, "project.updated", NULL, NULL);
	return true;
}

bool project_update(struct home *h, const struct ctx *c, const char *ref,
	const struct project_change *want, struct project *out, struct err *e)
{
	struct fresh f = {.want = want};
	struct project p = {0};
	bool ok = record_find_live(h, c, REC_PROJECT, ref, &p, e) && check_words(h, &f, e) &&
		  home_prepare(h, c, e) && update_locked(h, c, &p, &f, out, e);

	fields_fini(&project_fields, &p);
	fresh_fini(&f);
	return ok;
}
