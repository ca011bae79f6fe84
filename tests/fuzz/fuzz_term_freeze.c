#include "fuzz.h"
#include "term/freeze.h"
#include "term/invariant.h"

/* Up to the first 0xFF: bytes for a terminal, which is frozen and thawed and must
 * then freeze to the same rows. Behind it: bytes that claim to be a frozen one. */

static void claimed(struct str s)
{
	struct str more = STR("abc\r\n\033[H\033[2J日本\033[m\n");
	struct term *t = term_thaw(&(struct term_options){.history = 65536}, s);

	if (!t)
		return;
	HOLDS(!term_invariant(t));
	term_feed(t, more.p, more.n);
	HOLDS(term_resize(t, 13, 7));
	HOLDS(!term_invariant(t));
	term_free(t);
}

FUZZ(s)
{
	size_t cut = str_find(s, (char)0xFF);
	struct term *t = term_new(&(struct term_options){.cols = 9, .rows = 4, .history = 16384}),
		    *u;
	own_buf struct buf a = {0}, b = {0};

	HOLDS(t);
	term_feed(t, s.p, cut);
	term_freeze(t, &a);
	u = term_thaw(&(struct term_options){.history = 16384}, buf_view(&a));
	HOLDS(u);
	HOLDS(term_cursor(t).row == term_cursor(u).row && term_cursor(t).col == term_cursor(u).col);
	term_freeze(u, &b);
	HOLDS(a.n == b.n);
	if (cut < s.n) {
		struct str rest = str_from(s, cut + 1);

		/* A damaged copy of a real one reaches further than random bytes. */
		for (size_t i = 0; i + 2 < rest.n; i += 3) {
			size_t at = ((unsigned char)rest.p[i] << 8 | (unsigned char)rest.p[i + 1]) %
				    a.n;

			a.p[at] = rest.p[i + 2];
		}
		claimed(buf_view(&a));
		claimed(rest);
	}
	term_free(t);
	term_free(u);
}
