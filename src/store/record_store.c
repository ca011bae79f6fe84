#include "store/record_store.h"

#include <errno.h>

#include "base/mem.h"
#include "data/codec.h"
#include "model/id.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/command_files.h"
#include "store/fresh_id.h"
#include "store/record_index.h"
#include "store/record_text.h"

#define LOCK_WAIT_MS 10000

static bool not_found(enum record_type t, const char *id, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "there is no %s %s", record_word(t), id);
	return err_field(e, "query", id);
}

/* No record of ours has it; one that lies in such a directory (record_scan.h) is corrupt. */
static bool odd_id(const struct home *h, enum record_type t, const char *id, struct err *e)
{
	own_buf struct buf path = {0};

	if (!*id || *id == '.' || strchr(id, '/'))
		return not_found(t, id, e);
	record_file(h, t, id, &path);
	if (!file_exists(buf_z(&path)))
		return not_found(t, id, e);
	err_set(e, ERR_METADATA_CORRUPTION, "%s: its directory's name is no id", buf_z(&path));
	return err_field(e, "path", buf_z(&path));
}

static bool load_text(const struct home *h, enum record_type t, const char *id, struct buf *path,
	struct buf *text, struct err *e)
{
	own_err struct err why = {0};

	if (!id_valid(str_z(id)))
		return odd_id(h, t, id, e);
	record_file(h, t, id, path);
	if (file_read(buf_z(path), text, YAML_MAX_SIZE, &why))
		return true;
	if (why.sys == ENOENT || why.sys == ENOTDIR)
		return not_found(t, id, e);
	return err_move(e, &why);
}

bool record_load(const struct home *h, enum record_type t, const char *id, void *rec, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	return load_text(h, t, id, &path, &text, e) &&
	       record_parse(t, buf_view(&text), buf_z(&path), id, rec, e);
}

static bool lock_at(
	const struct home *h, const char *rel, const char *what, struct lock *l, struct err *e)
{
	own_buf struct buf path = {0}, dir = {0};

	home_path(h, &path, "_locks/%s.lock", rel);
	buf_str(&dir, path_dir(buf_view(&path)));
	return file_mkdirs(buf_z(&dir), 0700, e) &&
	       lock_take(l, buf_z(&path), LOCK_WAIT_MS, what, e);
}

bool lock_namespace(const struct home *h, enum record_type t, struct lock *l, struct err *e)
{
	own_buf struct buf what = {0};

	buf_printf(&what, "the list of %ss", record_word(t));
	return lock_at(h, record_types[t].folder, buf_z(&what), l, e);
}

bool lock_record(
	const struct home *h, enum record_type t, const char *id, struct lock *l, struct err *e)
{
	own_buf struct buf what = {0}, rel = {0};

	if (!id_valid(str_z(id)))
		return not_found(t, id, e);
	buf_printf(&what, "%s %s", record_word(t), id);
	buf_printf(&rel, "%s/%s", record_types[t].folder, id);
	return lock_at(h, buf_z(&rel), buf_z(&what), l, e);
}

static void fill_in(enum record_type t, void *rec)
{
	char **id = record_slot(t, rec, SLOT_ID), **created = record_slot(t, rec, SLOT_CREATED);
	char **updated = record_slot(t, rec, SLOT_UPDATED);

	if (!*id)
		*id = fresh_id();
	if (!*created)
		clock_stamp(created);
	if (!*updated)
		*updated = mem_strdup(*created);
}

/* The example shows what is in force without this record, so that uncommenting
 * it changes nothing. */
static void example_block(
	const struct home *h, enum record_type t, const void *rec, struct buf *text)
{
	struct command_level levels[LEVEL_COUNT] = {{&h->config.lima_commands, h->config_path}};
	struct project p = {0};

	if (t == REC_NODE) {
		const struct node *n = rec;

		if (n->lima_commands.n)
			return;
		if (record_load(h, REC_PROJECT, n->project_id, &p, NULL))
			levels[1].lists = &p.lima_commands;
	} else if (t != REC_PROJECT || ((const struct project *)rec)->lima_commands.n) {
		return;
	}
	commands_example(text, levels);
	fields_fini(&project_fields, &p);
}

