#include "ops/node_start.h"

#include "base/mem.h"
#include "base/num.h"
#include "lima/boot_progress.h"
#include "model/settings.h"
#include "ops/bootstrap_plan.h"
#include "ops/bootstrap_run.h"
#include "ops/node_query.h"
#include "ops/node_stop.h"
#include "ops/node_vm.h"
#include "ops/seeding.h"
#include "ops/workspace.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/bootstrap_file.h"

#define AWAIT_MS 200

/* What limactl had copied when it was stopped looks like a VM, and is not a whole one. */
static bool half_clone(const struct node_work *w, struct err *e)
{
	err_set(e, ERR_PRECONDITION_FAILED,
		"node %s is a clone that was cut short: its VM may not be whole", w->node.slug);
	err_field(e, "node_slug", w->node.slug);
	err_field(e, "instance_name", w->node.lima_instance_name);
	return err_fix(e,
		"codelima node delete %s, then clone again; or codelima node start %s --recreate "
		"(a new VM with a new copy of the workspace)",
		w->node.slug, w->node.slug);
}

bool node_startable(const struct node_work *w, struct err *e)
{
	const char *state = w->node.lifecycle_state;

	if (w->node.parent_node_id && z_eq(state, LIFE_PROVISIONING))
		return half_clone(w, e);
	if (!z_eq(state, LIFE_TERMINATING) && !z_eq(state, LIFE_TERMINATED))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "node %s is being deleted", w->node.slug);
	err_field(e, "node_slug", w->node.slug);
	return err_fix(e, "codelima node delete %s", w->node.slug);
}

bool node_recreate_destroys(const struct home *h, const struct node *n)
{
	struct observation o = {0};
	bool there;

	instance_observe(h->config.lima_home, n->lima_instance_name, &o);
	there = o.exists;
	fields_fini(&observation_fields, &o);
	return there && n->workspace_seeded;
}

static bool forget_seed(void *rec, void *arg, struct err *e)
{
	struct node *n = rec;

	(void)arg;
	(void)e;
	n->workspace_seeded = n->bootstrap_completed = false;
	free(n->bootstrap_completed_at);
	n->bootstrap_completed_at = NULL;
	return true;
}

static bool may_recreate(
	const struct home *h, const struct node *n, const struct node_start_opts *o, struct err *e)
{
	if (!o->recreate || o->yes || !node_recreate_destroys(h, n))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED,
		"--recreate destroys the VM of node %s and the copy of the workspace in it",
		n->slug);
	return err_fix(e, "codelima node start %s --recreate --yes", n->slug);
}

/* How long limactl start may take; *ms stays as it is when nothing was asked for. */
static bool read_timeout(const struct node_start_opts *o, int64_t *ms, struct err *e)
{
	if (!o->timeout || num_duration(str_z(o->timeout), ms))
		return true;
	return err_set(e, ERR_INVALID_ARGUMENT, "--timeout wants a duration like 30m, not \"%s\"",
		o->timeout);
}

/* What can be refused before anything begins. */
static bool may_start(const struct home *h, const struct ctx *c, const char *ref,
	const struct node_start_opts *o, struct err *e)
{
	struct node n = {0};
	int64_t ignored;
	bool ok = read_timeout(o, &ignored, e) && record_find_live(h, c, REC_NODE, ref, &n, e) &&
		  may_recreate(h, &n, o, e);
	fields_fini(&node_fields, &n);
	return ok;
}

/* A new VM from instance.lima.yaml; what was in the old one is gone. */
static bool recreate(struct node_work *w, const struct node_start_opts *o, struct err *e)
{
	struct node_vm_want v = {0};
	bool ok;

	if (!may_recreate(w->h, &w->node, o, e))
		return false;
	if (!file_exists(w->node.generated_template_path)) {
		err_set(e, ERR_PRECONDITION_FAILED, "the template of node %s is gone: %s",
			w->node.slug, w->node.generated_template_path);
		return err_fix(e, "codelima node delete %s, then create it anew", w->node.slug);
	}
	if (!limactl_check_version(&w->lima, &w->ctx, e) || !node_vm_want(w, false, &v, e))
		return false;
	ok = node_work_update(w, forget_seed, NULL, e) && node_vm_destroy(w, true, e) &&
	     node_vm_create(w, &v, e);
	node_vm_want_fini(&v);
	return ok;
}

