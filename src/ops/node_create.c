#include "ops/node_create.h"

#include "base/mem.h"
#include "model/settings.h"
#include "model/slug.h"
#include "ops/bootstrap_plan.h"
#include "ops/node_query.h"
#include "ops/node_vm.h"
#include "ops/project_refs.h"
#include "ops/projects.h"
#include "ops/workspace.h"
#include "os/file.h"
#include "store/bootstrap_file.h"
#include "store/command_files.h"
#include "store/fresh_id.h"
#include "store/home_prepare.h"
#include "store/profiles.h"

#define UNDO_MS 120000 /* for tearing down what a failed create made */

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

/* Is this file inside a workspace that a live mounted node can write? Then the guest chose
 * what would run on the host (contract/threats.md T3). */
static bool trusted_file(
	const struct home *h, const struct ctx *c, const struct node_new *new, struct err *e)
{
	own_records struct record_list projects = {0}, nodes = {0};

	if (!records_list(h, c, REC_PROJECT, LIST_QUIET, &projects, e) ||
		!records_list(h, c, REC_NODE, LIST_QUIET, &nodes, e))
		return false;
	for (size_t i = 0; i < nodes.n; i++) {
		const struct node *n = (const struct node *)nodes.v + i;

		if (!node_is_mounted(n) || !n->workspace_mount_path ||
			!file_is_in(new->lima_commands_file, n->workspace_mount_path))
			continue;
		if (new->trust_file)
			continue;
		err_set(e, ERR_PRECONDITION_FAILED,
			"%s lies in a workspace that node %s can write: its commands would run on "
			"this computer",
			new->lima_commands_file, n->slug);
		err_field(e, "path", new->lima_commands_file);
		return err_fix(e, "read the file, then add --trust-file");
	}
	for (size_t i = 0; i < projects.n; i++) {
		const struct project *p = (const struct project *)projects.v + i;

		if (file_is_in(new->lima_commands_file, p->workspace_path))
			ctx_notice(c, LEVEL_WARN,
				"%s lies in the workspace of project %s: its commands run on this "
				"computer",
				new->lima_commands_file, p->slug);
	}
	return true;
}

static bool load_commands(const struct home *h, const struct ctx *c, const struct node_new *new,
	struct node *n, struct err *e)
{
	if (!new->lima_commands_file)
		return true;
	return trusted_file(h, c, new, e) &&
	       commands_load(new->lima_commands_file, &n->lima_commands, e);
}

static bool check_profile(const struct home *h, const struct node_new *new, struct node_work *w,
	struct profile *profile, struct err *e)
{
	const char *name = new->agent_profile ? new->agent_profile : w->project.agent_profile_name;

	w->node.agent_profile_name = mem_strdup(name ? name : h->config.default_agent_profile);
	return profile_load(h, w->node.agent_profile_name, profile, e);
}

static bool name_unused(const struct home *h, const char *instance, struct err *e)
{
	own_buf struct buf dir = {0};

	path_join(&dir, h->config.lima_home, instance);
	if (!file_exists(buf_z(&dir)))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "Lima already has an instance named %s (%s)", instance,
		buf_z(&dir));
	err_field(e, "instance_name", instance);
	return err_fix(e, "choose another --slug");
}

/* A default slug also steps over instances that Lima has and we do not know. */
static bool pick_slug(const struct home *h, const struct ctx *c, const struct node_new *new,
	const struct project *p, char **slug, struct err *e)
{
	own_buf struct buf base = {0}, candidate = {0};

	if (new->slug) {
		*slug = mem_strdup(new->slug);
		return slug_free(h, c, REC_NODE, new->slug, e) && name_unused(h, new->slug, e);
	}
	buf_printf(&base, "%s-node", p->slug);
	buf_cut(&base, SLUG_MAX);
	for (unsigned i = 1; i < 10000; i++) {
		own_err struct err taken = {0};

		buf_clear(&candidate);
		if (i == 1)
			buf_str(&candidate, buf_view(&base));
		else
			slug_numbered(&candidate, buf_view(&base), i);
		if (slug_free(h, c, REC_NODE, buf_z(&candidate), &taken) &&
			name_unused(h, buf_z(&candidate), &taken)) {
			*slug = buf_steal(&candidate);
			return true;
		}
		if (taken.kind != ERR_PRECONDITION_FAILED)
			return err_move(e, &taken);
	}
	return err_set(e, ERR_PRECONDITION_FAILED, "no free slug like %s", buf_z(&base));
}

