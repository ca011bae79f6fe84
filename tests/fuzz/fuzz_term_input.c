#include "fuzz.h"
#include "term/input.h"

/* The first NUL ends what the program wrote; then keys, mouse events, and a paste.
 * Nothing that is encoded may hold a raw C1 byte sequence that ends a bracket, and a
 * paste holds no control but newline, tab, CR and its brackets. */

static uint32_t word(struct str *s)
{
	uint32_t v = 0;

	for (int i = 0; i < 3 && s->n; i++) {
		v = v << 8 | (unsigned char)s->p[0];
		*s = str_from(*s, 1);
	}
	return v;
}

static void keys(const struct term *t, struct str *s, struct buf *out)
{
	struct term_key k = {.key = word(s), .shifted = word(s), .base = word(s)};
	uint32_t v = word(s);

	k.mods = v & 255;
	k.action = (enum term_action)(v >> 8 & 3);
	k.text = str_n(s->p, s->n < 4 ? s->n : 4);
	term_key(t, &k, out);
	HOLDS(out->n < 200);
}

static void mouse(const struct term *t, struct str *s, struct buf *out)
{
	uint32_t v = word(s);
	struct term_mouse m = {.action = (enum term_mouse_action)(v % 3),
		.button = (enum term_button)((v >> 4) % 12),
		.mods = v >> 8 & 7,
		.row = word(s),
		.col = word(s),
		.px = word(s),
		.py = word(s)};

	term_mouse(t, &m, out);
	HOLDS(out->n < 100);
}

static void paste(const struct term *t, struct str s, struct buf *out)
{
	struct str body;
	bool bracketed = term_mode(t, 2004, false);

	term_paste(t, s, out);
	body = buf_view(out);
	if (bracketed)
		body = str_n(body.p + 6, body.n - 12);
	for (size_t i = 0; i < body.n; i++)
		HOLDS((unsigned char)body.p[i] >= 0x20 || strchr("\n\t\r", body.p[i]));
}

FUZZ(s)
{
	struct term *t = term_new(&(struct term_options){.cols = 20, .rows = 5});
	size_t cut = str_find(s, 0);
	struct str rest = str_from(s, cut + (cut < s.n));

	HOLDS(t);
	term_feed(t, s.p, cut);
	for (int i = 0; i < 3; i++) {
		own_buf struct buf out = {0};

		if (i == 0)
			keys(t, &rest, &out);
		else if (i == 1)
			mouse(t, &rest, &out);
		else
			paste(t, rest, &out);
	}
	term_free(t);
}
