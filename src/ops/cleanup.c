#include "ops/cleanup.h"

#include "base/mem.h"
#include "model/id.h"
#include "ops/leftover.h"
#include "ops/node_delete.h"
#include "ops/node_stop.h"
#include "ops/node_vm.h"
#include "os/file.h"
#include "store/home_prepare.h"
#include "store/quarantine.h"

#define ROW(member, bits)                                                                          \
	{                                                                                          \
		.name = #member, .type = F_STR, .offset = offsetof(struct cleanup_item, member),   \
		.flags = (bits)                                                                    \
	}
static const struct field item_rows[] = {ROW(node_id, 0), ROW(directory_path, 0),
	ROW(template_path, F_OPT), ROW(instance_name, F_OPT), ROW(instance_ref_path, F_OPT)};
static const struct fields item_fields = {
	"leftover", item_rows, countof(item_rows), sizeof(struct cleanup_item)};
static const struct field cleanup_rows[] = {
	{.name = "dry_run", .type = F_BOOL, .offset = offsetof(struct cleanup, dry_run)},
	FIELD_RECS(struct cleanup, "items", items, 0, item_fields)};
const struct fields cleanup_fields = {
	"clean-up", cleanup_rows, countof(cleanup_rows), sizeof(struct cleanup)};

void cleanup_fini(struct cleanup *l)
{
	for (size_t i = 0; i < l->n_items; i++)
		free(l->items[i].action);
	fields_fini(&cleanup_fields, l);
}

static char *path_if_there(const struct home *h, const char *node_id, const char *name)
{
	own_buf struct buf path = {0};

	home_path(h, &path, "nodes/%s/%s", node_id, name);
	return file_exists(buf_z(&path)) ? buf_steal(&path) : NULL;
}

static const char *action_words(const struct leftover *l)
{
	static const char *const words[] = {
		[LEFT_VM_NONE] = "remove the record",
		[LEFT_VM_OURS] = "remove the VM and the record",
		[LEFT_VM_OTHERS] = "remove the record; the VM is not ours and stays",
		[LEFT_VM_USED] = "remove the record; the VM is another node's and stays",
	};

	return l->kind == LEFT_CORRUPT ? "move the record to _quarantine" : words[l->vm];
}

static void add_item(
	const struct home *h, const char *id, const struct leftover *l, struct cleanup *out)
{
	own_buf struct buf dir = {0};

	home_path(h, &dir, "nodes/%s", id);
	out->items = mem_array(out->items, out->n_items + 1, sizeof(*out->items));
	out->items[out->n_items++] = (struct cleanup_item){.node_id = mem_strdup(id),
		.directory_path = buf_steal(&dir),
		.template_path = path_if_there(h, id, "instance.lima.yaml"),
		.instance_name = mem_strdup(l->instance),
		.instance_ref_path = path_if_there(h, id, "lima-instance.ref"),
		.action = mem_strdup(action_words(l))};
}

static bool mark_stays(const struct ctx *c, const struct leftover *l)
{
	if (l->vm == LEFT_VM_OTHERS)
		ctx_notice(c, LEVEL_WARN,
			"instance %s does not carry this home's mark: it stays (limactl delete %s, "
			"when it is yours)",
			l->instance, l->instance);
	return true;
}

static bool remove_vm(struct node_work *w, const struct leftover *l, struct err *e)
{
	if (l->vm != LEFT_VM_OURS)
		return mark_stays(&w->ctx, l);
	if (!w->node.lima_instance_name)
		w->node.lima_instance_name = mem_strdup(l->instance);
	node_close_master(w);
	return node_work_lima(w, e) && node_vm_destroy(w, false, e);
}

static bool move_aside(struct node_work *w, const struct leftover *l, struct err *e)
{
	own_buf struct buf rel = {0}, where = {0}, claim = {0};

	buf_printf(&rel, "nodes/%s", w->node.id);
	if (!file_unlink(node_work_path(w, &claim, "claim.json"), e) ||
		!quarantine_put(w->h, buf_z(&rel), l->reason, l->instance, &where, e))
		return false;
	ctx_notice(&w->ctx, LEVEL_WARN, "%s was moved to %s", buf_z(&rel), buf_z(&where));
	return true;
}

