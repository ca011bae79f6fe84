/* clock.h - time and randomness */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <stdint.h>

#include "base/buf.h"

/* Since some point in the past, never stepping back; deadlines are in these. */
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
void clock_now(int64_t *unix_seconds, uint32_t *nanos);
void clock_rfc3339(struct buf *out); /* now, as records write it */
/* The same as malloc'ed text in *slot, whose old text is freed. */
void clock_stamp(char **slot);
void clock_sleep_ms(int ms);	      /* whole, whatever signals come */
void random_bytes(void *p, size_t n); /* from the kernel; fit for names nobody may guess */

#endif
