/* num.h - numbers, sizes, durations and times as text */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

#include "base/buf.h"

/* The whole text must be the number; no blanks, no sign but a leading '-'. */
bool num_i64(struct str s, int64_t *out);
bool num_u64(struct str s, uint64_t *out);

/* "15s", "30m", "2h", "500ms", "none" (→ 0). Milliseconds; at most 30 days. */
bool num_duration(struct str s, int64_t *ms);

/* "1.5 GiB", "312 KiB", "87 B": at most one decimal. */
void num_bytes(struct buf *out, uint64_t n);
/* "1,234,567" */
void num_count(struct buf *out, uint64_t n);
/* "0.4 s", "12 s", "3 m 05 s", "1 h 02 m" */
void num_elapsed(struct buf *out, int64_t ms);

/* RFC 3339 in UTC with nanoseconds, trailing zeros cut as Go does
 * ("2026-11-22T08:18:50.03037953Z"; whole seconds without a dot). */
void time_rfc3339(struct buf *out, int64_t unix_seconds, uint32_t nanos);
/* Any RFC 3339 time, with offset. */
bool time_parse(struct str s, int64_t *unix_seconds, uint32_t *nanos);
/* Milliseconds since 1970. */
static inline int64_t time_ms(int64_t unix_seconds, uint32_t nanos)
{
	return unix_seconds * 1000 + nanos / 1000000;
}

#endif