/* Leaves the instance stopped or running, or says why it is neither. */
static bool settle(
	struct node_work *w, const struct node_start_opts *o, enum vm_status *status, struct err *e)
{
	if ((o->recreate && !recreate(w, o, e)) || !node_vm_there(w, status, e))
		return false;
	if (*status != VM_BROKEN)
		return true;
	ctx_notice(&w->ctx, LEVEL_WARN, "instance %s runs only by half: stopping it first",
		w->node.lima_instance_name);
	*status = VM_STOPPED;
	return node_vm_force_stop(w, e);
}

/* What a failed or cancelled `limactl start` leaves running is stopped, on a fresh context. */
static void stop_remains(struct node_work *w, struct err *e)
{
	struct ctx saved = w->ctx;
	own_err struct err second = {0};
	struct instance now = {0};

	w->ctx = ctx_fresh(&saved, 0);
	if (node_work_instance(w, &now, &second) && (now.ha_pid || now.driver_pid) &&
		!node_vm_force_stop(w, &second))
		err_also(e, &second);
	instance_fini(&now);
	w->ctx = saved;
}

static bool run_start(struct node_work *w, const struct node_start_opts *o, struct boot_progress *b,
	struct err *e)
{
	struct run watch = {
		.on_tick = boot_progress_tick, .on_err_line = boot_progress_line, .arg = b};

	if (!read_timeout(o, &watch.timeout_ms, e))
		return false;
	if (node_work_action(w, ACT_START, &(struct action_vars){0}, NULL, NULL, &watch, e))
		return true;
	boot_progress_explain(b, e);
	return false;
}

static bool boot(struct node_work *w, const struct node_start_opts *o, struct err *e)
{
	own_buf struct buf dir = {0};
	struct boot_progress *b;
	enum vm_status status;
	int64_t silence = 0;
	bool ok;

	if (!settings_deadline(&w->h->config, "boot_silence", &silence, e))
		return false;
	path_join(&dir, w->h->config.lima_home, w->node.lima_instance_name);
	ctx_step(&w->ctx, "boot", STEP_RUNNING, "starting instance %s", w->node.lima_instance_name);
	b = boot_progress_new(buf_z(&dir), &w->ctx, !w->lima.tcg, silence);
	ok = run_start(w, o, b, e);
	boot_progress_free(b);
	if (!ok) {
		stop_remains(w, e);
		return err_field(e, "instance_name", w->node.lima_instance_name);
	}
	if (!node_work_status(w, &status, e))
		return false;
	if (status != VM_RUNNING) {
		err_set(e, ERR_EXTERNAL_COMMAND_FAILED,
			"limactl start reported success, but instance %s is %s",
			w->node.lima_instance_name, vm_status_word(status));
		return err_fix(e, "codelima node logs %s --source hostagent", w->node.slug);
	}
	ctx_step(&w->ctx, "boot", STEP_DONE, "instance %s runs", w->node.lima_instance_name);
	return true;
}

static bool still_starting(const struct node_work *w, int64_t began, int64_t limit, struct err *e)
{
	enum vm_status status;

	if (!node_work_status(w, &status, e))
		return false;
	if (status == VM_RUNNING && (!limit || clock_mono_ms() - began < limit))
		return true;
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED, "instance %s %s before its guest was up",
		w->node.lima_instance_name, status == VM_RUNNING ? "took too long" : "ended");
	err_field(e, "instance_name", w->node.lima_instance_name);
	return err_fix(e, "codelima node restart %s", w->node.slug);
}

/* The VM runs, but nobody waited for its guest: the limactl start that did was killed. */
static bool await_guest(struct node_work *w, struct err *e)
{
	own_buf struct buf dir = {0};
	struct boot_progress *b;
	int64_t limit = 0, began = clock_mono_ms();
	bool up = instance_ready(w->h->config.lima_home, w->node.lima_instance_name), ok = true;

	if (up || !settings_deadline(&w->h->config, "start", &limit, e))
		return up;
	path_join(&dir, w->h->config.lima_home, w->node.lima_instance_name);
	ctx_step(&w->ctx, "boot", STEP_RUNNING, "instance %s is starting already",
		w->node.lima_instance_name);
	b = boot_progress_new(buf_z(&dir), &w->ctx, false, 0);
	while (ok && !up) {
		clock_sleep_ms(AWAIT_MS);
		ctx_tick(&w->ctx);
		ok = ctx_check(&w->ctx, e) && boot_progress_tick(b, e) &&
		     still_starting(w, began, limit, e);
		up = instance_ready(w->h->config.lima_home, w->node.lima_instance_name);
	}
	if (!ok)
		boot_progress_explain(b, e);
	boot_progress_free(b);
	if (ok)
		ctx_step(
			&w->ctx, "boot", STEP_DONE, "instance %s runs", w->node.lima_instance_name);
	return ok;
}

