/* jsonscan.h - reading JSON as a stream, for documents too long to be held in memory
 *
 * A pull scanner: the caller says what it expects next, and the text comes in chunks
 * from a callback (data/ does no I/O). As strict as json.h, but for duplicate keys, which
 * only the caller can see, and for the form of numbers in skipped values. Strings are at
 * most 1 MiB, skipped values at most 64 deep.
 *
 *	bool first = true;
 *	if (!jscan_expect(&s, '{', e)) return false;
 *	while ((got = jscan_member(&s, &first, &key, e)) > 0)
 *		if (!(str_eqz(buf_view(&key), "id") ? jscan_string(&s, &id, e) : jscan_skip(&s, e)))
 *			return false;
 *
 * Errors are MetadataCorruption with fields path and line.
 */
#ifndef DATA_JSONSCAN_H
#define DATA_JSONSCAN_H

#include <stdint.h>

#include "base/err.h"

struct json_scan {
	/* 1: *chunk is the next piece, not empty, valid until the next call; 0: the end;
	 * -1: failed with e. */
	int (*more)(void *arg, struct str *chunk, struct err *e);
	void *arg;
	const char *name; /* of the file, for messages */
	unsigned line;	  /* from 0 */
	const char *p, *end;
	bool ended;
};

/* The next byte that is no blank, not taken; 0 at the end, -1 when reading failed. */
int jscan_peek(struct json_scan *s, struct err *e);
bool jscan_expect(struct json_scan *s, char c, struct err *e);
bool jscan_string(struct json_scan *s, struct buf *out, struct err *e); /* out is cleared first */
bool jscan_i64(struct json_scan *s, int64_t *out, struct err *e);
bool jscan_skip(struct json_scan *s, struct err *e); /* any one value */
bool jscan_end(struct json_scan *s, struct err *e);  /* nothing but blanks is left */

/* Behind the '{' or '['; *first starts as true. 1: a key was read and its value
 * follows / an item follows; 0: it ends here and the bracket is taken; -1: an error. */
int jscan_member(struct json_scan *s, bool *first, struct buf *key, struct err *e);
int jscan_item(struct json_scan *s, bool *first, struct err *e);

/* For the caller's own complaints: "NAME line N: …", always false. */
bool jscan_bad(const struct json_scan *s, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