static bool remove_record(struct node_work *w, const struct leftover *l, struct err *e)
{
	switch (l->kind) {
	case LEFT_CORRUPT:
		return move_aside(w, l, e);
	case LEFT_DYING:
		return node_delete_record(w, e);
	default:
		return record_discard(w->h, REC_NODE, &w->node, e);
	}
}

/* A node that is being made holds this lock until its record is there. */
static bool look_again(struct node_work *w, struct leftover *l, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;

	if (!lock_namespace(w->h, REC_NODE, &lock, e))
		return false;
	leftover_look(w->h, &w->ctx, w->node.id, l);
	return true;
}

/* Without a record there is no node to open: the directory alone is claimed. */
static bool claim_dir(struct node_work *w, struct home *h, const struct ctx *c, const char *id,
	const struct strv *argv, struct err *e)
{
	w->h = h;
	w->ctx = *c;
	w->node.id = mem_strdup(id);
	w->node.slug = mem_strdup(id);
	return node_work_claim(w, "cleanup", argv, e);
}

static bool remove_one(struct home *h, const struct ctx *c, const char *id, bool has_record,
	const struct strv *argv, struct err *e)
{
	own_leftover struct leftover now = {0};
	struct node_work w = {0};
	bool ok = (has_record ? node_work_open(&w, h, c, id, "cleanup", argv, e)
			      : claim_dir(&w, h, c, id, argv, e)) &&
		  look_again(&w, &now, e) &&
		  (now.kind == LEFT_NOTHING ||
			  (remove_vm(&w, &now, e) && remove_record(&w, &now, e)));

	node_work_close(&w, ok ? NULL : e);
	return ok || err_wrap(e, "nodes/%s", id);
}

struct failures {
	size_t n;
	struct err first;
};

static void add_failure(struct failures *f, struct err *why)
{
	if (!f->n++)
		err_move(&f->first, why);
	else
		err_also(&f->first, why);
	err_fini(why);
}

static bool is_leftover(
	const struct home *h, const struct ctx *c, const char *id, struct leftover *l)
{
	if (claim_peek(h, id, NULL, NULL))
		return false;
	leftover_look(h, c, id, l);
	return l->kind != LEFT_NOTHING;
}

static void visit(struct home *h, const struct ctx *c, const char *id, const struct strv *argv,
	struct cleanup *out, struct failures *failed)
{
	own_leftover struct leftover l = {0};
	own_err struct err why = {0};
	bool has_record;

	if (!id_valid(str_z(id)) || !is_leftover(h, c, id, &l))
		return;
	has_record = l.kind != LEFT_NO_RECORD && l.kind != LEFT_CORRUPT;
	add_item(h, id, &l, out);
	if (out->dry_run) {
		mark_stays(c, &l);
	} else if (!remove_one(h, c, id, has_record, argv, &why)) {
		add_failure(failed, &why);
		struct cleanup_item *item = &out->items[--out->n_items];

		free(item->action);
		fields_fini(&item_fields, item);
	}
}

static bool tell_failures(struct failures *f, struct err *e)
{
	if (!f->n)
		return true;
	err_move(e, &f->first);
	if (f->n > 1)
		err_wrap(e, "%zu leftovers could not be removed; the first", f->n);
	return false;
}

bool cleanup_incomplete(struct home *h, const struct ctx *c, bool apply, const struct strv *argv,
	struct cleanup *out, struct err *e)
{
	own_buf struct buf dir = {0};
	own_strv struct strv ids = {0};
	struct failures failed = {0};

	out->dry_run = !apply;
	if ((apply && h->exists && !home_prepare(h, c, e)) ||
		!file_list(home_path(h, &dir, "nodes"), &ids, e))
		return false;
	for (size_t i = 0; i < ids.n && !ctx_cancelled(c); i++)
		visit(h, c, ids.v[i], argv, out, &failed);
	return tell_failures(&failed, e) && ctx_check(c, e);
}
