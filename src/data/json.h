/* json.h - JSON: reading with limits (jansson), writing as a stream
 *
 * Reading is strict: duplicate keys, trailing text, invalid UTF-8, nesting over
 * 2,048 (jansson's own limit) and text over JSON_MAX_SIZE are errors that name
 * file and line.
 *
 * Writing goes straight into a buffer and never fails; bytes that are not UTF-8
 * are written as U+FFFD, so a caller that must keep them encodes them first.
 *
 *	struct json_out j = {.out = &b};
 *	json_object(&j);
 *	json_key(&j, "slug"); json_str(&j, STR("api"));
 *	json_end(&j);
 */
#ifndef DATA_JSON_H
#define DATA_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"

#define JSON_MAX_SIZE (64u << 20)

static inline void json_decref_p(json_t **j)
{
	json_decref(*j);
}
#define own_json __attribute__((cleanup(json_decref_p)))

/* Kind MetadataCorruption, fields path and line. *out is a new reference. */
bool json_read(struct str text, const char *name, json_t **out, struct err *e);
/* The string, number or boolean under key of object j (NULL-safe): NULL, 0 or
 * false when absent or of another type. The text belongs to j. */
const char *json_get_str(const json_t *j, const char *key);
int64_t json_get_int(const json_t *j, const char *key);
bool json_get_bool(const json_t *j, const char *key);

struct json_out {
	struct buf *out;
	int pretty;      /* indent per level; 0: all on one line */
	int depth;
	uint64_t open;   /* bit per level: something was written there */
	uint64_t arrays; /* bit per level: it is an array */
	bool after_key;
};

void json_object(struct json_out *j);
void json_array(struct json_out *j);
void json_end(struct json_out *j);
void json_key(struct json_out *j, const char *key);
void json_str(struct json_out *j, struct str s);
void json_z(struct json_out *j, const char *z); /* NULL: null */
void json_i64(struct json_out *j, int64_t v);
void json_u64(struct json_out *j, uint64_t v);
void json_bool(struct json_out *j, bool v);
void json_null(struct json_out *j);
void json_raw(struct json_out *j, struct str json); /* already JSON */
/* Shorthands for object members. */
void json_kv_str(struct json_out *j, const char *key, struct str s);
void json_kv_z(struct json_out *j, const char *key, const char *z);
void json_kv_i64(struct json_out *j, const char *key, int64_t v);
void json_kv_bool(struct json_out *j, const char *key, bool v);

#endif
