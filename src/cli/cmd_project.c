/* project create, list, show, update, delete, tree */
#include "base/mem.h"
#include "cli/changes.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "cli/tree_text.h"
#include "ops/project_update.h"
#include "ops/projects.h"
#include "os/fd.h"

bool cmd_project_create(struct invocation *inv, struct err *e)
{
	const struct project_new new = {
		.workspace = inv_value(inv, "workspace"),
		.slug = inv_value(inv, "slug"),
		.agent_profile = inv_value(inv, "agent-profile"),
		.template = inv_value(inv, "template"),
		.env_configs = inv_list(inv, "env-config"),
		.bootstrap_commands = inv_list(inv, "bootstrap-command"),
		.cpus = inv_value(inv, "cpus"),
		.memory = inv_value(inv, "memory"),
		.disk = inv_value(inv, "disk"),
	};
	struct project p = {0};

	if (!project_create(&inv->home, inv->ctx, &new, &p, e))
		return false;
	out_changed(inv, &project_fields, &p, "Created project %s for %s (%s).", p.slug,
		p.workspace_path, p.id);
	fields_fini(&project_fields, &p);
	return true;
}

#define CELL(name, member)                                                                         \
	static struct str name(const void *rec, struct buf *b)                                     \
	{                                                                                          \
		(void)b;                                                                           \
		return str_z(((const struct project *)rec)->member);                               \
	}
CELL(cell_slug, slug)
CELL(cell_id, id)
CELL(cell_workspace, workspace_path)
CELL(cell_runtime, default_runtime)
CELL(cell_agent, agent_profile_name)
#undef CELL

static struct str cell_deleted(const void *rec, struct buf *b)
{
	return out_seconds(((const struct project *)rec)->deleted_at, b);
}

bool cmd_project_list(struct invocation *inv, struct err *e)
{
	static const struct column columns[] = {{"slug", cell_slug}, {"uuid", cell_id},
		{"workspace_path", cell_workspace}, {"runtime", cell_runtime},
		{"agent", cell_agent}, {"deleted_at", cell_deleted}};
	bool deleted = inv_has(inv, "include-deleted");
	own_records struct record_list l = {0};

	if (!project_list(&inv->home, inv->ctx, deleted, &l, e))
		return false;
	out_list(inv, &project_fields, l.v, l.n, columns, countof(columns) - !deleted);
	return true;
}

bool cmd_project_show(struct invocation *inv, struct err *e)
{
	struct project p = {0};

	if (!project_show(&inv->home, inv->ctx, inv->args.v[0], &p, e))
		return false;
	out_record(inv, &project_fields, &p);
	fields_fini(&project_fields, &p);
	return true;
}

bool cmd_project_update(struct invocation *inv, struct err *e)
{
	struct project_change want = {
		.slug = inv_value(inv, "slug"),
		.workspace = inv_value(inv, "workspace"),
		.agent_profile = inv_value(inv, "agent-profile"),
		.template = inv_value(inv, "template"),
		.cpus = inv_value(inv, "cpus"),
		.memory = inv_value(inv, "memory"),
		.disk = inv_value(inv, "disk"),
		.clear_resources = inv_has(inv, "clear-resources"),
	};
	struct project p = {0};

	if (!changes_any(inv, e) ||
		!changes_list(inv, "env-config", "clear-env-configs", &want.env_configs, e) ||
		!changes_list(inv, "bootstrap-command", "clear-bootstrap-commands",
			&want.bootstrap_commands, e) ||
		!project_update(&inv->home, inv->ctx, inv->args.v[0], &want, &p, e))
		return false;
	out_changed(inv, &project_fields, &p, "Updated project %s (%s).", p.slug, p.id);
	fields_fini(&project_fields, &p);
	return true;
}

bool cmd_project_delete(struct invocation *inv, struct err *e)
{
	struct project p = {0};

	if (!project_delete(&inv->home, inv->ctx, inv->args.v[0], &p, e))
		return false;
	out_changed(inv, &project_fields, &p, "Deleted project %s (%s); %s is untouched.", p.slug,
		p.id, p.workspace_path);
	fields_fini(&project_fields, &p);
	return true;
}

bool cmd_project_tree(struct invocation *inv, struct err *e)
{
	own_buf struct buf text = {0};
	struct project_tree t = {0};

	if (!project_tree(&inv->home, inv->ctx, inv->args.n ? inv->args.v[0] : NULL,
		    inv_has(inv, "include-deleted"), &t, e))
		return false;
	if (inv_json(inv)) {
		tree_json(&t, inv->data);
	} else {
		tree_text(&t, &text);
		fd_stdout(buf_view(&text));
	}
	project_tree_fini(&t);
	return true;
}
