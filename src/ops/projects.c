#include "ops/projects.h"

#include "base/mem.h"
#include "base/num.h"
#include "lima/template.h"
#include "model/settings.h"
#include "model/slug.h"
#include "ops/dependents.h"
#include "ops/node_query.h"
#include "ops/project_refs.h"
#include "ops/workspace.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/events.h"
#include "store/home_prepare.h"

#define CPUS_MAX 1024

static bool cpus_from_flag(const char *cpus, int64_t *out, struct err *e)
{
	if (num_i64(str_z(cpus), out) && *out >= 1 && *out <= CPUS_MAX)
		return true;
	return err_set(e, ERR_INVALID_ARGUMENT, "--cpus wants a number from 1 to %d, not \"%s\"",
		CPUS_MAX, cpus);
}

static bool size_from_flag(const char *value, const char *flag, char **out, struct err *e)
{
	own_buf struct buf b = {0};

	if (!size_normalize(str_z(value), flag, &b, e))
		return false;
	free(*out);
	*out = buf_steal(&b);
	return true;
}

bool resources_from_flags(const char *cpus, const char *memory, const char *disk,
	struct resources *out, struct err *e)
{
	struct resources r = {0};

	if ((!cpus || cpus_from_flag(cpus, &r.cpus, e)) &&
		(!memory || size_from_flag(memory, "--memory", &r.memory, e)) &&
		(!disk || size_from_flag(disk, "--disk", &r.disk, e))) {
		*out = r;
		return true;
	}
	fields_fini(&resources_fields, &r);
	return false;
}

/* What can be told to be wrong before anything is written. */
static bool check_new(const struct home *h, const struct project_new *new, struct buf *workspace,
	struct resources *res, struct err *e)
{
	if (!workspace_resolve(h, new->workspace, workspace, e))
		return false;
	if (new->slug && !slug_check(str_z(new->slug), e))
		return false;
	if (new->template && !template_locator_check(new->template, e))
		return false;
	return resources_from_flags(new->cpus, new->memory, new->disk, res, e);
}

static bool pick_slug(const struct home *h, const struct ctx *c, const struct project_new *new,
	struct str workspace, char **out, struct err *e)
{
	own_buf struct buf base = {0};
	own_buf struct buf slug = {0};

	if (new->slug) {
		*out = mem_strdup(new->slug);
		return slug_free(h, c, REC_PROJECT, new->slug, e);
	}
	slug_derive(&base, path_base(workspace));
	if (!slug_pick(h, c, REC_PROJECT, buf_view(&base), &slug, e))
		return false;
	*out = buf_steal(&slug);
	return true;
}

/* Under the namespace lock: nothing that is checked here can change before the record stands. */
static bool create_locked(struct home *h, const struct ctx *c, const struct project_new *new,
	struct str workspace, struct project *p, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;

	if (!lock_namespace(h, REC_PROJECT, &lock, e) ||
		!profile_known(h, p->agent_profile_name, e) ||
		!environments_resolve(h, c, new->env_configs, &p->environment_configs, e) ||
		!pick_slug(h, c, new, workspace, &p->slug, e) ||
		!workspace_check_others(h, c, p->workspace_path, NULL, false, e) ||
		!record_create(h, REC_PROJECT, p, e))
		return false;
	event_note(h, c, REC_PROJECT, p->id, "project.created", NULL, NULL);
	return true;
}

bool project_create(struct home *h, const struct ctx *c, const struct project_new *new,
	struct project *out, struct err *e)
{
	own_buf struct buf workspace = {0};
	struct project p = {0};

	if (!check_new(h, new, &workspace, &p.resources, e) || !home_prepare(h, c, e))
		goto fail;
	p.workspace_path = mem_strdup(buf_z(&workspace));
	p.agent_profile_name = mem_strdup(
		new->agent_profile ? new->agent_profile : h->config.default_agent_profile);
	p.default_runtime = mem_strdup("vm");
	p.default_provider = mem_strdup("lima");
	p.default_lima_template =
		mem_strdup(new->template ? new->template : h->config.default_template);
	if (new->bootstrap_commands &&new->bootstrap_commands->n)
		strv_copy(&lists_add(&p.lima_commands, "bootstrap")->list, new->bootstrap_commands);
	if (!create_locked(h, c, new, buf_view(&workspace), &p, e))
		goto fail;
	*out = p;
	return true;
fail:
	fields_fini(&project_fields, &p);
	return false;
}

