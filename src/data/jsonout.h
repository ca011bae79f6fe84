/* jsonout.h - writing JSON as a stream
 *
 * Writing goes straight into a buffer and never fails. Bytes that are not UTF-8
 * are written as U+FFFD, so a caller that must keep them encodes them first.
 * Controls are escaped, DEL and C1 too: the document may be shown on a terminal
 * (contract/threats.md T7). At most 64 levels.
 *
 *	struct json_out j = {.out = &b};
 *	jout_object(&j);
 *	jout_key(&j, "slug");
 *	jout_str(&j, STR("api"));
 *	jout_end(&j);
 */
#ifndef DATA_JSONOUT_H
#define DATA_JSONOUT_H

#include <stdint.h>

#include "base/buf.h"

struct json_out {
	struct buf *out;
	int pretty; /* indent per level; 0: all on one line */
	int depth;
	uint64_t open;	 /* bit per level: something was written there */
	uint64_t arrays; /* bit per level: it is an array */
	bool after_key;
};

void jout_object(struct json_out *j);
void jout_array(struct json_out *j);
void jout_end(struct json_out *j);
void jout_key(struct json_out *j, const char *key);
void jout_str(struct json_out *j, struct str s);
void jout_z(struct json_out *j, const char *z); /* NULL: null */
void jout_i64(struct json_out *j, int64_t v);
void jout_u64(struct json_out *j, uint64_t v);
void jout_bool(struct json_out *j, bool v);
void jout_null(struct json_out *j);
void jout_raw(struct json_out *j, struct str json); /* already JSON */
/* Shorthands for object members. */
void jout_kv_str(struct json_out *j, const char *key, struct str s);
void jout_kv_z(struct json_out *j, const char *key, const char *z);
void jout_kv_i64(struct json_out *j, const char *key, int64_t v);
void jout_kv_bool(struct json_out *j, const char *key, bool v);

#endif