/* The id is made here, because the record names a file in its own directory. */
static void name_template(struct node_work *w)
{
	own_buf struct buf dir = {0}, path = {0};

	w->node.id = fresh_id();
	record_dir(w->h, REC_NODE, w->node.id, &dir);
	path_join(&path, buf_z(&dir), "instance.lima.yaml");
	w->node.generated_template_path = buf_steal(&path);
}

static void fill_record(struct node_work *w, const struct node_new *new)
{
	struct node *n = &w->node;
	bool mounted = z_eq(new->workspace_mode, "mounted");

	n->project_id = mem_strdup(w->project.id);
	n->runtime = mem_strdup("vm");
	n->provider = mem_strdup("lima");
	n->lifecycle_state = mem_strdup(LIFE_PROVISIONING);
	n->workspace_mode = mem_strdup(mounted ? "mounted" : "copy");
	if (mounted)
		n->workspace_mount_path = mem_strdup(w->project.workspace_path);
	else
		n->guest_workspace_path = mem_strdup(w->project.workspace_path);
}

/* What the node was planned from, as it is now. */
static bool project_unchanged(struct node_work *w, struct err *e)
{
	struct project now = {.id = mem_strdup(w->project.id)};
	bool same;

	if (!record_again(w->h, REC_PROJECT, &now, e))
		return false;
	same = z_eq(now.workspace_path, w->project.workspace_path);
	fields_fini(&project_fields, &now);
	if (same)
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "project %s got another workspace meanwhile",
		w->project.slug);
	return err_fix(e, "run it again");
}

/* While this lock is held the project is neither deleted nor moved, its profile stays, and
 * the name is not taken. */
static bool record_locked(struct node_work *w, const struct node_new *new, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;

	if (!lock_namespace(w->h, REC_NODE, &lock, e) || !project_unchanged(w, e) ||
		!profile_known(w->h, w->node.agent_profile_name, e))
		return false;
	if (!pick_slug(w->h, &w->ctx, new, &w->project, &w->node.slug, e) ||
		!instance_name_fits(w->h->config.lima_home, w->node.slug, e))
		return false;
	w->node.lima_instance_name = mem_strdup(w->node.slug);
	name_template(w);
	return record_create(w->h, REC_NODE, &w->node, e);
}

static bool write_reference(struct node_work *w, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	buf_printf(&text, "%s\n", w->node.lima_instance_name);
	return file_replace(
		node_work_path(w, &path, "lima-instance.ref"), buf_view(&text), 0600, e);
}

/* What the first start will run, as far as it is known now; the steps that lima_commands add
 * are shown too, and freeze at the first start. */
static bool plan(
	struct node_work *w, const struct node_new *new, struct bootstrap *b, struct err *e)
{
	own_commands struct command_list list = {0};
	struct profile profile = {0};
	bool ok = check_profile(w->h, new, w, &profile, e) &&
		  load_commands(w->h, &w->ctx, new, &w->node, e) && node_work_project(w, e) &&
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
	struct bootstrap b = {0};
	bool ok = plan(w, new, &b, e) && record_locked(w, new, e) && node_work_project(w, e) &&
		  node_work_claim(w, "create", new->argv, e) && write_reference(w, e) &&
		  bootstrap_save(w->h, w->node.id, &b, e);

	bootstrap_fini(&b);
	return ok;
}

/* Takes back the record and what limactl made for it. When the VM cannot be removed the record
 * stays as failed, so that the VM is named. Runs on a fresh context: Ctrl-C must not stop it. */
static void undo(struct node_work *w, struct err *e)
{
	struct ctx saved = w->ctx;
	own_err struct err second = {0};
	bool gone;

	w->ctx = ctx_fresh(&saved, 0);
	/* The name was free a moment ago, but limactl has no lock: only what carries our mark, or
	 * is half made, is ours to remove. */
	gone = !w->has_lima || node_vm_destroy(w, false, &second);
	if (gone) {
		record_discard(w->h, REC_NODE, &w->node, &second);
	} else {
		own_err struct err third = {0};

		node_work_lifecycle(w, LIFE_FAILED, &third);
		err_cause(&second, "node %s stays, in state failed", w->node.slug);
		err_fix(e, "codelima node delete %s", w->node.slug);
	}
	err_also(e, &second);
	w->ctx = saved;
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
		/* Without the claim somebody else works on the record that we just made. */
		if (w->node.id && (w->has_claim || e->kind != ERR_BUSY))
			undo(w, e);
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