static bool write_new(
	const struct home *h, enum record_type t, const void *rec, const char *dir, struct err *e)
{
	const char *id = record_get(t, rec, SLOT_ID);
	own_buf struct buf path = {0}, text = {0}, folder = {0};

	codec_to_yaml(record_fields(t), rec, &text);
	example_block(h, t, rec, &text);
	record_file(h, t, id, &path);
	buf_str(&folder, path_dir(str_z(dir)));
	return file_create(buf_z(&path), buf_view(&text), 0600, e) &&
	       file_sync_dir(buf_z(&folder), e) && index_update(h, t, NULL, rec, e);
}

static void undo_create(
	const struct home *h, enum record_type t, const void *rec, const char *dir, struct err *e)
{
	own_err struct err second = {0};
	own_buf struct buf path = {0};

	/* The record goes first: without it the rest is invisible. */
	record_file(h, t, record_get(t, rec, SLOT_ID), &path);
	if (!file_unlink(buf_z(&path), &second) || !file_remove_tree(dir, &second))
		err_also(e, &second);
}

bool record_create(const struct home *h, enum record_type t, void *rec, struct err *e)
{
	own_buf struct buf dir = {0};

	fill_in(t, rec);
	record_dir(h, t, record_get(t, rec, SLOT_ID), &dir);
	if (!file_mkdirs(buf_z(&dir), 0700, e))
		return false;
	if (write_new(h, t, rec, buf_z(&dir), e))
		return true;
	if (!e || e->sys != EEXIST)
		undo_create(h, t, rec, buf_z(&dir), e);
	return false;
}

bool record_discard(const struct home *h, enum record_type t, const void *rec, struct err *e)
{
	own_buf struct buf dir = {0}, path = {0};
	const char *id = record_get(t, rec, SLOT_ID);

	record_file(h, t, id, &path);
	record_dir(h, t, id, &dir);
	return file_unlink(buf_z(&path), e) && index_update(h, t, rec, NULL, e) &&
	       file_remove_tree(buf_z(&dir), e);
}

struct change {
	bool (*fn)(void *rec, void *arg, struct err *e);
	void *arg;
};

static bool update_locked(const struct home *h, enum record_type t, const char *id,
	const struct change *ch, void *before, void *rec, struct err *e)
{
	own_buf struct buf path = {0}, text = {0}, fresh = {0};

	if (!load_text(h, t, id, &path, &text, e) ||
		!record_parse(t, buf_view(&text), buf_z(&path), id, rec, e))
		return false;
	fields_copy(record_fields(t), before, rec);
	if (!ch->fn(rec, ch->arg, e))
		return false;
	clock_stamp(record_slot(t, rec, SLOT_UPDATED));
	return record_rewrite(t, buf_view(&text), buf_z(&path), rec, &fresh, e) &&
	       file_replace(buf_z(&path), buf_view(&fresh), 0600, e);
}

/* A stale entry is found out by whoever reads it, so a failing index is no
 * reason to report a change as failed that is on disk. */
static void follow_index(
	const struct home *h, enum record_type t, const void *before, const void *rec)
{
	own_err struct err ignored = {0};

	if (!z_eq(record_get(t, before, SLOT_SLUG), record_get(t, rec, SLOT_SLUG)) ||
		!record_get(t, before, SLOT_DELETED) != !record_get(t, rec, SLOT_DELETED))
		index_update(h, t, before, rec, &ignored);
}

union any_record {
	struct project project;
	struct node node;
	struct environment environment;
};

bool record_update(const struct home *h, enum record_type t, const char *id,
	bool (*change)(void *rec, void *arg, struct err *e), void *arg, void *out, struct err *e)
{
	const struct fields *fields = record_fields(t);
	own_lock struct lock lock = LOCK_NONE;
	union any_record before = {{0}}, rec = {{0}};
	const struct change ch = {change, arg};
	bool ok;

	if (!lock_record(h, t, id, &lock, e))
		return false;
	memset(&before, 0, sizeof(before));
	memset(&rec, 0, sizeof(rec));
	ok = update_locked(h, t, id, &ch, &before, &rec, e);
	if (ok)
		follow_index(h, t, &before, &rec);
	if (ok && out)
		fields_copy(fields, out, &rec);
	fields_fini(fields, &before);
	fields_fini(fields, &rec);
	return ok;
}
