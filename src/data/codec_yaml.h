/* codec_yaml.h - records from and to YAML, driven by their field tables
 *
 * Comes with codec.h.
 */
#ifndef DATA_CODEC_YAML_H
#define DATA_CODEC_YAML_H

#include "base/fields.h"
#include "data/yaml.h"

/* Reads the fields of `t` (F_SHOWN ones excepted) from a map. rec must be zeroed
 * or valid (then fields found in the map replace it). A scalar is accepted for a
 * list, null for an absent value. Wrong types, a missing F_ID field: error with
 * path and line, rec is left empty. Strings that hold NUL are refused. */
bool codec_from_yaml(const struct fields *t, void *rec, const struct yaml_node *map,
	const char *name, struct err *e);
/* One record text → record, one call. */
bool codec_read_yaml(
	const struct fields *t, void *rec, struct str text, const char *name, struct err *e);

/* A new file: every field in table order, F_OPT ones that are empty left out. */
void codec_to_yaml(const struct fields *t, const void *rec, struct buf *out);
/* How one record is printed: F_SHOWN fields included, F_YAML ones left out. */
void codec_show_yaml(const struct fields *t, const void *rec, struct buf *out);

#endif