/* Nodes first: they are what must go before the children can. */
static bool deletable(
	const struct home *h, const struct ctx *c, const struct project *p, struct err *e)
{
	own_dependents struct dependents nodes = {0}, children = {0};

	if (!dependents_nodes(h, c, p->id, &nodes, e) ||
		!dependents_children(h, c, p->id, &children, e))
		return false;
	if (!dependents_none(&nodes, "node_count", e, "project %s still has live nodes", p->slug))
		err_fix(e, "delete them first: codelima node delete NODE");
	else if (!dependents_none(&children, "child_count", e,
			 "project %s still has live child projects", p->slug))
		err_fix(e, "delete them first: codelima project delete PROJECT");
	else
		return true;
	err_field(e, "project_slug", p->slug);
	return err_field(e, "project_id", p->id);
}

static bool mark_project_deleted(void *rec, void *arg, struct err *e)
{
	struct project *p = rec;

	(void)arg;
	(void)e;
	clock_stamp(&p->deleted_at);
	return true;
}

bool project_delete(
	struct home *h, const struct ctx *c, const char *ref, struct project *out, struct err *e)
{
	own_lock struct lock projects = LOCK_NONE;
	own_lock struct lock nodes = LOCK_NONE;
	struct project p = {0};
	bool ok;

	if (!record_find_live(h, c, REC_PROJECT, ref, &p, e))
		return false;
	ok = home_prepare(h, c, e) && lock_namespace(h, REC_PROJECT, &projects, e) &&
	     lock_namespace(h, REC_NODE, &nodes, e) && record_again(h, REC_PROJECT, &p, e) &&
	     deletable(h, c, &p, e) &&
	     record_update(h, REC_PROJECT, p.id, mark_project_deleted, NULL, out, e);
	if (ok)
		event_note(h, c, REC_PROJECT, p.id, "project.deleted", NULL, NULL);
	fields_fini(&project_fields, &p);
	return ok;
}

bool project_list(const struct home *h, const struct ctx *c, bool deleted, struct record_list *out,
	struct err *e)
{
	return records_list(h, c, REC_PROJECT, deleted ? LIST_DELETED : 0, out, e);
}

bool project_show(const struct home *h, const struct ctx *c, const char *ref, struct project *out,
	struct err *e)
{
	return record_find(h, c, REC_PROJECT, ref, out, e);
}

static int by_project_slug(const void *a, const void *b)
{
	return strcmp(((const struct project *)a)->slug, ((const struct project *)b)->slug);
}

static int by_node_slug(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->slug, ((const struct node *)b)->slug);
}

static struct tree_item *item_of(const struct lineage *l, const char *project_id)
{
	for (size_t i = 0; i < l->n_items; i++)
		if (z_eq(l->items[i].project->id, project_id))
			return &l->items[i];
	return NULL;
}

/* A root that is deleted is asked for by name: its tree shows deleted ones too. */
static bool find_root(const struct home *h, const struct ctx *c, const char *ref, bool *deleted,
	char **id, struct err *e)
{
	struct project p = {0};

	if (!ref)
		return true;
	if (!record_find(h, c, REC_PROJECT, ref, &p, e))
		return false;
	*deleted = *deleted || p.deleted_at;
	*id = mem_strdup(p.id);
	fields_fini(&project_fields, &p);
	return true;
}

bool project_tree(const struct home *h, const struct ctx *c, const char *root_ref, bool deleted,
	struct project_tree *out, struct err *e)
{
	own_mem char *root_id = NULL;
	struct project_tree t = {0};

	if (!find_root(h, c, root_ref, &deleted, &root_id, e))
		return false;
	node_query_notice(c);
	if (!records_list(h, c, REC_PROJECT, deleted ? LIST_DELETED : 0, &t.projects, e) ||
		!records_list(h, c, REC_NODE, deleted ? LIST_DELETED : 0, &t.nodes, e)) {
		project_tree_fini(&t);
		return false;
	}
	if (t.projects.n)
		qsort(t.projects.v, t.projects.n, sizeof(struct project), by_project_slug);
	if (t.nodes.n)
		qsort(t.nodes.v, t.nodes.n, sizeof(struct node), by_node_slug);
	nodes_observe(h, t.nodes.v, t.nodes.n);
	lineage_build(&t.lineage, t.projects.v, t.projects.n, t.nodes.v, t.nodes.n);
	if (root_id)
		t.root = item_of(&t.lineage, root_id);
	*out = t;
	return true;
}

void project_tree_fini(struct project_tree *t)
{
	lineage_fini(&t->lineage);
	record_list_fini(&t->projects);
	record_list_fini(&t->nodes);
}
