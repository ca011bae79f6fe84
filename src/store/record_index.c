#include "store/record_index.h"

#include <errno.h>

#include "base/mem.h"
#include "model/id.h"
#include "os/file.h"

/* A name that can stand as a file name; odd slugs of old homes have no entry. */
static bool nameable(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, '/') && strlen(name) < 200;
}

static const char *slug_of(enum record_type t, const void *rec)
{
	return rec && !record_get(t, rec, SLOT_DELETED) ? record_get(t, rec, SLOT_SLUG) : NULL;
}

static const char *instance_of(enum record_type t, const void *rec)
{
	const struct node *n = rec;

	return t == REC_NODE && n && !n->deleted_at ? n->lima_instance_name : NULL;
}

static bool entry_read(const char *path, struct buf *id)
{
	buf_clear(id);
	if (!file_read(path, id, 256, NULL))
		return false;
	buf_cut(id, str_trim(buf_view(id)).n);
	return id_valid(buf_view(id));
}

static bool entry_write(const char *path, const char *id, struct err *e)
{
	own_buf struct buf now = {0};

	if (entry_read(path, &now) && str_eqz(buf_view(&now), id))
		return true;
	buf_clear(&now);
	buf_printf(&now, "%s\n", id);
	return file_swap(path, buf_view(&now), 0600, e);
}

static bool entry_remove(const char *path, const char *id, struct err *e)
{
	own_buf struct buf now = {0};

	if (!entry_read(path, &now) || !str_eqz(buf_view(&now), id))
		return true;
	return file_unlink(path, e);
}

static bool entry_move(const struct home *h, const char *folder, const char *by, const char *before,
	const char *after, const char *id, struct err *e)
{
	own_buf struct buf dir = {0}, path = {0};

	home_path(h, &dir, "_index/%s/%s", folder, by);
	if (nameable(after)) {
		if (!file_mkdirs(buf_z(&dir), 0700, e) ||
			!entry_write(path_join(&path, buf_z(&dir), after), id, e))
			return false;
	}
	if (!nameable(before) || z_eq(before, after))
		return true;
	return entry_remove(path_join(&path, buf_z(&dir), before), id, e);
}

bool index_lookup(const struct home *h, enum record_type t, const char *slug, struct buf *id)
{
	own_buf struct buf path = {0};

	if (!nameable(slug))
		return false;
	home_path(h, &path, "_index/%s/by-slug/%s", record_types[t].folder, slug);
	return entry_read(buf_z(&path), id);
}

bool index_update(const struct home *h, enum record_type t, const void *before, const void *after,
	struct err *e)
{
	const char *folder = record_types[t].folder;
	const char *id = record_get(t, after ? after : before, SLOT_ID);

	if (!entry_move(h, folder, "by-slug", slug_of(t, before), slug_of(t, after), id, e))
		return false;
	return t != REC_NODE || entry_move(h, folder, "by-instance", instance_of(t, before),
					instance_of(t, after), id, e);
}
