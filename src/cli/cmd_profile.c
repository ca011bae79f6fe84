/* profile create, list, show, update, delete */
#include "base/mem.h"
#include "cli/changes.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "ops/agent_profiles.h"

bool cmd_profile_create(struct invocation *inv, struct err *e)
{
	const struct profile_change want = {
		.name = inv_value(inv, "name"),
		.install_commands = inv_list(inv, "install-command"),
		.validation_command = inv_value(inv, "validation-command"),
		.launch_command = inv_value(inv, "launch-command"),
		.environment = inv_list(inv, "env"),
	};
	struct profile p = {0};

	if (!agent_profile_create(&inv->home, inv->ctx, &want, &p, e))
		return false;
	out_changed(inv, &profile_fields, &p, "Created agent profile %s.", p.name);
	fields_fini(&profile_fields, &p);
	return true;
}

static struct str cell_name(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct profile *)rec)->name);
}

static struct str cell_launch(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct profile *)rec)->launch_command);
}

bool cmd_profile_list(struct invocation *inv, struct err *e)
{
	static const struct column columns[] = {{"name", cell_name}, {"launch", cell_launch}};
	struct profile_list l = {0};

	if (!agent_profile_list(&inv->home, inv->ctx, &l, e))
		return false;
	out_list(inv, &profile_fields, l.v, l.n, columns, countof(columns));
	profile_list_fini(&l);
	return true;
}

bool cmd_profile_show(struct invocation *inv, struct err *e)
{
	struct profile p = {0};

	if (!agent_profile_show(&inv->home, inv->args.v[0], &p, e))
		return false;
	out_record(inv, &profile_fields, &p);
	fields_fini(&profile_fields, &p);
	return true;
}

bool cmd_profile_update(struct invocation *inv, struct err *e)
{
	struct profile_change want = {
		.name = inv_value(inv, "name"),
		.validation_command = inv_value(inv, "validation-command"),
		.launch_command = inv_value(inv, "launch-command"),
	};
	struct profile p = {0};

	if (!changes_any(inv, e) ||
		!changes_list(inv, "install-command", "clear-install-commands",
			&want.install_commands, e) ||
		!changes_list(inv, "env", "clear-env", &want.environment, e) ||
		!agent_profile_update(&inv->home, inv->ctx, inv->args.v[0], &want, &p, e))
		return false;
	out_changed(inv, &profile_fields, &p, "Updated agent profile %s.", p.name);
	fields_fini(&profile_fields, &p);
	return true;
}

bool cmd_profile_delete(struct invocation *inv, struct err *e)
{
	struct profile p = {0};

	if (!agent_profile_delete(&inv->home, inv->ctx, inv->args.v[0], &p, e))
		return false;
	out_changed(inv, &profile_fields, &p, "Deleted agent profile %s.", p.name);
	fields_fini(&profile_fields, &p);
	return true;
}
