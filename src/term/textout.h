/* textout.h - text out of a terminal: search, selection, links, export
 *
 * Places are a row number (term.h) and a column. Rows that wrapped are one line: a
 * match runs over the wrap, and no newline comes between their texts. Rows that history
 * has lost meanwhile count as nothing.
 */
#ifndef TERM_TEXTOUT_H
#define TERM_TEXTOUT_H

#include "base/buf.h"
#include "term/term.h"

struct term_place {
	uint64_t row;
	unsigned col;
};
struct term_span {
	struct term_place from, to; /* `to` is behind the last cell */
};

/* The next match at or behind `at` (backwards: that begins before it). ignore_case
 * takes letters as equal that differ in case only (utf8_fold()). An empty needle matches
 * nothing. */
bool term_find(struct term *t, struct str needle, bool ignore_case, bool backwards,
	struct term_place at, struct term_span *match);

/* The text between two places; with `block` the columns between theirs in each row.
 * Blanks at the end of a line are left out. */
void term_text(struct term *t, struct term_span s, bool block, struct buf *out);
/* The word or the line at a place. Of ASCII a word has letters, digits and what stands in
 * paths and URLs; beyond it all but separators, punctuation, boxes, blocks and prompt signs
 * (scripts/unicode-tables). What is in no word, and the blank behind a line, is its cell. */
struct term_span term_word_at(struct term *t, struct term_place at);
struct term_span term_line_at(struct term *t, struct term_place at);

/* The link at a place, and those of its line's cells that are it: the program's own (OSC 8), or
 * an address in the text, which begins with http:// or https:// and may run over a wrap. The
 * URI replaces what is in `uri`; it is the program's, not to be trusted. False: no link. */
bool term_link_at(struct term *t, struct term_place at, struct term_span *span, struct buf *uri);

/* Rows [from, to) as a terminal would be sent them: SGR, OSC 8, CR LF after each line,
 * no newline where a row wrapped. */
void term_export_vt(struct term *t, uint64_t from, uint64_t to, struct buf *out);

#endif
