#include "ops/node_create.h"

#include "base/mem.h"
#include "model/settings.h"
#include "model/slug.h"
#include "ops/bootstrap_plan.h"
#include "ops/host_commands.h"
#include "ops/node_query.h"
#include "ops/node_record.h"
#include "ops/node_vm.h"
#include "ops/projects.h"
#include "ops/workspace.h"
#include "store/bootstrap_file.h"
#include "store/home_prepare.h"
#include "store/profiles.h"

static bool check_words(const struct node_new *new, struct err *e)
{
	const char *mode = new->workspace_mode;

	if (new->runtime && !z_eq(new->runtime, "vm")) {
		err_set(e, ERR_UNSUPPORTED_FEATURE, "runtime \"%s\" is not supported: only vm is",
			new->runtime);
		return err_field(e, "runtime", new->runtime);
	}
	if (new->provider && !z_eq(new->provider, "lima")) {
		err_set(e, ERR_UNSUPPORTED_FEATURE,
			"provider \"%s\" is not supported: only lima is", new->provider);
		return err_field(e, "provider", new->provider);
	}
	if (mode && !z_eq(mode, "copy") && !z_eq(mode, "mounted")) {
		err_set(e, ERR_INVALID_ARGUMENT, "--workspace-mode is copy or mounted, not \"%s\"",
			mode);
		return err_field(e, "workspace_mode", mode);
	}
	return !new->slug || slug_check(str_z(new->slug), e);
}

static bool check_profile(const struct home *h, const struct node_new *new, struct node_work *w,
	struct profile *profile, struct err *e)
{
	const char *name = new->agent_profile ? new->agent_profile : w->project.agent_profile_name;

	w->node.agent_profile_name = mem_strdup(name ? name : h->config.default_agent_profile);
	return profile_load(h, w->node.agent_profile_name, profile, e);
}

static void fill_record(struct node_work *w, const struct node_new *new)
{
	struct node *n = &w->node;
	bool mounted = z_eq(new->workspace_mode, "mounted");

	n->project_id = mem_strdup(w->project.id);
	n->runtime = mem_strdup("vm");
	n->provider = mem_strdup("lima");
	n->workspace_mode = mem_strdup(mounted ? "mounted" : "copy");
	if (mounted)
		n->workspace_mount_path = mem_strdup(w->project.workspace_path);
	else
		n->guest_workspace_path = mem_strdup(w->project.workspace_path);
}

/* What the first start will run, as far as it is known now; the steps that lima_commands add
 * are shown too, and freeze at the first start. */
static bool plan(
	struct node_work *w, const struct node_new *new, struct bootstrap *b, struct err *e)
{
	own_commands struct command_list list = {0};
	struct profile profile = {0};
	bool ok = check_profile(w->h, new, w, &profile, e) &&
		  host_commands_load(w->h, &w->ctx, new->lima_commands_file, new->trust_file,
			  &w->node.lima_commands, e) &&
		  node_work_project(w, e) &&
		  bootstrap_plan_make(w->h, &w->ctx, &w->project, &profile, b, e);

	if (ok) {
		b->skipped = new->no_bootstrap;
		node_work_commands(w, ACT_BOOTSTRAP, &list);
		bootstrap_plan_commands(b, &list.commands, &w->node.bootstrap_commands);
	}
	fields_fini(&profile_fields, &profile);
	return ok;
}

static bool make_record(struct node_work *w, const struct node_new *new, struct err *e)
{
	const struct node_name name = {new->slug, w->project.slug, "-node", "--slug"};
	struct bootstrap b = {0};
	bool ok = plan(w, new, &b, e) && node_record_make(w, &name, e) && node_work_project(w, e) &&
		  node_work_claim(w, "create", new->argv, e) && node_record_refer(w, e) &&
		  bootstrap_save(w->h, w->node.id, &b, e);

	bootstrap_fini(&b);
	return ok;
}

static bool make_vm(struct node_work *w, const struct node_new *new, struct err *e)
{
	struct node_vm_want v = {0};
	bool ok;

	if (!node_vm_want(w, new->containerd, &v, e))
		return false;
	ok = node_vm_template(w, &v, e) && ctx_check(&w->ctx, e) && node_vm_create(w, &v, e) &&
	     node_vm_check(w, &v, e) && ctx_check(&w->ctx, e);
	node_vm_want_fini(&v);
	return ok;
}

static bool create_in(
	struct node_work *w, const struct node_new *new, struct node *out, struct err *e)
{
	bool made = false;

	if (!node_work_lima(w, e) || !limactl_check_version(&w->lima, &w->ctx, e) ||
		!limactl_check_list(&w->lima, &w->ctx, e))
		return false;
	made = make_record(w, new, e);
	if (!made || !make_vm(w, new, e)) {
		node_record_undo(w, false, e);
		return false;
	}
	if (!node_work_lifecycle(w, LIFE_CREATED, e))
		return false;
	node_work_event(w, "node.created", NULL, NULL);
	fields_copy(&node_fields, out, &w->node);
	node_observe(w->h, out);
	return true;
}

bool node_create(struct home *h, const struct ctx *c, const struct node_new *new, struct node *out,
	struct err *e)
{
	struct node_work w = {.h = h, .ctx = *c};
	bool ok = check_words(new, e) &&
		  resources_from_flags(new->cpus, new->memory, new->disk, &w.node.resources, e) &&
		  record_find_live(h, c, REC_PROJECT, new->project, &w.project, e);

	if (ok) {
		fill_record(&w, new);
		ok = workspace_usable(h, w.project.workspace_path, e) && home_prepare(h, c, e) &&
		     workspace_check_others(h, c, w.project.workspace_path, w.project.id,
			     node_is_mounted(&w.node), e) &&
		     create_in(&w, new, out, e);
	}
	node_work_close(&w, ok ? NULL : e);
	return ok;
}
