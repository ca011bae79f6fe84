/* codec_json.h - records from and to JSON, driven by their field tables
 *
 * As codec.h, which brings this header. A JSON value is taken for what the same
 * word means in YAML: a number is accepted where a text is meant.
 */
#ifndef DATA_CODEC_JSON_H
#define DATA_CODEC_JSON_H

#include "base/fields.h"
#include "data/json.h"

bool codec_from_json(
	const struct fields *t, void *rec, const json_t *object, const char *name, struct err *e);
bool codec_read_json(
	const struct fields *t, void *rec, struct str text, const char *name, struct err *e);
/* An object; F_SHOWN included, F_YAML left out. */
void codec_to_json(const struct fields *t, const void *rec, struct json_out *j);

#endif
