#include "base/utf8.h"
#include "fuzz.h"
#include "term/term.h"
#include "term/textline.h"
#include "term/uniprop.h"

/* A place (two bytes), then bytes for a terminal of 13×5: the word, the line and the link at
 * the place hold it, what its cell shows is found there, what is exported shows the same
 * text on another terminal and does nothing else, and a resize loses no text. */

enum { COLS = 13, ROWS = 5, HISTORY = 1 << 20 };

static const struct term_options shape = {.cols = COLS, .rows = ROWS, .history = HISTORY};

static bool behind(struct term_place a, struct term_place b)
{
	return a.row > b.row || (a.row == b.row && a.col > b.col);
}

static bool holds(struct term_span s, struct term_place p)
{
	return !behind(s.from, p) && behind(s.to, p) && s.to.col <= COLS;
}

/* The text of a span is found where it is. */
static void found_again(struct term *t, struct term_span s)
{
	own_buf struct buf text = {0};
	struct term_span m;

	term_text(t, s, false, &text);
	if (!text.n)
		return;
	HOLDS(term_find(t, buf_view(&text), false, false, s.from, &m));
	HOLDS(!behind(m.from, s.from) && !behind(s.from, m.from));
	HOLDS(!behind(m.to, s.to) && !behind(s.to, m.to));
}

static void around(struct term *t, struct term_place at)
{
	struct term_span word = term_word_at(t, at), line = term_line_at(t, at);

	HOLDS(holds(word, at) && holds(line, at));
	HOLDS(line.from.col == 0 && line.to.col == COLS);
	HOLDS(!behind(line.from, word.from) && !behind(word.to, line.to));
	found_again(t, word);
}

static void linked(struct term *t, struct term_place at)
{
	own_buf struct buf uri = {0};
	struct term_span m;

	if (!term_link_at(t, at, &m, &uri))
		return;
	HOLDS(holds(m, at) && uri.n && utf8_plain(buf_view(&uri)));
}

static void found(struct term *t, struct term_place at, bool fold)
{
	own_buf struct buf needle = {0};
	struct rowview v = {0};
	struct term_span m;
	struct term_line l;
	char tmp[4];

	HOLDS(term_line(t, at.row, &v, &l));
	if (at.col < l.n)
		buf_str(&needle, term_cell_text(&l, l.c[at.col], tmp));
	term_view_fini(t, &v);
	if (!needle.n)
		return;
	HOLDS(term_find(t, buf_view(&needle), fold, false, at, &m));
	HOLDS(holds(m, at) && m.from.row == at.row && m.from.col == at.col);
	if (term_find(t, buf_view(&needle), fold, true, at, &m))
		HOLDS(behind(at, m.from));
}

/* Whether the cell's text, blank when empty, would be one with what came before. */
static bool joins(struct gcb_state *s, struct str text)
{
	uint32_t cp = 0;
	bool joined = false;

	text = text.n ? text : STR(" ");
	for (size_t i = 0, n; i < text.n; i += n) {
		n = utf8_decode(str_from(text, i), &cp);
		joined |= !gcb_break(s, uniprop_gcb(uniprop(cp))) && !i;
	}
	return joined;
}

/* Whether text that stands in several cells would be one, had it come in one piece: the
 * parts of a picture or a flag that the program put beside each other, and what comes before
 * a blank and takes it in. */
static bool would_join(struct term *t, uint64_t first, uint64_t end)
{
	struct gcb_state s = {0};
	struct rowview v = {0};
	struct term_line l;
	bool joined = false, goes_on = false, place = false;

	for (uint64_t row = first; row < end && term_line(t, row, &v, &l); row++) {
		/* A row that goes on is sent whole; what it goes on in has a blank at least. */
		unsigned n = l.wrapped ? COLS : l.n || !goes_on ? l.n : 1;

		joined |= text_place_empty(&place, &l) && joins(&s, STR(" "));
		for (unsigned x = 0; x < n; x++) {
			cell_t c = text_cell(&l, x);
			char tmp[4];

			joined |= text_counts(c) && joins(&s, term_cell_text(&l, c, tmp));
		}
		goes_on = l.wrapped;
		if (!goes_on)
			s = (struct gcb_state){0};
	}
	term_view_fini(t, &v);
	return joined;
}

