/* reflow.h - the rows of the primary screen and its history, wrapped at a new width
 *
 * Rows that wrapped are put together again to lines and cut anew. What is watched
 * (the cursor, the saved cursor, the screen's first row) is followed to its new
 * place. All rows come out packed, the screen's as well; resize.c takes the last
 * ones back onto the grid.
 */
#ifndef TERM_REFLOW_H
#define TERM_REFLOW_H

#include "term/engine.h"

struct spot {
	unsigned y, x; /* in: on the old screen; x may stand behind the last column */
	uint64_t row;  /* out: number among the new rows */
	unsigned col;  /* out: up to and with the new number of columns */
	size_t offset; /* while its line is put together */
	bool here;
};

/* Reads rows [0, used_rows) of the primary screen and all of history; fills `out`
 * (initialised, with room for everything) and returns how many rows came out. */
uint64_t reflow(struct term *t, struct scrollback *out, unsigned cols, unsigned used_rows,
	struct spot *spots, unsigned n_spots);

/* Turns the ids of a view into the term's own. */
void reflow_own(struct term *t, struct rowview *v);

#endif
