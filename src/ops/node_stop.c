#include "ops/node_stop.h"

#include "lima/ssh.h"
#include "ops/node_query.h"
#include "ops/node_vm.h"
#include "store/bootstrap_file.h"

void node_close_master(struct node_work *w)
{
	struct bootstrap b = {0};
	struct ssh s = {0};

	if (bootstrap_load(w->h, w->node.id, &b, NULL) &&
		ssh_open(&s, w->h->config.lima_home, w->node.lima_instance_name, &b.environment,
			NULL)) {
		ssh_close_master(&s, &w->ctx);
		ssh_fini(&s);
	}
	bootstrap_fini(&b);
}

static bool status_of(const struct node_work *w, enum vm_status *status, struct err *e)
{
	struct instance now = {0};

	if (!node_work_instance(w, &now, e))
		return false;
	*status = now.status;
	if (now.status == VM_BROKEN && !now.ha_pid && !now.driver_pid)
		*status = VM_STOPPED; /* incomplete, but nothing of it runs */
	instance_fini(&now);
	return true;
}

/* The stop action; when it fails or leaves something running, stop -f. */
static bool stop_vm(struct node_work *w, struct err *e)
{
	own_err struct err first = {0};
	enum vm_status status;

	node_close_master(w);
	ctx_step(&w->ctx, "stop", STEP_RUNNING, "instance %s", w->node.lima_instance_name);
	bool ok = node_work_action(w, ACT_STOP, &(struct action_vars){0}, NULL, NULL, NULL, &first);

	if (first.kind == ERR_INTERRUPTED || first.kind == ERR_DEPENDENCY_UNAVAILABLE)
		return err_move(e, &first);
	if (!status_of(w, &status, e))
		return false;
	if (status == VM_RUNNING || status == VM_BROKEN) {
		ctx_notice(&w->ctx, LEVEL_WARN, "instance %s did not stop%s%s: forcing it",
			w->node.lima_instance_name, ok ? "" : ": ", ok ? "" : buf_z(&first.msg));
		if (!node_vm_force_stop(w, e))
			return err_also(e, &first);
	}
	ctx_step(&w->ctx, "stop", STEP_DONE, "instance %s", w->node.lima_instance_name);
	return true;
}

bool node_stop_claimed(struct node_work *w, struct err *e)
{
	enum vm_status status;

	if (!status_of(w, &status, e))
		return false;
	if (status == VM_MISSING)
		ctx_notice(&w->ctx, LEVEL_WARN, "the VM of node %s is gone: nothing to stop",
			w->node.slug);
	if (status == VM_MISSING || status == VM_STOPPED)
		return true;
	if (!node_work_lima(w, e) || !stop_vm(w, e))
		return false;
	node_work_event(w, "node.stopped", NULL, NULL);
	return true;
}

bool node_stop(struct home *h, const struct ctx *c, const char *ref, const struct strv *argv,
	struct node *out, struct err *e)
{
	struct node_work w = {0};
	bool ok = node_work_open(&w, h, c, ref, "stop", argv, e) && node_stop_claimed(&w, e);

	if (ok) {
		fields_copy(&node_fields, out, &w.node);
		node_observe(h, out);
	}
	node_work_close(&w, ok ? NULL : e);
	return ok;
}
