/* project fork; project snapshot create, list, show, delete */
#include "base/mem.h"
#include "base/num.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "ops/fork.h"
#include "ops/snapshot_ops.h"

bool cmd_project_fork(struct invocation *inv, struct err *e)
{
	const struct project_fork f = {
		.source = inv->args.v[0],
		.workspace = inv_value(inv, "workspace"),
		.slug = inv_value(inv, "slug"),
		.snapshot = inv_value(inv, "snapshot"),
		.argv = &inv->argv,
	};
	struct project p = {0};

	if (!project_fork(&inv->home, inv->ctx, &f, &p, e))
		return false;
	out_changed(inv, &project_fields, &p, "Forked project %s into %s (%s).", p.slug,
		p.workspace_path, p.id);
	fields_fini(&project_fields, &p);
	return true;
}

bool cmd_snapshot_create(struct invocation *inv, struct err *e)
{
	own_buf struct buf entries = {0}, bytes = {0};
	struct snapshot s = {0};

	if (!project_snapshot_create(&inv->home, inv->ctx, inv->args.v[0], inv_value(inv, "label"),
		    &inv->argv, &s, e))
		return false;
	num_count(&entries, (uint64_t)s.entry_count);
	num_bytes(&bytes, (uint64_t)s.total_bytes);
	out_changed(inv, &snapshot_fields, &s, "Kept %s: %s entries, %s (%s).", s.workspace_path,
		buf_z(&entries), buf_z(&bytes), s.id);
	fields_fini(&snapshot_fields, &s);
	return true;
}

#define CELL(name, member)                                                                         \
	static struct str name(const void *rec, struct buf *b)                                     \
	{                                                                                          \
		(void)b;                                                                           \
		return str_z(((const struct snapshot *)rec)->member);                              \
	}
CELL(cell_id, id)
CELL(cell_kind, kind)
CELL(cell_label, label)
#undef CELL

static struct str cell_created(const void *rec, struct buf *b)
{
	return out_seconds(((const struct snapshot *)rec)->created_at, b);
}

static struct str cell_entries(const void *rec, struct buf *b)
{
	buf_printf(b, "%lld", (long long)((const struct snapshot *)rec)->entry_count);
	return buf_view(b);
}

static struct str cell_bytes(const void *rec, struct buf *b)
{
	buf_printf(b, "%lld", (long long)((const struct snapshot *)rec)->total_bytes);
	return buf_view(b);
}

bool cmd_snapshot_list(struct invocation *inv, struct err *e)
{
	static const struct column columns[] = {{"id", cell_id}, {"kind", cell_kind},
		{"created_at", cell_created}, {"entries", cell_entries}, {"bytes", cell_bytes},
		{"label", cell_label}};
	own_snapshots struct snapshot_list l = {0};

	if (!project_snapshot_list(&inv->home, inv->ctx, inv->args.v[0], &l, e))
		return false;
	out_list(inv, &snapshot_fields, l.v, l.n, columns, countof(columns));
	return true;
}

bool cmd_snapshot_show(struct invocation *inv, struct err *e)
{
	struct snapshot s = {0};

	if (!project_snapshot_show(&inv->home, inv->ctx, inv->args.v[0], inv->args.v[1], &s, e))
		return false;
	out_record(inv, &snapshot_fields, &s);
	fields_fini(&snapshot_fields, &s);
	return true;
}

bool cmd_snapshot_delete(struct invocation *inv, struct err *e)
{
	struct snapshot s = {0};

	if (!project_snapshot_delete(&inv->home, inv->ctx, inv->args.v[0], inv->args.v[1], &s, e))
		return false;
	out_changed(
		inv, &snapshot_fields, &s, "Deleted snapshot %s of %s.", s.id, s.workspace_path);
	fields_fini(&snapshot_fields, &s);
	return true;
}