static bool check_before_boot(struct node_work *w, struct err *e)
{
	return (!node_is_mounted(&w->node) ||
		       workspace_usable(w->h, w->node.workspace_mount_path, e)) &&
	       node_vm_recheck(w, e);
}

static bool bootstrap(struct node_work *w, struct guest *g, struct bootstrap *b,
	const struct node_start_opts *o, struct err *e)
{
	bool again = o->rebootstrap || o->recreate;
	bool ran;

	if (b->skipped && !o->rebootstrap)
		return true;
	if (b->completed && w->node.bootstrap_completed && !again)
		return true;
	if (!bootstrap_plan_freeze(w, b, again, e))
		return false;
	ran = bootstrap_run(g, b, e);
	/* So that what the steps changed for new logins (groups) applies from now on. */
	ssh_close_master(&g->ssh, &w->ctx);
	return ran;
}

static bool in_guest(struct node_work *w, const struct node_start_opts *o, struct err *e)
{
	own_guest struct guest g = {0};
	struct bootstrap b = {0};
	bool ok;

	if (!bootstrap_load(w->h, w->node.id, &b, e))
		return false;
	ok = guest_open(&g, w, &b.environment, e) &&
	     (node_is_mounted(&w->node) || w->node.workspace_seeded || seeding(&g, e)) &&
	     bootstrap(w, &g, &b, o, e);
	if (ok)
		bootstrap_validate(&g, &b);
	bootstrap_fini(&b);
	return ok;
}

/* Told before a VM boots for it. */
static bool bootstrap_sound(struct node_work *w, struct err *e)
{
	struct bootstrap b = {0};
	bool ok = bootstrap_load(w->h, w->node.id, &b, e);

	bootstrap_fini(&b);
	return ok;
}

static bool start_claimed(struct node_work *w, const struct node_start_opts *o, struct err *e)
{
	enum vm_status status;

	if ((!o->recreate && !node_startable(w, e)) || !bootstrap_sound(w, e) ||
		!node_work_lima(w, e) || !settle(w, o, &status, e))
		return false;
	if (status != VM_RUNNING && !check_before_boot(w, e))
		return false;
	node_work_event(w, "node.start.started", NULL, NULL);
	if (!(status == VM_RUNNING ? await_guest(w, e) : boot(w, o, e)) || !in_guest(w, o, e)) {
		own_err struct err second = {0};

		node_work_event(w, "node.start.failed", NULL,
			(const char *[]){"error", buf_z(&e->msg), NULL});
		/* Interrupted is not failed: the next start goes on from here. */
		if (e->kind != ERR_INTERRUPTED && !node_work_lifecycle(w, LIFE_FAILED, &second))
			err_also(e, &second);
		return false;
	}
	if (!node_work_lifecycle(w, NULL, e))
		return false;
	node_work_event(w, "node.started", NULL, NULL);
	return true;
}

bool node_start_vm(struct node_work *w, struct err *e)
{
	const struct node_start_opts o = {0};

	if (node_work_lima(w, e) && check_before_boot(w, e) && boot(w, &o, e)) {
		node_work_event(w, "node.started", NULL, NULL);
		return true;
	}
	node_work_event(
		w, "node.start.failed", NULL, (const char *[]){"error", buf_z(&e->msg), NULL});
	return false;
}

static void result(struct node_work *w, struct node *out)
{
	fields_copy(&node_fields, out, &w->node);
	node_observe(w->h, out);
}

bool node_start(struct home *h, const struct ctx *c, const char *ref,
	const struct node_start_opts *o, struct node *out, struct err *e)
{
	struct node_work w = {0};
	bool ok = may_start(h, c, ref, o, e) &&
		  node_work_open(&w, h, c, ref, "start", o->argv, e) && start_claimed(&w, o, e);

	if (ok)
		result(&w, out);
	node_work_close(&w, ok ? NULL : e);
	return ok;
}

bool node_restart(struct home *h, const struct ctx *c, const char *ref,
	const struct node_start_opts *o, struct node *out, struct err *e)
{
	struct node_work w = {0};
	bool ok = node_work_open(&w, h, c, ref, "restart", o->argv, e) &&
		  node_stop_claimed(&w, e) && start_claimed(&w, o, e);

	if (ok)
		result(&w, out);
	node_work_close(&w, ok ? NULL : e);
	return ok;
}
