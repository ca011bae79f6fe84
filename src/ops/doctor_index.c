#include "ops/doctor_index.h"

#include "base/mem.h"
#include "model/id.h"
#include "os/file.h"
#include "store/record_index.h"

/* Which record an entry stands for; NULL: none, so it should not be there. */
static const void *entry_owner(
	const struct inventory *v, enum record_type t, const char *by, const char *name)
{
	if (z_eq(by, "by-instance"))
		return inventory_instance(v, name);
	return inventory_find(v, t, SLOT_SLUG, name, true);
}

static bool readable(const struct inventory *v, enum record_type t, struct str id)
{
	own_mem char *z = mem_strndup(id.p, id.n);
	own_buf struct buf path = {0};

	record_file(v->h, t, z, &path);
	return inventory_find(v, t, SLOT_ID, z, false) || !file_exists(buf_z(&path));
}

/* An entry is a hint: one that fits nothing goes, one that names the wrong record is put
 * right. */
static void mend_entry(
	const struct inventory *v, enum record_type t, const void *owner, const char *path)
{
	if (owner)
		index_update(v->h, t, NULL, owner, NULL);
	else
		file_unlink(path, NULL);
}

static void check_entries(
	const struct inventory *v, enum record_type t, const char *by, bool mend, struct finding *f)
{
	own_buf struct buf dir = {0}, path = {0}, text = {0};
	own_strv struct strv names = {0};

	home_path(v->h, &dir, "_index/%s/%s", record_types[t].folder, by);
	file_list(buf_z(&dir), &names, NULL);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];
		const void *owner = entry_owner(v, t, by, name);
		struct str id;

		if (*name == '.')
			continue;
		buf_clear(&text);
		file_read(path_join(&path, buf_z(&dir), name), &text, 256, NULL);
		id = str_trim(buf_view(&text));
		if (owner ? str_eqz(id, record_get(t, owner, SLOT_ID))
			  : id_valid(id) && !readable(v, t, id))
			continue; /* right, or its record is among the corrupt */
		finding_add(f, "%s/%s/%s", record_types[t].folder, by, name);
		if (mend)
			mend_entry(v, t, owner, buf_z(&path));
	}
}

/* Old homes have no nodes/by-slug: only projects and environment configs always have
 * their entry. */
static void check_missing_entries(
	const struct inventory *v, enum record_type t, bool mend, struct finding *f)
{
	own_buf struct buf path = {0};

	for (size_t i = 0; i < v->of[t].n; i++) {
		const void *rec = record_at(&v->of[t], i);
		const char *slug = record_get(t, rec, SLOT_SLUG);

		if (record_get(t, rec, SLOT_DELETED) ||
			file_exists(home_path(
				v->h, &path, "_index/%s/by-slug/%s", record_types[t].folder, slug)))
			continue;
		if (mend)
			index_update(v->h, t, NULL, rec, NULL);
		/* An odd slug of an old home cannot have one: not mended, then. */
		if (!mend || file_exists(buf_z(&path)))
			finding_add(f, "%s %s has no entry", record_word(t), slug);
	}
}

static void look(const struct inventory *v, bool mend, struct finding *f)
{
	for (int t = 0; t < REC_TYPES; t++) {
		check_entries(v, (enum record_type)t, "by-slug", mend, f);
		if (t != REC_NODE)
			check_missing_entries(v, (enum record_type)t, mend, f);
	}
	check_entries(v, REC_NODE, "by-instance", mend, f);
}

void doctor_index_mend(const struct inventory *v, struct finding *done)
{
	look(v, true, done);
}

void doctor_index(const struct inventory *v, struct checks *out)
{
	own_finding struct finding f = {0};

	look(v, false, &f);
	check_finding(out, "index", &f, "the index fits the records",
		"index entries that do not fit the records", REPAIR_FIX);
}
