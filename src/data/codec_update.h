/* codec_update.h - a record's file changed where the record differs
 *
 * Comes with codec.h.
 */
#ifndef DATA_CODEC_UPDATE_H
#define DATA_CODEC_UPDATE_H

#include "base/err.h"
#include "base/fields.h"

/* The text of an existing file, changed only where `rec` differs from what the
 * file says. *out is the whole new text (equal to `text` when nothing differs). */
bool codec_yaml_update(const struct fields *t, const void *rec, struct str text, const char *name,
	struct buf *out, struct err *e);

#endif