/* Of all rows. */
static void whole(struct term *t, struct buf *out)
{
	term_text(t,
		(struct term_span){{term_first_row(t), 0},
			{term_screen_row(t) + term_rows(t) - 1, term_cols(t)}},
		false, out);
}

static void nothing(void *ctx, struct str s)
{
	(void)ctx;
	(void)s;
	HOLDS(!"an answer to what was exported");
}

static void exported(struct term *t)
{
	uint64_t first = term_first_row(t), end = term_screen_row(t) + ROWS;
	struct term *u = term_new(&(struct term_options){.cols = COLS, .rows = ROWS});
	struct term_events ev = {.reply = nothing};
	own_buf struct buf vt = {0}, a = {0}, b = {0};

	HOLDS(u);
	term_set_events(u, &ev, NULL);
	term_export_vt(t, first, end, &vt);
	HOLDS(utf8_valid(buf_view(&vt)));
	term_feed(u, vt.p, vt.n);
	HOLDS(!term_title(u).n && !term_cwd(u).n && !term_alternate(u));
	whole(t, &a);
	whole(u, &b);
	if (!str_eq(buf_view(&a), buf_view(&b)) && !would_join(t, first, end)) {
		fprintf(stderr, "--- was\n%s\n--- exported\n%s\n--- is\n%s\n", buf_z(&a),
			buf_z(&vt), buf_z(&b));
		HOLDS(!"the same text");
	}
	term_free(u);
}

/* Without the blanks at the ends of lines and the empty lines at the end. */
static void trim(struct buf *b)
{
	size_t n = 0, keep = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (b->p[i] == '\n')
			n = keep;
		b->p[n++] = b->p[i];
		keep = b->p[i] == ' ' ? keep : n;
	}
	while (keep && b->p[keep - 1] == '\n')
		keep--;
	buf_cut(b, keep);
}

/* Whether b is a, or what of it finds room in history. */
static bool same_text(const struct term *t, const struct buf *a, const struct buf *b)
{
	return str_ends(buf_view(a), buf_view(b)) && (a->n == b->n || term_memory(t) > HISTORY / 2);
}

/* Of two columns at least, or a wide character has no place. With `behind` the alternate
 * screen is shown meanwhile. */
static void resized(struct term *t, unsigned cols, unsigned rows, bool behind)
{
	own_buf struct buf a = {0}, b = {0};

	term_feed(t, "\030", 1);
	if (term_alternate(t))
		return;
	whole(t, &a);
	if (behind)
		term_feed(t, "\033[?1049h", 8);
	HOLDS(term_resize(t, cols, rows));
	if (behind)
		term_feed(t, "\033[?1049l", 8);
	whole(t, &b);
	trim(&a);
	trim(&b);
	if (!same_text(t, &a, &b)) {
		fprintf(stderr, "--- was\n%s\n--- %u columns, %u rows\n%s\n", buf_z(&a), cols, rows,
			buf_z(&b));
		HOLDS(!"the same text");
	}
}

/* Whether the program may turn mode 2027 off: other rules of clusters make other cells. A
 * control inside a sequence is no part of it. */
static bool names_clusters(struct str s)
{
	own_buf struct buf b = {0};

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x20 && s.p[i] != 0x7F)
			buf_putc(&b, s.p[i]);
	return b.n && memmem(b.p, b.n, "2027", 4);
}

FUZZ(s)
{
	struct term *t;
	struct term_place at;
	uint64_t rows;

	if (s.n < 3)
		return;
	t = term_new(&shape);
	HOLDS(t);
	term_feed(t, s.p + 2, s.n - 2);
	if (term_cols(t) == COLS) { /* DECCOLM */
		rows = term_screen_row(t) + ROWS - term_first_row(t);
		at.row = term_first_row(t) + (unsigned char)s.p[0] % rows;
		at.col = (unsigned char)s.p[1] % COLS;
		around(t, at);
		linked(t, at);
		found(t, at, s.p[1] & 0x40);
		if (!names_clusters(s))
			exported(t);
		resized(t, 2 + (unsigned char)s.p[0] % 30, 1 + (unsigned char)s.p[1] % 10,
			s.p[1] & 0x80);
	}
	term_free(t);
}
