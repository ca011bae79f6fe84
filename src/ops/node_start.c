#include "ops/node_start.h"

#include "base/mem.h"
#include "base/num.h"
#include "lima/port_forwards.h"
#include "model/settings.h"
#include "ops/bootstrap_plan.h"
#include "ops/bootstrap_run.h"
#include "ops/node_boot.h"
#include "ops/node_query.h"
#include "ops/node_stop.h"
#include "ops/node_vm.h"
#include "ops/seeding.h"
#include "ops/workspace.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/bootstrap_file.h"

#define TEMPLATE_MAX (4u << 20)

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

/* How long the VM may take to start; 0: no limit. */
static bool read_timeout(
	const struct config *cfg, const struct node_start_opts *o, int64_t *ms, struct err *e)
{
	if (!o->timeout)
		return settings_deadline(cfg, "start", ms, e);
	if (num_duration(str_z(o->timeout), ms))
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
	bool ok = read_timeout(&h->config, o, &ignored, e) &&
		  record_find_live(h, c, REC_NODE, ref, &n, e) && may_recreate(h, &n, o, e);
	fields_fini(&node_fields, &n);
	return ok;
}

/* The setting `ports` may have changed since the template was stored. */
static bool renew_ports(struct node_work *w, const struct node_vm_want *v, struct err *e)
{
	const char *path = w->node.generated_template_path;
	own_buf struct buf stored = {0}, renewed = {0};

	if (!file_read(path, &stored, TEMPLATE_MAX, e) ||
		!port_forwards_renew(buf_view(&stored), &v->ports, &renewed, e))
		return err_wrap(e, "the template of node %s", w->node.slug);
	return str_eq(buf_view(&stored), buf_view(&renewed)) ||
	       file_replace(path, buf_view(&renewed), 0600, e);
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
	ok = renew_ports(w, &v, e) && node_work_update(w, forget_seed, NULL, e) &&
	     node_vm_destroy(w, true, e) && node_vm_create(w, &v, e);
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
	int64_t limit;

	if ((!o->recreate && !node_startable(w, e)) || !bootstrap_sound(w, e) ||
		!read_timeout(&w->h->config, o, &limit, e) || !node_work_lima(w, e) ||
		!settle(w, o, &status, e))
		return false;
	if (status != VM_RUNNING && !check_before_boot(w, e))
		return false;
	node_work_event(w, "node.start.started", NULL, NULL);
	if (!(status == VM_RUNNING ? node_boot_await(w, limit, e) : node_boot(w, limit, e)) ||
		!in_guest(w, o, e)) {
		own_err struct err second = {0};

		node_work_event(w, "node.start.failed", NULL,
			(const char *[]){"error", buf_z(&e->msg), NULL});
		/* Interrupted is not failed: the next start goes on from here. */
		if (e->kind == ERR_INTERRUPTED)
			return err_fix(
				e, "codelima node start %s (it goes on from here)", w->node.slug);
		if (!node_work_lifecycle(w, LIFE_FAILED, &second))
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
	int64_t limit;

	if (settings_deadline(&w->h->config, "start", &limit, e) && node_work_lima(w, e) &&
		check_before_boot(w, e) && node_boot(w, limit, e)) {
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
