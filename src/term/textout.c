#include "term/textout.h"

#include "base/utf8.h"
#include "term/engine.h"

/* A line put together from rows, with the cell of each byte of its text. */
struct text_line {
	struct buf text;
	bool fold;	       /* the text is case-folded */
	struct term_place *at; /* of each byte, and of the end */
	size_t cap;
	uint64_t first, last; /* rows */
};
enum { LINE_ROWS_MAX = 4096 };

static void line_fini(struct term *t, struct text_line *l)
{
	tmem_free(&t->mem, l->at, l->cap * sizeof(*l->at));
	buf_fini(&l->text);
}

static void add_folded(struct buf *out, struct str s)
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
		add_folded(&l->text, s);
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

static cell_t cell_of(const struct term_line *l, unsigned x)
{
	return x < l->n ? l->c[x] : 0;
}

/* How many cells of a row are text of its line: all, where it goes on. */
static unsigned text_length(const struct term *t, const struct term_line *l)
{
	unsigned n = l->n;

	if (l->wrapped)
		return t->cols;
	while (n && !cell_text(l->c[n - 1]) && !cell_is_cluster(l->c[n - 1]) &&
		cell_kind(l->c[n - 1]) != CELL_TAIL)
		n--;
	return n;
}

/* Whether the row's last cell is the place left for a wide character that the next row
 * begins with. When that is not there any more, it is a blank of the line's. */
static bool leaves_place(const struct term_line *l)
{
	return l->wrapped && l->n && cell_kind(l->c[l->n - 1]) == CELL_SPACER;
}

static bool begins_wide(const struct term_line *l)
{
	return l->n && cell_kind(l->c[0]) == CELL_WIDE;
}

static void add_row(struct term *t, struct text_line *out, const struct term_line *l, uint64_t row)
{
	unsigned n = text_length(t, l);
	char tmp[4];

	for (unsigned x = 0; x < n; x++) {
		cell_t c = cell_of(l, x);
		struct str s = term_cell_text(l, c, tmp);
		enum cell_kind k = cell_kind(c);

		if (k == CELL_TAIL || k == CELL_SPACER)
			continue;
		if (!add_piece(t, out, s.n ? s : STR(" "), (struct term_place){row, x}))
			return;
	}
	if (out->at)
		out->at[out->text.n] = (struct term_place){row, n};
}

static uint64_t rows_end(const struct term *t)
{
	return term_screen_row(t) + t->rows;
}

/* Whether a row that is there goes on in the next. */
static bool goes_on(const struct term *t, uint64_t row)
{
	uint64_t screen = term_screen_row(t);

	if (row < screen)
		return scrollback_wraps(&t->hist, (uint32_t)(row - t->hist.first));
	return row_at(t, (unsigned)(row - screen))->flags & ROW_WRAPPED;
}

/* The line that `row` belongs to. False when there is none. */
static bool read_line(struct term *t, uint64_t row, struct rowview *v, struct text_line *out)
{
	uint64_t oldest = term_first_row(t), end = rows_end(t), r;
	bool place = false;
	struct term_line l;

	if (row < oldest || row >= end)
		return false;
	out->first = row;
	while (out->first > oldest && row - out->first < LINE_ROWS_MAX &&
		goes_on(t, out->first - 1))
		out->first--;
	buf_clear(&out->text);
	for (r = out->first; term_line(t, r, v, &l); r++) {
		out->last = r;
		if (place && !begins_wide(&l))
			add_piece(t, out, STR(" "), (struct term_place){r - 1, t->cols - 1u});
		place = leaves_place(&l);
		add_row(t, out, &l, r);
		if (!l.wrapped || r - out->first >= (uint64_t)2 * LINE_ROWS_MAX)
			return true;
	}
	return r > row; /* the last row of the screen goes on */
}

/* ---- search ---- */

static bool before(struct term_place a, struct term_place b)
{
	return a.row < b.row || (a.row == b.row && a.col < b.col);
}

/* Cells [a, b) of a line by their bytes: up to behind the last of them, a wide one's tail
 * included. */
static struct term_span span_of(struct term *t, const struct text_line *l, size_t a, size_t b)
{
	struct term_span s = {l->at[a], l->at[b - 1]};
	struct rowview v = {0};
	struct term_line row;

