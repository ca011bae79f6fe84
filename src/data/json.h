/* json.h - reading JSON with limits (jansson)
 *
 * Reading is strict: duplicate keys, trailing text, invalid UTF-8, nesting over
 * 2,048 (jansson's own limit) and text over JSON_MAX_SIZE are errors that name
 * file and line.
 *
 * For writing see data/jsonout.h.
 */
#ifndef DATA_JSON_H
#define DATA_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "data/jsonout.h"

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

#endif
