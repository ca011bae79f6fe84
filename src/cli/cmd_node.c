/* node create, list, show, start, stop, restart, clone, delete */
#include "base/escape.h"
#include "base/mem.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "ops/node_clone.h"
#include "ops/node_create.h"
#include "ops/node_delete.h"
#include "ops/node_query.h"
#include "ops/node_start.h"
#include "ops/node_stop.h"
#include "os/fd.h"
#include "os/tty.h"

bool cmd_node_create(struct invocation *inv, struct err *e)
{
	const struct node_new new = {
		.project = inv_value(inv, "project"),
		.slug = inv_value(inv, "slug"),
		.workspace_mode = inv_value(inv, "workspace-mode"),
		.runtime = inv_value(inv, "runtime"),
		.provider = inv_value(inv, "provider"),
		.agent_profile = inv_value(inv, "agent-profile"),
		.lima_commands_file = inv_value(inv, "lima-commands-file"),
		.cpus = inv_value(inv, "cpus"),
		.memory = inv_value(inv, "memory"),
		.disk = inv_value(inv, "disk"),
		.no_bootstrap = inv_has(inv, "no-bootstrap"),
		.trust_file = inv_has(inv, "trust-file"),
		.containerd = inv_has(inv, "containerd"),
		.argv = &inv->argv,
	};
	struct node n = {0};

	if (!node_create(&inv->home, inv->ctx, &new, &n, e))
		return false;
	out_changed(inv, &node_fields, &n,
		"Created node %s (%s). Start it with: codelima node start %s", n.slug, n.id,
		n.slug);
	fields_fini(&node_fields, &n);
	return true;
}

#define CELL(name, expression)                                                                     \
	static struct str name(const void *rec, struct buf *b)                                     \
	{                                                                                          \
		const struct node *n = rec;                                                        \
		(void)b;                                                                           \
		return str_z(expression);                                                          \
	}
CELL(cell_slug, n->slug)
CELL(cell_id, n->id)
CELL(cell_mode, n->workspace_mode)
CELL(cell_path, node_workspace(n))
CELL(cell_runtime, n->runtime)
/* node_status_for_people() told both. */
CELL(cell_vm, node_failed_and_runs(n, &n->observation) && !n->deleted_at ? n->status
	      : n->observation.status					 ? n->observation.status
									 : "unknown")
CELL(cell_agent, n->agent_profile_name)
#undef CELL

static struct str cell_deleted(const void *rec, struct buf *b)
{
	return out_seconds(((const struct node *)rec)->deleted_at, b);
}

bool cmd_node_list(struct invocation *inv, struct err *e)
{
	static const struct column columns[] = {{"slug", cell_slug}, {"uuid", cell_id},
		{"workspace_mode", cell_mode}, {"workspace_path", cell_path},
		{"runtime", cell_runtime}, {"vm_status", cell_vm}, {"agent", cell_agent},
		{"deleted_at", cell_deleted}};
	bool deleted = inv_has(inv, "include-deleted");
	own_records struct record_list l = {0};

	if (!node_list(&inv->home, inv->ctx, inv_value(inv, "project"), deleted, &l, e))
		return false;
	for (size_t i = 0; i < l.n && !inv_json(inv); i++)
		node_status_for_people(&inv->home, (struct node *)l.v + i);
	out_list(inv, &node_fields, l.v, l.n, columns, countof(columns) - !deleted);
	return true;
}

bool cmd_node_show(struct invocation *inv, struct err *e)
{
	struct node n = {0};

	if (!node_show(&inv->home, inv->ctx, inv->args.v[0], &n, e))
		return false;
	if (!inv_json(inv))
		node_status_for_people(&inv->home, &n);
	out_record(inv, &node_fields, &n);
	fields_fini(&node_fields, &n);
	return true;
}

/* Asks on the terminal; where there is none, *yes stays and the operation refuses. */
static bool confirm(struct invocation *inv, const char *question, const struct node *n, bool *yes,
	struct err *e)
{
	own_buf struct buf text = {0}, line = {0};

	if (!fd_isatty(0) || !fd_isatty(2))
		return true;
	buf_printf(&text, "%s\nType its name (%s) to go on: ", question, n->slug);
	fd_stderr(buf_view(&text));
	*yes = tty_read_line(0, &line) && z_eq(buf_z(&line), n->slug);
	if (*yes || !ctx_check(inv->ctx, e))
		return *yes;
	err_set(e, ERR_PRECONDITION_FAILED, "node %s is left as it is: the answer was not its name",
		n->slug);
	err_field(e, "node_slug", n->slug);
	return err_field(e, "node_id", n->id);
}

