/* environment create, list, show, update, delete */
#include "base/mem.h"
#include "cli/changes.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "ops/environments.h"

bool cmd_environment_create(struct invocation *inv, struct err *e)
{
	static const struct strv none = {0};
	const struct strv *list = inv_list(inv, "bootstrap-command");
	struct environment env = {0};

	if (!environment_create(
		    &inv->home, inv->ctx, inv_value(inv, "slug"), list ? list : &none, &env, e))
		return false;
	out_changed(inv, &environment_fields, &env, "Created environment config %s (%s).", env.slug,
		env.id);
	fields_fini(&environment_fields, &env);
	return true;
}

static struct str env_slug(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct environment *)rec)->slug);
}

static struct str env_id(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct environment *)rec)->id);
}

static struct str env_commands(const void *rec, struct buf *b)
{
	buf_printf(b, "%zu", ((const struct environment *)rec)->bootstrap_commands.n);
	return buf_view(b);
}

static struct str env_deleted(const void *rec, struct buf *b)
{
	return out_seconds(((const struct environment *)rec)->deleted_at, b);
}

bool cmd_environment_list(struct invocation *inv, struct err *e)
{
	static const struct column columns[] = {{"slug", env_slug}, {"uuid", env_id},
		{"commands", env_commands}, {"deleted_at", env_deleted}};
	bool deleted = inv_has(inv, "include-deleted");
	own_records struct record_list l = {0};

	if (!environment_list(&inv->home, inv->ctx, deleted, &l, e))
		return false;
	out_list(inv, &environment_fields, l.v, l.n, columns, countof(columns) - !deleted);
	return true;
}

bool cmd_environment_show(struct invocation *inv, struct err *e)
{
	struct environment env = {0};

	if (!environment_show(&inv->home, inv->ctx, inv->args.v[0], &env, e))
		return false;
	out_record(inv, &environment_fields, &env);
	fields_fini(&environment_fields, &env);
	return true;
}

bool cmd_environment_update(struct invocation *inv, struct err *e)
{
	const struct strv *list = NULL;
	struct environment env = {0};

	if (!changes_any(inv, e) ||
		!changes_list(inv, "bootstrap-command", "clear-bootstrap-commands", &list, e) ||
		!environment_update(&inv->home, inv->ctx, inv->args.v[0], list, &env, e))
		return false;
	out_changed(inv, &environment_fields, &env, "Updated environment config %s (%s).", env.slug,
		env.id);
	fields_fini(&environment_fields, &env);
	return true;
}

bool cmd_environment_delete(struct invocation *inv, struct err *e)
{
	struct environment env = {0};

	if (!environment_delete(&inv->home, inv->ctx, inv->args.v[0], &env, e))
		return false;
	out_changed(inv, &environment_fields, &env, "Deleted environment config %s (%s).", env.slug,
		env.id);
	fields_fini(&environment_fields, &env);
	return true;
}
