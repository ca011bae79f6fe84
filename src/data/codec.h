/* codec.h - records from and to YAML and JSON, driven by their field tables
 *
 * One table (base/fields.h) says what a record holds; this module is the only
 * place that turns it into text and back. Unknown keys in a file are ignored
 * when read and kept when written (codec_yaml_update).
 */
#ifndef DATA_CODEC_H
#define DATA_CODEC_H

#include "base/fields.h"
#include "data/json.h"
#include "data/yaml.h"

/* Reads the fields of `t` (F_SHOWN ones excepted) from a map. rec must be zeroed
 * or valid (then fields found in the map replace it). A scalar is accepted for a
 * list, null for an absent value. Wrong types, a missing F_ID field: error with
 * path and line, rec is left empty. Strings that hold NUL are refused. */
bool codec_from_yaml(const struct fields *t, void *rec, const struct yaml_node *map,
	const char *name, struct err *e);
bool codec_from_json(const struct fields *t, void *rec, const json_t *object, const char *name,
	struct err *e);

/* A new file: every field in table order, F_OPT ones that are empty left out. */
void codec_to_yaml(const struct fields *t, const void *rec, struct buf *out);
/* The same, F_SHOWN fields included: how one record is printed. */
void codec_show_yaml(const struct fields *t, const void *rec, struct buf *out);
/* A JSON object; F_SHOWN included, F_YAML left out. */
void codec_to_json(const struct fields *t, const void *rec, struct json_out *j);

/* The text of an existing file, changed only where `rec` differs from what the
 * file says. *out is the whole new text (equal to `text` when nothing differs). */
bool codec_yaml_update(const struct fields *t, const void *rec, struct str text, const char *name,
	struct buf *out, struct err *e);

/* One record text in YAML → record, one call. */
bool codec_read_yaml(const struct fields *t, void *rec, struct str text, const char *name, struct err *e);
bool codec_read_json(const struct fields *t, void *rec, struct str text, const char *name, struct err *e);

#endif
