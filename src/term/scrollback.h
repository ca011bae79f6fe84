/* scrollback.h - the rows that left the screen, oldest first, within a budget of bytes
 *
 * Rows are packed (rowcode.h) into blocks; when the budget is used up the oldest
 * block goes. Row numbers count from the first row ever pushed and never change
 * until a resize, so that a viewer can keep its place: rows [first, first + n)
 * are there.
 */
#ifndef TERM_SCROLLBACK_H
#define TERM_SCROLLBACK_H

#include "term/rowcode.h"

struct block {
	uint64_t first; /* number of its first row */
	uint32_t cap, used, n;
	char data[]; /* rows from the front; their offsets (u32) from the back */
};

struct scrollback {
	struct block **b; /* a ring */
	uint32_t head, n_blocks, cap_blocks;
	uint64_t first;
	uint32_t n;
	size_t bytes, budget;
};

void scrollback_init(struct scrollback *s, size_t budget);
void scrollback_fini(struct scrollback *s, struct tmem *m);
void scrollback_clear(struct scrollback *s, struct tmem *m);
/* Packs the row at the end. When it does not fit the budget it is lost. */
void scrollback_push(
	struct scrollback *s, struct tmem *m, const struct rowtables *t, const struct row *r);
/* Adds packed bytes (a copy of what scrollback_row gave). */
bool scrollback_push_packed(struct scrollback *s, struct tmem *m, struct str packed);
/* Block i, counted from 0 at the oldest; i < n_blocks. */
const struct block *scrollback_block(const struct scrollback *s, uint32_t i);
/* Begins a block of `cap` bytes: what is pushed next goes there. So history that is read
 * back lies, and goes, as it did where it was written. False when there cannot be one. */
bool scrollback_open(struct scrollback *s, struct tmem *m, uint32_t cap);
/* The packed bytes of row i, counted from 0 at the oldest; i < n. */
struct str scrollback_row(const struct scrollback *s, uint32_t i);
/* Whether it goes on in the next, or in the screen's first. */
bool scrollback_wraps(const struct scrollback *s, uint32_t i);
/* Drops the newest row; n > 0. */
void scrollback_pop(struct scrollback *s, struct tmem *m);
/* The newest row, if there is one, does not go on in the screen's first any more; true when
 * it did. */
bool scrollback_unwrap(struct scrollback *s);

/* Drops the oldest blocks until the budget holds. */
void scrollback_trim(struct scrollback *s, struct tmem *m);

#endif