	s.to.col++;
	if (term_line(t, s.to.row, &v, &row) && s.to.col < row.n &&
		cell_kind(row.c[s.to.col]) == CELL_TAIL)
		s.to.col++;
	term_view_fini(t, &v);
	return s;
}

/* Where in the text of the line the match begins; its length when there is none. */
static size_t find_in_line(
	const struct text_line *l, struct str needle, bool backwards, struct term_place at)
{
	struct str text = buf_view(&l->text);
	size_t found = text.n;

	for (size_t i = 0; i + needle.n <= text.n; i++) {
		const char *p = memmem(text.p + i, text.n - i, needle.p, needle.n);

		if (!p)
			break;
		i = (size_t)(p - text.p);
		if (before(l->at[i], at)) {
			if (backwards)
				found = i;
		} else {
			return backwards ? found : i;
		}
	}
	return found;
}

bool term_find(struct term *t, struct str needle, bool fold, bool backwards, struct term_place at,
	struct term_span *match)
{
	struct text_line l = {.fold = fold};
	own_buf struct buf folded = {0};
	struct rowview v = {0};
	uint64_t oldest = term_first_row(t), end = rows_end(t);
	uint64_t row = at.row < oldest ? oldest : at.row >= end ? end - 1 : at.row;
	bool found = false;

	if (fold)
		add_folded(&folded, needle);
	needle = fold ? buf_view(&folded) : needle;
	while (needle.n && read_line(t, row, &v, &l)) {
		size_t i = find_in_line(&l, needle, backwards, at);

		found = i < l.text.n;
		if (found)
			*match = span_of(t, &l, i, i + needle.n);
		if (found || (backwards ? l.first == oldest : l.last + 1 >= end))
			break;
		row = backwards ? l.first - 1 : l.last + 1;
	}
	rowview_fini(&v, &t->mem);
	line_fini(t, &l);
	return found;
}

/* ---- selection ---- */

static void add_cells(
	const struct term_line *l, unsigned from, unsigned to, bool trim, struct buf *out)
{
	size_t keep = out->n;
	char tmp[4];

	for (unsigned x = from; x < to; x++) {
		cell_t c = cell_of(l, x);
		struct str s = term_cell_text(l, c, tmp);
		enum cell_kind k = cell_kind(c);

		if (k == CELL_TAIL || k == CELL_SPACER)
			continue;
		buf_str(out, s.n ? s : STR(" "));
		if (s.n && !str_eqz(s, " "))
			keep = out->n;
	}
	if (trim)
		buf_cut(out, keep);
}

void term_text(struct term *t, struct term_span s, bool block, struct buf *out)
{
	struct rowview v = {0};
	bool place = false;
	struct term_line l;

	for (uint64_t row = s.from.row; row <= s.to.row && term_line(t, row, &v, &l); row++) {
		unsigned from = block || row == s.from.row ? s.from.col : 0;
		unsigned end = block || row == s.to.row ? s.to.col : t->cols;
		unsigned n = text_length(t, &l), to = end < n ? end : n;
		bool joined = l.wrapped && !block && row < s.to.row;

		if (place && !begins_wide(&l))
			buf_putc(out, ' ');
		place = joined && leaves_place(&l);
		add_cells(&l, from, to, !joined, out);
		if (!joined && row < s.to.row)
			buf_putc(out, '\n');
	}
	rowview_fini(&v, &t->mem);
}

/* Whether the character at byte i, the first of its cell, stands in words. */
static bool in_word(const struct text_line *l, size_t i)
{
	uint32_t cp;

	utf8_decode(str_from(buf_view(&l->text), i), &cp);
	if (cp >= 0x80)
		return !uniprop_parts_words(uniprop(cp));
	return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
	       (cp && strchr("_-./~:?&=%+#@", (int)cp));
}

/* The first byte of the cell that byte i is of; of the next cell. */
static size_t cell_begin(const struct text_line *l, size_t i)
{
	while (i && !before(l->at[i - 1], l->at[i]))
		i--;
	return i;
}

static size_t cell_end(const struct text_line *l, size_t i)
{
	for (i++; i < l->text.n && !before(l->at[i - 1], l->at[i]);)
		i++;
	return i;
}

