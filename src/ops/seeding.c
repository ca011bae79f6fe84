#include "ops/seeding.h"

#include "base/mem.h"
#include "lima/seed.h"
#include "model/settings.h"
#include "ops/workspace.h"
#include "os/file.h"

/* The built-in command gives the parent to the guest's user: the root directory is not given
 * away, so there it is the target itself. */
static void use_target_below_root(struct command_list *list, const struct action_vars *v)
{
	if (!list->builtin || !z_eq(v->target_parent, "/"))
		return;
	strv_clear(&list->commands);
	strv_add(&list->commands, "sudo rm -rf {{target_path}} && sudo mkdir -p {{target_path}} && "
				  "sudo chown \"$(id -un)\":\"$(id -gn)\" {{target_path}}");
}

static bool prepare(struct guest *g, const struct action_vars *v, struct err *e)
{
	struct node_work *w = g->w;
	own_commands struct command_list list = {0};
	own_buf struct buf script = {0};
	own_run struct run r = {.what = "workspace_seed_prepare"};

	node_work_commands(w, ACT_SEED_PREPARE, &list);
	use_target_below_root(&list, v);
	if (!settings_deadline(&w->h->config, "seed_prepare", &r.timeout_ms, e) ||
		!action_guest_script(&w->lima, &list, v, &script, e) ||
		!guest_script(g, buf_z(&script), &r, &w->ctx, e))
		return false;
	if (r.status == 0)
		return true;
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED,
		"preparing %s in the guest failed with exit status %d", v->target_path, r.status);
	if (r.err_tail.n)
		err_cause(e, "%.*s", STRF(str_trim(buf_view(&r.err_tail))));
	return err_field(e, "target_path", v->target_path);
}

static bool mark_seeded(void *rec, void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	((struct node *)rec)->workspace_seeded = true;
	return true;
}

static bool by_stream(struct guest *g, const struct action_vars *v, struct err *e)
{
	own_buf struct buf manifest = {0};
	struct seed_totals totals = {0};

	node_work_path(g->w, &manifest, "seed-manifest.json");
	return seed_workspace(
		&g->ssh, &g->w->ctx, v->source_path, v->target_path, buf_z(&manifest), &totals, e);
}

static bool by_override(struct guest *g, const struct action_vars *v, struct err *e)
{
	ctx_step(&g->w->ctx, "seed", STEP_RUNNING, "copying %s", v->source_path);
	if (!node_work_action(g->w, ACT_COPY, v, NULL, NULL, NULL, e))
		return false;
	ctx_step(&g->w->ctx, "seed", STEP_DONE, "copied %s", v->source_path);
	return true;
}

bool seeding(struct guest *g, struct err *e)
{
	struct node_work *w = g->w;
	own_commands struct command_list copy = {0};
	own_buf struct buf target = {0};
	const char *source = w->project.workspace_path, *path = node_workspace(&w->node);
	own_mem char *parent = NULL;
	struct str dir = path_dir(str_z(path));

	if (!workspace_usable(w->h, source, e))
		return false;
	parent = mem_strndup(dir.p, dir.n);
	buf_printf(&target, "%s:%s", w->node.lima_instance_name, parent);
	const struct action_vars v = {.instance_name = w->node.lima_instance_name,
		.source_path = source,
		.target_path = path,
		.target_parent = parent,
		.copy_target = buf_z(&target),
		.recursive = true};

	node_work_commands(w, ACT_COPY, &copy);
	if (!ctx_check(&w->ctx, e) || !prepare(g, &v, e) ||
		!(copy.builtin ? by_stream(g, &v, e) : by_override(g, &v, e)))
		return err_field(e, "source_path", source);
	return node_work_update(w, mark_seeded, NULL, e);
}
