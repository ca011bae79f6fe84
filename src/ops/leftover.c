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

static bool used_elsewhere(const struct home *h, const struct ctx *c, const char *node_id,
	const char *instance, bool *used, struct err *e)
{
	own_records struct record_list nodes = {0};

	*used = false;
	if (!records_list(h, c, REC_NODE, LIST_QUIET, &nodes, e))
		return false;
	for (size_t i = 0; i < nodes.n && !*used; i++) {
		const struct node *n = (const struct node *)nodes.v + i;

		*used = !z_eq(n->id, node_id) && z_eq(n->lima_instance_name, instance);
	}
	return true;
}

static bool is_ours(const struct home *h, const struct instance *i)
{
	if (i->home_id)
		return z_eq(i->home_id, h->id);
	return i->status == VM_BROKEN && !i->ha_pid && !i->driver_pid;
}

/* False: it cannot be known. A VM that cannot be looked at may be there. */
static bool whose(const struct home *h, const struct ctx *c, const char *node_id,
	const char *instance, enum leftover_vm *vm, struct err *e)
{
	struct instance now = {0};
	bool used;

	*vm = LEFT_VM_NONE;
	if (!instance)
		return true;
	if (!instance_read(h->config.lima_home, instance, &now, e))
		return false;
	if (!used_elsewhere(h, c, node_id, instance, &used, e)) {
		instance_fini(&now);
		return false;
	}
	if (now.status != VM_MISSING)
		*vm = used ? LEFT_VM_USED : is_ours(h, &now) ? LEFT_VM_OURS : LEFT_VM_OTHERS;
	instance_fini(&now);
	return true;
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

/* Nobody knows what a VM holds whose record cannot be read: a typo must not cost it. A file
 * that cannot be read just now says nothing about what it holds. */
static void look_at_corrupt(const struct ctx *c, struct leftover *out, const struct err *why)
{
	if (why->kind == ERR_METADATA_CORRUPTION && out->vm == LEFT_VM_NONE && out->instance) {
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
	own_err struct err why = {0}, unknown = {0};
	struct node n = {0};
	bool loaded = record_load(h, REC_NODE, node_id, &n, &why);

	out->instance = loaded ? mem_strdup(n.lima_instance_name) : leftover_referred(h, node_id);
	if (!whose(h, c, node_id, out->instance, &out->vm, &unknown))
		ctx_notice(
			c, LEVEL_WARN, "nodes/%s is left alone: %s", node_id, buf_z(&unknown.msg));
	else if (loaded)
		out->kind = kind_of(h, c, &n);
	else if (why.kind == ERR_NOT_FOUND)
		out->kind = LEFT_NO_RECORD;
	else
		look_at_corrupt(c, out, &why);
	fields_fini(&node_fields, &n);
}
