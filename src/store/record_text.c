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

bool record_rewrite(enum record_type t, struct str text, const char *path, const void *rec,
	struct buf *out, struct err *e)
{
	own_buf struct buf fresh = {0};

	return modern(t, &text, path, &fresh, e) &&
	       codec_yaml_update(record_fields(t), rec, text, path, out, e);
}
