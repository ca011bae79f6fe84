/* case_text.h - the words of a test case for search, selection and export
 *
 * Rows count from the oldest row of history; -1 is one that it has lost.
 *
 *	find "x" ROW COL [back] [fold] = ROW COL ROW COL   or   = none
 *	select ROW COL ROW COL [block] "text"
 *	word ROW COL "text"
 *	line ROW COL "text"
 *	url ROW COL = ROW COL ROW COL URI   or   = none      the link at a place
 *	export "…"              everything as the bytes that would draw it
 */
#ifndef TESTS_CASE_TEXT_H
#define TESTS_CASE_TEXT_H

#include "term/textout.h"

static inline struct term_place case_place(const struct term *t, int row, unsigned col)
{
	return (struct term_place){term_first_row(t) + (uint64_t)(int64_t)row, col};
}

static inline void case_span(const struct term *t, struct term_span m, struct buf *got)
{
	uint64_t first = term_first_row(t);

	buf_printf(got, "%u %u %u %u", (unsigned)(m.from.row - first), m.from.col,
		(unsigned)(m.to.row - first), m.to.col);
}

static inline void case_find(struct term *t, struct str needle, const char *rest, struct buf *got)
{
	struct term_span m;
	unsigned col = 0;
	int row = 0;

	sscanf(rest, "%d %u", &row, &col);
	if (!term_find(t, needle, strstr(rest, "fold"), strstr(rest, "back"),
		    case_place(t, row, col), &m)) {
		buf_puts(got, "none");
		return;
	}
	case_span(t, m, got);
}

static inline void case_url(struct term *t, const char *p, struct buf *got)
{
	own_buf struct buf uri = {0};
	struct term_span m;
	unsigned col = 0;
	int row = 0;

	sscanf(p, "%d %u", &row, &col);
	if (!term_link_at(t, case_place(t, row, col), &m, &uri)) {
		buf_puts(got, "none");
		return;
	}
	case_span(t, m, got);
	buf_printf(got, " %s", buf_z(&uri));
}

static inline void case_select(struct term *t, const char *p, struct buf *got)
{
	unsigned c1 = 0, c2 = 0;
	int r1 = 0, r2 = 0;
	const char *quote = strchr(p, '"'), *block = strstr(p, "block");

	sscanf(p, "%d %u %d %u", &r1, &c1, &r2, &c2);
	term_text(t, (struct term_span){case_place(t, r1, c1), case_place(t, r2, c2)},
		block && block < quote, got);
}

static inline void case_around(struct term *t, const char *p, bool word, struct buf *got)
{
	unsigned c = 0;
	int r = 0;

	sscanf(p, "%d %u", &r, &c);
	term_text(t,
		word ? term_word_at(t, case_place(t, r, c)) : term_line_at(t, case_place(t, r, c)),
		false, got);
}

#endif
