#include "fuzz.h"
#include "term/invariant.h"

/* Bytes and resizes: 0xFF and two bytes resize to 1-64 columns and 1-32 rows. */
FUZZ(s)
{
	struct term *t = term_new(&(struct term_options){.cols = 12, .rows = 5, .history = 8192});
	size_t from = 0;

	HOLDS(t);
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && (unsigned char)s.p[i] != 0xFF)
			continue;
		term_feed(t, s.p + from, i - from);
		HOLDS(!term_invariant(t));
		if (i + 2 < s.n) {
			unsigned cols = 1 + (unsigned char)s.p[i + 1] % 64;
			unsigned rows = 1 + (unsigned char)s.p[i + 2] % 32;

			HOLDS(term_resize(t, cols, rows));
			HOLDS(term_cols(t) == cols && term_rows(t) == rows);
			if (term_invariant(t))
				fprintf(stderr, "%s\n", term_invariant(t));
			HOLDS(!term_invariant(t));
			i += 2;
		}
		from = i + 1;
	}
	term_free(t);
}