bool ask_node_delete(struct invocation *inv, bool *yes, struct err *e)
{
	own_buf struct buf question = {0};
	struct node n = {0};
	const char *risk;
	bool ok;

	if (*yes)
		return true;
	if (!node_find(&inv->home, inv->ctx, inv->args.v[0], &n, e))
		return false;
	risk = node_delete_risk(&inv->home, &n);
	buf_printf(&question, "Node %s: %s. Deleting it removes the VM and all that is in it.",
		n.slug, risk ? risk : "");
	ok = !risk || confirm(inv, buf_z(&question), &n, yes, e);
	fields_fini(&node_fields, &n);
	return ok;
}

bool ask_node_start(struct invocation *inv, bool *yes, struct err *e)
{
	own_buf struct buf question = {0};
	struct node n = {0};
	bool ok;

	if (*yes || !inv_has(inv, "recreate"))
		return true;
	if (!node_find(&inv->home, inv->ctx, inv->args.v[0], &n, e))
		return false;
	buf_printf(&question,
		"--recreate destroys the VM of node %s and the copy of the workspace in it.",
		n.slug);
	ok = !node_recreate_destroys(&inv->home, &n) || confirm(inv, buf_z(&question), &n, yes, e);
	fields_fini(&node_fields, &n);
	return ok;
}

/* What the VM is now: a node that failed earlier and was stopped well is "stopped" here. */
static void report(struct invocation *inv, struct node *n, const char *what)
{
	const char *seen = n->observation.status ? n->observation.status : n->status;

	out_changed(inv, &node_fields, n, "%s node %s (%s): %s.", what, n->slug, n->id, seen);
	fields_fini(&node_fields, n);
}

bool cmd_node_start(struct invocation *inv, struct err *e)
{
	struct node_start_opts o = {
		.timeout = inv_value(inv, "timeout"),
		.recreate = inv_has(inv, "recreate"),
		.rebootstrap = inv_has(inv, "rebootstrap"),
		.yes = inv_has(inv, "yes"),
		.argv = &inv->argv,
	};
	struct node n = {0};

	if (!ask_node_start(inv, &o.yes, e) ||
		!node_start(&inv->home, inv->ctx, inv->args.v[0], &o, &n, e))
		return false;
	report(inv, &n, "Started");
	return true;
}

bool cmd_node_stop(struct invocation *inv, struct err *e)
{
	struct node n = {0};

	if (!node_stop(&inv->home, inv->ctx, inv->args.v[0], &inv->argv, &n, e))
		return false;
	report(inv, &n, "Stopped");
	return true;
}

bool cmd_node_restart(struct invocation *inv, struct err *e)
{
	struct node n = {0};

	if (!node_restart(&inv->home, inv->ctx, inv->args.v[0],
		    &(struct node_start_opts){.argv = &inv->argv}, &n, e))
		return false;
	report(inv, &n, "Restarted");
	return true;
}

bool cmd_node_clone(struct invocation *inv, struct err *e)
{
	const struct node_clone_opts o = {
		.slug = inv_value(inv, "node-slug"),
		.agent_profile = inv_value(inv, "agent-profile"),
		.lima_commands_file = inv_value(inv, "lima-commands-file"),
		.trust_file = inv_has(inv, "trust-file"),
		.argv = &inv->argv,
	};
	struct node n = {0};

	if (!node_clone(&inv->home, inv->ctx, inv->args.v[0], &o, &n, e))
		return false;
	out_changed(inv, &node_fields, &n,
		"Cloned node %s as %s (%s). Start it with: codelima node start %s", inv->args.v[0],
		n.slug, n.id, n.slug);
	fields_fini(&node_fields, &n);
	return true;
}

bool cmd_node_delete(struct invocation *inv, struct err *e)
{
	bool yes = inv_has(inv, "yes");
	struct node n = {0};

	if (!ask_node_delete(inv, &yes, e) ||
		!node_delete(&inv->home, inv->ctx, inv->args.v[0], yes, &inv->argv, &n, e))
		return false;
	out_changed(inv, &node_fields, &n, "Deleted node %s (%s).", n.slug, n.id);
	fields_fini(&node_fields, &n);
	return true;
}
