/* shot.h - what a terminal shows, as text for people and for diff
 *
 *	80x24 alternate cursor 3,5
 *	   0 |a row, trailing blanks trimmed|
 *	     0+5 bold fg=1  6+2 ul=curly bg=#102030
 *	   1+|one that goes on in the next|
 *
 * Below a row stand its runs of cells in another look than the default one: first
 * column, number of cells, look. History comes first, with negative numbers. The
 * form is that of the goldens in tests/term/vttest, and what the peers' screens
 * are compared in (ghost.h, tests/term/xtermjs_shots.mjs): any terminal writes it
 * cell by cell.
 */
#ifndef TESTS_SHOT_H
#define TESTS_SHOT_H

#include "base/buf.h"
#include "term/term.h"

struct shot_row {
	struct buf text, runs;
	struct style look; /* of the run under way */
	unsigned x, from, keep;
};

void shot_row_fini(struct shot_row *r);
/* A cell: its text ("" for a blank), whether it is the second half of a wide one. */
void shot_cell(struct shot_row *r, const struct style *look, struct str text, bool tail);
/* Ends the row, appends it, and readies r for the next. */
void shot_row_end(struct shot_row *r, struct buf *out, long number, bool wrapped);
void shot_head(
	struct buf *out, unsigned cols, unsigned rows, bool alternate, const struct term_cursor *c);
/* All of ours; plain: without the signs of wrapping. */
void shot_term(struct buf *out, struct term *t, bool plain);

#endif
