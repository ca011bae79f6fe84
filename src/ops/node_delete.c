#include "ops/node_delete.h"

#include "base/mem.h"
#include "ops/node_query.h"
#include "ops/node_stop.h"
#include "ops/node_vm.h"
#include "os/clock.h"

const char *node_delete_risk(const struct home *h, const struct node *n)
{
	struct observation o = {0};
	const char *risk = NULL;

	instance_observe(h->config.lima_home, n->lima_instance_name, &o);
	if (o.exists && z_eq(o.status, "running"))
		risk = "its VM is running";
	else if (o.exists && n->workspace_seeded)
		risk = "its VM holds a copy of the workspace that may hold work";
	fields_fini(&observation_fields, &o);
	return risk;
}

static bool no_risk(const struct home *h, const struct node *n, struct err *e)
{
	const char *risk = node_delete_risk(h, n);

	if (!risk)
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "node %s is not deleted without asking: %s", n->slug,
		risk);
	err_field(e, "node_slug", n->slug);
	err_field(e, "node_id", n->id);
	return err_fix(e, "codelima node delete %s --yes", n->slug);
}

/* Before anything begins; looked at again when nobody else can change it. */
static bool no_risk_yet(const struct home *h, const struct ctx *c, const char *ref, struct err *e)
{
	struct node n = {0};
	bool ok = record_find_live(h, c, REC_NODE, ref, &n, e) && no_risk(h, &n, e);

	fields_fini(&node_fields, &n);
	return ok;
}

static bool mark_deleted(void *rec, void *arg, struct err *e)
{
	struct node *n = rec;

	(void)arg;
	(void)e;
	clock_stamp(&n->deleted_at);
	mem_set(&n->lifecycle_state, LIFE_TERMINATED);
	return true;
}

bool node_delete_record(struct node_work *w, struct err *e)
{
	if (!node_work_update(w, mark_deleted, NULL, e))
		return false;
	node_work_event(w, "node.deleted", NULL, NULL);
	return true;
}

/* Is there a VM to remove, and what removes it? Another home's VM under our name is not ours: the
 * record goes, the VM is named. */
static bool vm_to_remove(struct node_work *w, bool *there, struct err *e)
{
	struct instance now = {0};
	bool foreign;

	if (!node_work_instance(w, &now, e))
		return false;
	foreign = now.home_id && !z_eq(now.home_id, w->h->id);
	*there = now.status != VM_MISSING && !foreign;
	instance_fini(&now);
	if (foreign)
		ctx_notice(&w->ctx, LEVEL_WARN,
			"instance %s was made by another codelima home: it stays (limactl delete "
			"%s removes it)",
			w->node.lima_instance_name, w->node.lima_instance_name);
	return !*there || node_work_lima(w, e);
}

static bool record_stays(const struct node_work *w, struct err *e)
{
	err_cause(e, "the record of node %s stays", w->node.slug);
	if (!e->fix.n)
		err_fix(e, "codelima node delete %s", w->node.slug);
	return false;
}

/* A node that cannot even be begun with is not one that is being deleted: it can be started. */
static bool delete_claimed(struct node_work *w, bool yes, struct err *e)
{
	bool there = false;

	if (!yes && !no_risk(w->h, &w->node, e))
		return false;
	if (!vm_to_remove(w, &there, e))
		return record_stays(w, e);
	if (!node_work_lifecycle(w, LIFE_TERMINATING, e))
		return false;
	if (there) {
		node_close_master(w);
		if (!node_vm_destroy(w, true, e))
			return record_stays(w, e);
	}
	return node_delete_record(w, e);
}

bool node_delete(struct home *h, const struct ctx *c, const char *ref, bool yes,
	const struct strv *argv, struct node *out, struct err *e)
{
	struct node_work w = {0};
	bool ok = (yes || no_risk_yet(h, c, ref, e)) &&
		  node_work_open(&w, h, c, ref, "delete", argv, e) && delete_claimed(&w, yes, e);

	if (ok) {
		fields_copy(&node_fields, out, &w.node);
		node_observe(h, out);
	}
	node_work_close(&w, ok ? NULL : e);
	return ok;
}
