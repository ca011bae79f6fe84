#include "ops/leftover.h"

#include "base/mem.h"
#include "os/file.h"
#include "store/record_list.h"

void leftover_fini(struct leftover *l)
{
	mem_free_p(&l->instance);
	mem_free_p(&l->reason);
	*l = (struct leftover){0};
}

char *leftover_referred(const struct home *h, const char *node_id)
{
	own_buf struct buf path = {0}, text = {0};
	struct str name;

	home_path(h, &path, "nodes/%s/lima-instance.ref", node_id);
	if (!file_read(buf_z(&path), &text, 4096, NULL))
		return NULL;
	name = str_trim(buf_view(&text));
	return name.n ? mem_strndup(name.p, name.n) : NULL;
}

static bool used_elsewhere(
	const struct home *h, const struct ctx *c, const char *node_id, const char *instance)
{
	own_records struct record_list nodes = {0};

	if (!records_list(h, c, REC_NODE, LIST_QUIET, &nodes, NULL))
		return true; /* not known: then nothing is torn down */
	for (size_t i = 0; i < nodes.n; i++) {
		const struct node *n = (const struct node *)nodes.v + i;

		if (!z_eq(n->id, node_id) && z_eq(n->lima_instance_name, instance))
			return true;
	}
	return false;
}

static enum leftover_vm whose(
	const struct home *h, const struct ctx *c, const char *node_id, const char *instance)
{
	struct instance now = {0};
	enum leftover_vm vm = LEFT_VM_OTHERS;

	if (!instance || !instance_read(h->config.lima_home, instance, &now, NULL))
		return LEFT_VM_NONE;
	if (now.status == VM_MISSING)
		vm = LEFT_VM_NONE;
	else if (used_elsewhere(h, c, node_id, instance))
		vm = LEFT_VM_USED;
	else if (now.home_id ? z_eq(now.home_id, h->id)
			     : now.status == VM_BROKEN && !now.ha_pid && !now.driver_pid)
		vm = LEFT_VM_OURS;
	instance_fini(&now);
	return vm;
}

/* A clone that was cut short has its source's seeded copy in it, and nothing else. */
static const char *may_hold_work(const struct home *h, const struct node *n)
{
	bool cut_short = n->parent_node_id && z_eq(n->lifecycle_state, LIFE_PROVISIONING);
	struct observation o = {0};
	const char *why = NULL;

	instance_observe(h->config.lima_home, n->lima_instance_name, &o);
	if (z_eq(o.status, "running"))
		why = "its VM is running";
	else if (o.exists && n->workspace_seeded && !cut_short)
		why = "its VM holds a copy of the workspace";
	fields_fini(&observation_fields, &o);
	return why;
}

static enum leftover_kind kind_of(const struct home *h, const struct ctx *c, const struct node *n)
{
	const char *life = n->lifecycle_state, *work;

	if (n->deleted_at)
		return LEFT_NOTHING;
	if (z_eq(life, LIFE_TERMINATING) || z_eq(life, LIFE_TERMINATED))
		return LEFT_DYING;
	if (!z_eq(life, LIFE_PROVISIONING) && !z_eq(life, LIFE_REGISTERING) &&
		!z_eq(life, LIFE_FAILED))
		return LEFT_NOTHING;
	work = may_hold_work(h, n);
	if (!work)
		return LEFT_UNBORN;
	ctx_notice(c, LEVEL_WARN,
		"node %s is %s, but %s: it is left alone (codelima node start %s, or codelima "
		"node delete %s)",
		n->slug, life, work, n->slug, n->slug);
	return LEFT_NOTHING;
}

/* Nobody knows what a VM holds whose record cannot be read: a typo must not cost it. */
static void look_at_corrupt(const struct ctx *c, struct leftover *out, const struct err *why)
{
	if (out->vm == LEFT_VM_NONE && out->instance) {
		out->kind = LEFT_CORRUPT;
		out->reason = mem_strdup(buf_z(&why->msg));
		return;
	}
	ctx_notice(c, LEVEL_WARN,
		"%s: it is left alone (mend the file, or codelima doctor --repair moves it aside)",
		buf_z(&why->msg));
}

void leftover_look(
	const struct home *h, const struct ctx *c, const char *node_id, struct leftover *out)
{
	own_err struct err why = {0};
	struct node n = {0};

	if (record_load(h, REC_NODE, node_id, &n, &why)) {
		out->kind = kind_of(h, c, &n);
		out->instance = mem_strdup(n.lima_instance_name);
		out->vm = whose(h, c, node_id, out->instance);
		fields_fini(&node_fields, &n);
		return;
	}
	out->instance = leftover_referred(h, node_id);
	out->vm = whose(h, c, node_id, out->instance);
	if (why.kind == ERR_NOT_FOUND)
		out->kind = LEFT_NO_RECORD;
	else
		look_at_corrupt(c, out, &why);
}
