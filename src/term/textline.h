/* textline.h - lines of text out of rows: what search, selection, links and export read
 *
 * Rows that wrapped are one line. A row that goes on counts with all its cells, blanks at
 * its end included; the place that a wide character left at the edge counts as nothing as
 * long as the next row begins with it, and is a blank when it is gone.
 */
#ifndef TERM_TEXTLINE_H
#define TERM_TEXTLINE_H

#include "term/engine.h"
#include "term/textout.h"

/* A line with the cell of each byte of its text. {.fold = …} is an empty one, to be read into
 * again and again. */
struct text_line {
	bool fold; /* the text is case-folded */
	struct buf text;
	struct term_place *at; /* of each byte, and of the end */
	size_t cap;
	uint64_t first, last; /* rows */
	struct rowview view;
};

/* The line that `row` belongs to, at most some thousand rows of it. False when there is none. */
bool text_line_read(struct term *t, uint64_t row, struct text_line *l);
void text_line_fini(struct term *t, struct text_line *l);
/* The first byte of the cell at a place, and of the cell behind that of byte i; the text's
 * length when there is none. */
size_t text_line_byte(struct term *t, const struct text_line *l, struct term_place at);
size_t text_line_next(const struct text_line *l, size_t i);
/* The cells of bytes [a, b), a < b: up to behind the last of them, a wide one's tail included. */
struct term_span text_line_span(struct term *t, const struct text_line *l, size_t a, size_t b);

/* Appends s as the text of a line that is case-folded has it. */
void text_fold(struct buf *out, struct str s);

/* How many cells of a row are text of its line. */
unsigned text_length(const struct term *t, const struct term_line *l);
/* Cell x of a row; behind its end a blank. */
static inline cell_t text_cell(const struct term_line *l, unsigned x)
{
	return x < l->n ? l->c[x] : 0;
}
/* Whether cell c has text of its own, be it a blank. */
static inline bool text_counts(cell_t c)
{
	return cell_kind(c) != CELL_TAIL && cell_kind(c) != CELL_SPACER;
}
/* From row to row, with *place false at first: whether a blank comes before this one, for the
 * row above left a place at its edge and no wide character begins this one any more. */
static inline bool text_place_empty(bool *place, const struct term_line *l)
{
	bool empty = *place && !(l->n && cell_kind(l->c[0]) == CELL_WIDE);

	*place = l->wrapped && l->n && cell_kind(l->c[l->n - 1]) == CELL_SPACER;
	return empty;
}

static inline bool text_alnum(uint32_t cp) /* of ASCII */
{
	return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
}

static inline bool place_before(struct term_place a, struct term_place b)
{
	return a.row < b.row || (a.row == b.row && a.col < b.col);
}

#endif
