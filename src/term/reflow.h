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

/* A cursor behind the text of its row stays, where that row begins a new one, on it, in
 * the last column at most (xterm, xterm.js, ghostty); else it goes where the blank it
 * stands on would go. At the start of a row it stays at the start of one. */
struct spot {
	unsigned y, x;	      /* in: on the old screen; x may stand behind the last column */
	bool pending;	      /* in: x is one on, for a wrap is due */
	bool holds;	      /* in: a cursor, not a mere place */
	uint64_t row;	      /* out: number among the new rows */
	unsigned col;	      /* out: up to the new number of columns; that only when pending */
	size_t start, offset; /* while its line is put together: of its row, of itself */
	bool here, behind;
};

/* Reads rows [0, used_rows) of the primary screen and all of history; fills `out`
 * (initialised, with room for everything) and returns how many rows came out. */
uint64_t reflow(struct term *t, struct scrollback *out, unsigned cols, unsigned used_rows,
	struct spot *spots, unsigned n_spots);

/* Turns the ids of a view into the term's own. */
void reflow_own(struct term *t, struct rowview *v);

#endif
