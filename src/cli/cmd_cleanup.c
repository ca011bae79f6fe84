/* node cleanup-incomplete */
#include "base/mem.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "ops/cleanup.h"

static struct str cell_dir(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct cleanup_item *)rec)->directory_path);
}

static struct str cell_instance(const void *rec, struct buf *b)
{
	const struct cleanup_item *item = rec;

	(void)b;
	return str_z(item->instance_name ? item->instance_name : "-");
}

static struct str cell_action(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct cleanup_item *)rec)->action);
}

static void print_table(struct invocation *inv, const struct cleanup *l)
{
	static const struct column columns[] = {
		{"node_dir", cell_dir}, {"instance_name", cell_instance}, {"action", cell_action}};
	static const struct fields row = {.size = sizeof(struct cleanup_item)};

	out_list(inv, &row, l->items, l->n_items, columns, countof(columns));
	if (l->dry_run && l->n_items)
		ctx_notice(inv->ctx, LEVEL_WARN,
			"nothing was removed: codelima node cleanup-incomplete --apply does it");
}

bool cmd_node_cleanup_incomplete(struct invocation *inv, struct err *e)
{
	struct cleanup l = {0};
	bool ok =
		cleanup_incomplete(&inv->home, inv->ctx, inv_has(inv, "apply"), &inv->argv, &l, e);

	if (ok && inv_json(inv))
		out_record(inv, &cleanup_fields, &l);
	else if (ok)
		print_table(inv, &l);
	cleanup_fini(&l);
	return ok;
}
