#include "fuzz.h"
#include "term/invariant.h"

/* Bytes to a terminal of 17×6: the invariants hold, and the pieces in which the
 * bytes come make no difference to what is shown. */

static struct term *fed(struct str s, size_t chunk)
{
	struct term *t = term_new(
		&(struct term_options){.cols = 17, .rows = 6, .history = 16384, .checksum = true});

	HOLDS(t);
	for (size_t at = 0; at < s.n; at += chunk)
		term_feed(t, s.p + at, s.n - at < chunk ? s.n - at : chunk);
	if (term_invariant(t))
		fprintf(stderr, "%s\n", term_invariant(t));
	HOLDS(!term_invariant(t));
	return t;
}

static void same_cells(struct term *a, struct term *b, uint64_t row)
{
	struct rowview va = {0}, vb = {0};
	struct term_line la, lb;
	char ta[4], tb[4];

	HOLDS(term_line(a, row, &va, &la) && term_line(b, row, &vb, &lb));
	HOLDS(la.wrapped == lb.wrapped && la.mark == lb.mark);
	for (unsigned x = 0; x < la.n || x < lb.n; x++) {
		cell_t ca = x < la.n ? la.c[x] : 0, cb = x < lb.n ? lb.c[x] : 0;

		HOLDS(cell_kind(ca) == cell_kind(cb));
		HOLDS(str_eq(term_cell_text(&la, ca, ta), term_cell_text(&lb, cb, tb)));
		HOLDS(style_eq(&la.styles[cell_style(ca)], &lb.styles[cell_style(cb)]));
		HOLDS(str_eq(term_cell_uri(&la, ca), term_cell_uri(&lb, cb)));
	}
	term_view_fini(a, &va);
	term_view_fini(b, &vb);
}

FUZZ(s)
{
	struct term *a = fed(s, s.n ? s.n : 1), *b = fed(s, 1);
	struct term_cursor ca = term_cursor(a), cb = term_cursor(b);

	HOLDS(ca.row == cb.row && ca.col == cb.col && ca.pending_wrap == cb.pending_wrap);
	HOLDS(term_screen_row(a) == term_screen_row(b) && term_first_row(a) == term_first_row(b));
	HOLDS(term_cols(a) == term_cols(b) && str_eq(term_title(a), term_title(b)));
	for (uint64_t row = term_first_row(a); row < term_screen_row(a) + term_rows(a); row++)
		same_cells(a, b, row);
	term_free(a);
	term_free(b);
}
