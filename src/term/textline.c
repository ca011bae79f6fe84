#include "term/textline.h"

#include "base/utf8.h"

enum { LINE_ROWS_MAX = 4096 };

void text_line_fini(struct term *t, struct text_line *l)
{
	tmem_free(&t->mem, l->at, l->cap * sizeof(*l->at));
	buf_fini(&l->text);
	rowview_fini(&l->view, &t->mem);
}

void text_fold(struct buf *out, struct str s)
{
	char utf8[4];
	uint32_t cp;

	for (size_t i = 0, n; i < s.n; i += n) {
		n = utf8_decode(str_from(s, i), &cp);
		if (cp == UTF8_BAD) /* which no cell holds */
			buf_add(out, s.p + i, n);
		else if (cp < 0x80)
			buf_putc(out, (char)utf8_fold(cp));
		else
			buf_add(out, utf8, utf8_encode(utf8_fold(cp), utf8));
	}
}

/* A place each for `n` bytes more, and for the end. */
static bool reserve_places(struct term *t, struct text_line *l, size_t n)
{
	size_t to = n * 2 + 256;
	struct term_place *p;

	if (n < l->cap)
		return true;
	p = tmem_resize(&t->mem, l->at, l->cap * sizeof(*p), to * sizeof(*p));
	if (!p)
		return false;
	l->at = p;
	l->cap = to;
	return true;
}

static bool add_piece(struct term *t, struct text_line *l, struct str s, struct term_place at)
{
	size_t from = l->text.n;

	if (l->fold)
		text_fold(&l->text, s);
	else
		buf_str(&l->text, s);
	if (!reserve_places(t, l, l->text.n)) {
		buf_cut(&l->text, from);
		return false;
	}
	for (size_t i = from; i < l->text.n; i++)
		l->at[i] = at;
	return true;
}

unsigned text_length(const struct term *t, const struct term_line *l)
{
	unsigned n = l->n;

	if (l->wrapped)
		return t->cols;
	while (n && !cell_text(l->c[n - 1]) && !cell_is_cluster(l->c[n - 1]) &&
		cell_kind(l->c[n - 1]) != CELL_TAIL)
		n--;
	return n;
}

/* Cells of ASCII from x on, a byte each; returns where they end. */
static unsigned add_ascii(struct term *t, struct text_line *out, const struct term_line *l,
	unsigned x, unsigned n, uint64_t row)
{
	struct buf *b = &out->text;
	cell_t c;

	buf_reserve(b, n - x);
	if (!reserve_places(t, out, b->n + n - x))
		return x;
	for (; x < n && (c = text_cell(l, x) & (CELL_TEXT | CELL_KIND)) < 0x80; x++) {
		char byte = c ? (char)c : ' ';

		out->at[b->n] = (struct term_place){row, x};
		b->p[b->n++] = out->fold ? (char)utf8_fold((unsigned char)byte) : byte;
	}
	b->p[b->n] = '\0';
	return x;
}

static void add_row(struct term *t, struct text_line *out, const struct term_line *l, uint64_t row)
{
	unsigned n = text_length(t, l);
	char tmp[4];

	for (unsigned x = 0; (x = add_ascii(t, out, l, x, n, row)) < n; x++) {
		cell_t c = text_cell(l, x);
		struct str s = term_cell_text(l, c, tmp);

		if (!text_counts(c))
			continue;
		if (!add_piece(t, out, s.n ? s : STR(" "), (struct term_place){row, x}))
			return;
	}
	if (out->at)
		out->at[out->text.n] = (struct term_place){row, n};
}

/* Whether a row that is there goes on in the next. */
static bool goes_on(const struct term *t, uint64_t row)
{
	uint64_t screen = term_screen_row(t);

	if (row < screen)
		return scrollback_wraps(&t->hist, (uint32_t)(row - t->hist.first));
	return row_at(t, (unsigned)(row - screen))->flags & ROW_WRAPPED;
}

bool text_line_read(struct term *t, uint64_t row, struct text_line *l)
{
	uint64_t oldest = term_first_row(t), r;
	bool place = false;
	struct term_line now;

	if (row < oldest || row >= term_screen_row(t) + t->rows)
		return false;
	l->first = row;
	while (l->first > oldest && row - l->first < LINE_ROWS_MAX && goes_on(t, l->first - 1))
		l->first--;
	buf_clear(&l->text);
	for (r = l->first; term_line(t, r, &l->view, &now); r++) {
		l->last = r;
		if (text_place_empty(&place, &now))
			add_piece(t, l, STR(" "), (struct term_place){r - 1, t->cols - 1u});
		add_row(t, l, &now, r);
		if (!now.wrapped || r - l->first >= (uint64_t)2 * LINE_ROWS_MAX)
			return true;
	}
	return r > row; /* the last row of the screen goes on */
}

struct term_span text_line_span(struct term *t, const struct text_line *l, size_t a, size_t b)
{
	struct term_span s = {l->at[a], l->at[b - 1]};
	struct rowview v = {0};
	struct term_line row;

	s.to.col++;
	if (term_line(t, s.to.row, &v, &row) && cell_kind(text_cell(&row, s.to.col)) == CELL_TAIL)
		s.to.col++;
	term_view_fini(t, &v);
	return s;
}

size_t text_line_next(const struct text_line *l, size_t i)
{
	for (i++; i < l->text.n && !place_before(l->at[i - 1], l->at[i]);)
		i++;
	return i;
}

size_t text_line_byte(struct term *t, const struct text_line *l, struct term_place at)
{
	size_t i = 0, next;

	if (!l->text.n || !place_before(at, l->at[l->text.n]))
		return l->text.n;
	while ((next = text_line_next(l, i)) < l->text.n && !place_before(at, l->at[next]))
		i = next;
	/* Or else it is the place left at the edge by a wide one. */
	return place_before(at, text_line_span(t, l, i, next).to) ? i : l->text.n;
}