/* The bytes [*a, *b) of the word around the cell at *a. False: that is in none. */
static bool word_bytes(const struct text_line *l, size_t *a, size_t *b)
{
	if (!in_word(l, *a))
		return false;
	for (*b = cell_end(l, *a); *b < l->text.n && in_word(l, *b);)
		*b = cell_end(l, *b);
	for (size_t i = *a; i && in_word(l, i = cell_begin(l, i - 1));)
		*a = i;
	return true;
}

struct term_span term_word_at(struct term *t, struct term_place at)
{
	struct text_line l = {0};
	struct rowview v = {0};
	struct term_span s = {at, {at.row, at.col + 1}};
	size_t a = 0, b = 0;

	if (read_line(t, at.row, &v, &l) && l.text.n && before(at, l.at[l.text.n])) {
		while (cell_end(&l, a) < l.text.n && !before(at, l.at[cell_end(&l, a)]))
			a = cell_end(&l, a);
		b = cell_end(&l, a);
		/* Or else it is the place left at the edge by a wide one. */
		if (before(at, span_of(t, &l, a, b).to)) {
			word_bytes(&l, &a, &b);
			s = span_of(t, &l, a, b);
		}
	}
	rowview_fini(&v, &t->mem);
	line_fini(t, &l);
	return s;
}

struct term_span term_line_at(struct term *t, struct term_place at)
{
	struct text_line l = {0};
	struct rowview v = {0};
	struct term_span s = {at, at};

	if (read_line(t, at.row, &v, &l))
		s = (struct term_span){{l.first, 0}, {l.last, t->cols}};
	rowview_fini(&v, &t->mem);
	line_fini(t, &l);
	return s;
}

/* ---- export ----
 *
 * A row that goes on is sent to its last column, and what it goes on in has a character, so
 * that it wraps there. Of others the plain blanks at the end are left out. */

static unsigned vt_length(const struct term *t, const struct term_line *l, bool wraps)
{
	unsigned n = l->n;

	if (l->wrapped)
		return t->cols;
	while (n && !l->c[n - 1])
		n--;
	return n || !wraps ? n : 1;
}

static void vt_link(struct buf *out, struct str uri, struct str id)
{
	buf_puts(out, "\033]8;");
	if (id.n)
		buf_printf(out, "id=%.*s", STRF(id));
	buf_printf(out, ";%.*s\033\\", STRF(uri));
}

static void vt_row(
	struct buf *out, const struct term_line *l, unsigned n, struct style *pen, struct str *link)
{
	char tmp[4], sgr[128];

	for (unsigned x = 0; x < n; x++) {
		cell_t c = cell_of(l, x);
		const struct style *s = &l->styles[cell_style(c)];
		struct str uri = term_cell_uri(l, c), text;
		enum cell_kind k = cell_kind(c);

		if (k == CELL_TAIL || k == CELL_SPACER)
			continue;
		if (!style_eq(s, pen)) {
			sgr_text(sgr, sizeof(sgr), s);
			buf_printf(out, "\033[%sm", sgr);
			*pen = *s;
		}
		if (!str_eq(uri, *link)) {
			vt_link(out, uri, term_cell_link_id(l, c));
			*link = uri;
		}
		text = term_cell_text(l, c, tmp);
		buf_str(out, text.n ? text : STR(" "));
	}
}

void term_export_vt(struct term *t, uint64_t from, uint64_t to, struct buf *out)
{
	struct rowview v = {0};
	struct term_line l;
	bool wraps = false, place = false;

	for (uint64_t row = from; row < to && term_line(t, row, &v, &l); row++) {
		unsigned n = vt_length(t, &l, wraps);
		struct style pen = {0};
		struct str link = STR("");

		if (place && !begins_wide(&l))
			buf_putc(out, ' ');
		place = leaves_place(&l);
		vt_row(out, &l, n, &pen, &link);
		wraps = l.wrapped;
		if (link.n)
			vt_link(out, STR(""), STR(""));
		if (!style_is_default(&pen))
			buf_puts(out, "\033[m");
		if (!l.wrapped && row + 1 < to)
			buf_puts(out, "\r\n");
	}
	rowview_fini(&v, &t->mem);
}
