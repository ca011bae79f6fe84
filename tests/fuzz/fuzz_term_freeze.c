#include "fuzz.h"
#include "term/freeze.h"
#include "term/invariant.h"

/* Up to the first 0xFF: bytes for a terminal, which is frozen and thawed and must
 * then freeze to the same; behind half of them, and do the same with the rest. Behind it:
 * bytes that claim to be a frozen one. */

static void half_way(struct str s)
{
	struct term_options o = {.cols = 9, .rows = 4, .history = 16384};
	struct term *t = term_new(&o), *u;
	own_buf struct buf frozen = {0}, a = {0}, b = {0};
	size_t half = s.n / 2;

	HOLDS(t);
	term_feed(t, s.p, half);
	term_freeze(t, &frozen);
	u = term_thaw(&o, buf_view(&frozen));
	HOLDS(u);
	term_feed(t, s.p + half, s.n - half);
	term_feed(u, s.p + half, s.n - half);
	term_freeze(t, &a);
	term_freeze(u, &b);
	HOLDS(str_eq(buf_view(&a), buf_view(&b)));
	term_free(t);
	term_free(u);
}

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
	HOLDS(str_eq(buf_view(&a), buf_view(&b)));
	half_way(str_n(s.p, cut));
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
