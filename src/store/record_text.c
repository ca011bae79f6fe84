#include "store/record_text.h"

#include "base/mem.h"
#include "data/codec.h"
#include "store/legacy.h"

static const enum legacy_file legacy_of[REC_TYPES] = {
	[REC_PROJECT] = LEGACY_PROJECT,
	[REC_NODE] = LEGACY_NODE,
	[REC_ENVIRONMENT] = LEGACY_ENVIRONMENT,
};

/* The text in today's shape: `text` itself, or `fresh` when it is an old one. */
static bool modern(
	enum record_type t, struct str *text, const char *path, struct buf *fresh, struct err *e)
{
	if (!legacy_suspect(legacy_of[t], *text))
		return true;
	if (!legacy_modernize(legacy_of[t], *text, path, fresh, e))
		return false;
	*text = buf_view(fresh);
	return true;
}

/* The old `status` also held what was observed, which is no lifecycle. */
static void drop_foreign_lifecycle(struct node *n)
{
	if (n->lifecycle_state && !lifecycle_word(n->lifecycle_state)) {
		free(n->lifecycle_state);
		n->lifecycle_state = NULL;
	}
}

bool record_parse(enum record_type t, struct str text, const char *path, const char *id, void *rec,
	struct err *e)
{
	own_buf struct buf fresh = {0};
	const char *said;

	if (!modern(t, &text, path, &fresh, e) ||
		!codec_read_yaml(record_fields(t), rec, text, path, e))
		return false;
	said = record_get(t, rec, SLOT_ID);
	if (!z_eq(said, id)) {
		err_set(e, ERR_METADATA_CORRUPTION, "%s: its id is %s, its directory's name %s",
			path, said, id);
		err_field(e, "path", path);
		fields_fini(record_fields(t), rec);
		return false;
	}
	if (t == REC_NODE)
		drop_foreign_lifecycle(rec);
	return true;
}

static bool read_pair(enum record_type t, struct str text, struct str fresh, const char *path,
	void *raw, void *old)
{
	if (!codec_read_yaml(record_fields(t), raw, text, path, NULL) ||
		!codec_read_yaml(record_fields(t), old, fresh, path, NULL))
		return false;
	if (t == REC_NODE)
		drop_foreign_lifecycle(old);
	return true;
}

/* What old keys tell and rec still has need not be written anew: `rows` gets the others, which are
 * all that is to be looked at. False: something that an old key tells is to change. */
static bool old_keys_stay(const struct fields *t, const void *raw, const void *old, const void *rec,
	struct field *rows, size_t *n)
{
	for (size_t i = 0; i < t->n; i++) {
		if (fields_equal(&t->f[i], old, raw))
			rows[(*n)++] = t->f[i];
		else if (!fields_equal(&t->f[i], old, rec))
			return false;
	}
	return true;
}

static bool rewrite_old(enum record_type t, struct str text, struct str fresh, const char *path,
	const void *rec, struct buf *out, struct err *e)
{
	const struct fields *f = record_fields(t);
	own_mem struct field *rows = mem_array(NULL, f->n, sizeof(*rows));
	struct fields kept = {f->what, rows, 0, f->size};
	void *raw = mem_alloc(f->size), *old = mem_alloc(f->size);
	bool stay = read_pair(t, text, fresh, path, raw, old) &&
		    old_keys_stay(f, raw, old, rec, rows, &kept.n);

	fields_fini(f, raw);
	fields_fini(f, old);
	free(raw);
	free(old);
	return stay ? codec_yaml_update(&kept, rec, text, path, out, e)
		    : codec_yaml_update(f, rec, fresh, path, out, e);
}

bool record_rewrite(enum record_type t, struct str text, const char *path, const void *rec,
	struct buf *out, struct err *e)
{
	own_buf struct buf fresh = {0};
	struct str now = text;

	if (!modern(t, &now, path, &fresh, e))
		return false;
	return now.p == text.p ? codec_yaml_update(record_fields(t), rec, text, path, out, e)
			       : rewrite_old(t, text, now, path, rec, out, e);
}
