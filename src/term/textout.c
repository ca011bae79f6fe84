#include "term/textout.h"

#include "term/engine.h"

/* A line put together from rows, with the place of each byte of its text. */
struct text_line {
	struct buf text;
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

static bool add_piece(struct term *t, struct text_line *l, struct str s, struct term_place at)
{
	if (l->text.n + s.n + 1 > l->cap) {
		size_t to = (l->text.n + s.n) * 2 + 256;
		struct term_place *p =
			tmem_resize(&t->mem, l->at, l->cap * sizeof(*p), to * sizeof(*p));

		if (!p)
			return false;
		l->at = p;
		l->cap = to;
	}
	for (size_t i = 0; i < s.n; i++)
		l->at[l->text.n + i] = at;
	buf_str(&l->text, s);
	return true;
}

static unsigned text_length(const struct term_line *l)
{
	unsigned n = l->n;

	while (n && !cell_text(l->c[n - 1]) && !cell_is_cluster(l->c[n - 1]) &&
		cell_kind(l->c[n - 1]) != CELL_TAIL)
		n--;
	return n;
}

static void add_row(struct term *t, struct text_line *out, const struct term_line *l, uint64_t row)
{
	unsigned n = l->wrapped ? l->n : text_length(l);
	char tmp[4];

	for (unsigned x = 0; x < n; x++) {
		struct str s = term_cell_text(l, l->c[x], tmp);
		enum cell_kind k = cell_kind(l->c[x]);

		if (k == CELL_TAIL || k == CELL_SPACER)
			continue;
		if (!add_piece(t, out, s.n ? s : STR(" "), (struct term_place){row, x}))
			return;
	}
	if (out->at)
		out->at[out->text.n] = (struct term_place){row, n};
}

/* The line that `row` belongs to. False when there is none. */
static bool read_line(struct term *t, uint64_t row, struct rowview *v, struct text_line *out)
{
	uint64_t first = row, oldest = term_first_row(t);
	struct term_line l;

	while (first > oldest && row - first < LINE_ROWS_MAX && term_line(t, first - 1, v, &l) &&
		l.wrapped)
		first--;
	buf_clear(&out->text);
	out->first = first;
	for (uint64_t r = first; term_line(t, r, v, &l); r++) {
		out->last = r;
		add_row(t, out, &l, r);
		if (!l.wrapped || r - first >= (uint64_t)2 * LINE_ROWS_MAX)
			break;
	}
	return out->last >= first && term_line(t, row, v, &l);
}

/* ---- search ---- */

static char folded(char c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool matches(struct str text, size_t i, struct str needle, bool fold)
{
	if (text.n - i < needle.n)
		return false;
	for (size_t k = 0; k < needle.n; k++)
		if (folded(text.p[i + k], fold) != folded(needle.p[k], fold))
			return false;
	return true;
}

static bool before(struct term_place a, struct term_place b)
{
	return a.row < b.row || (a.row == b.row && a.col < b.col);
}

static bool find_in_line(const struct text_line *l, struct str needle, bool fold, bool backwards,
	struct term_place at, struct term_span *m)
{
	struct str text = buf_view(&l->text);
	bool found = false;

	for (size_t i = 0; i + needle.n <= text.n; i++) {
		if (before(l->at[i], at) != backwards || !matches(text, i, needle, fold))
			continue;
		m->from = l->at[i];
		m->to = l->at[i + needle.n - 1];
		m->to.col++;
		found = true;
		if (!backwards)
			return true;
	}
	return found;
}

bool term_find(struct term *t, struct str needle, bool fold, bool backwards, struct term_place at,
	struct term_span *match)
{
	struct text_line l = {0};
	struct rowview v = {0};
	uint64_t oldest = term_first_row(t), end = term_screen_row(t) + t->rows;
	uint64_t row = at.row < oldest ? oldest : at.row >= end ? end - 1 : at.row;
	bool found = false;

	while (needle.n && read_line(t, row, &v, &l)) {
		found = find_in_line(&l, needle, fold, backwards, at, match);
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

	for (unsigned x = from; x < to && x < l->n; x++) {
		struct str s = term_cell_text(l, l->c[x], tmp);
		enum cell_kind k = cell_kind(l->c[x]);

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
	struct term_line l;

	for (uint64_t row = s.from.row; row <= s.to.row && term_line(t, row, &v, &l); row++) {
		unsigned from = block || row == s.from.row ? s.from.col : 0;
		unsigned to = block || row == s.to.row ? s.to.col : t->cols;
		bool joined = l.wrapped && !block && row < s.to.row;

		add_cells(&l, from, to, !joined, out);
		if (!joined && row < s.to.row)
			buf_putc(out, '\n');
	}
	rowview_fini(&v, &t->mem);
}

static bool word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (unsigned char)c >= 0x80 || (c && strchr("_-./~:?&=%+#@", c));
}

struct term_span term_word_at(struct term *t, struct term_place at)
{
	struct text_line l = {0};
	struct rowview v = {0};
	struct term_span s = {at, {at.row, at.col + 1}};
	size_t i = 0, a, b;

	if (read_line(t, at.row, &v, &l) && l.text.n) {
		while (i + 1 < l.text.n && (before(l.at[i], at) && !before(at, l.at[i + 1])))
			i++;
		for (a = i; word_byte(l.text.p[i]) && a > 0 && word_byte(l.text.p[a - 1]);)
			a--;
		for (b = i;
			word_byte(l.text.p[i]) && b + 1 < l.text.n && word_byte(l.text.p[b + 1]);)
			b++;
		s = (struct term_span){l.at[a], l.at[b]};
		s.to.col++;
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

/* ---- export ---- */

static void vt_link(struct buf *out, struct str uri, struct str id)
{
	buf_puts(out, "\033]8;");
	if (id.n)
		buf_printf(out, "id=%.*s", STRF(id));
	buf_printf(out, ";%.*s\033\\", STRF(uri));
}

static void vt_row(struct buf *out, const struct term_line *l, struct style *pen, struct str *link)
{
	char tmp[4], sgr[128];

	for (unsigned x = 0; x < l->n; x++) {
		const struct style *s = &l->styles[cell_style(l->c[x])];
		struct str uri = term_cell_uri(l, l->c[x]), text;
		enum cell_kind k = cell_kind(l->c[x]);

		if (k == CELL_TAIL || k == CELL_SPACER)
			continue;
		if (!style_eq(s, pen)) {
			sgr_text(sgr, sizeof(sgr), s);
			buf_printf(out, "\033[%sm", sgr);
			*pen = *s;
		}
		if (!str_eq(uri, *link)) {
			vt_link(out, uri, term_cell_link_id(l, l->c[x]));
			*link = uri;
		}
		text = term_cell_text(l, l->c[x], tmp);
		buf_str(out, text.n ? text : STR(" "));
	}
}

void term_export_vt(struct term *t, uint64_t from, uint64_t to, struct buf *out)
{
	struct rowview v = {0};
	struct term_line l;

	for (uint64_t row = from; row < to && term_line(t, row, &v, &l); row++) {
		struct style pen = {0};
		struct str link = STR("");

		vt_row(out, &l, &pen, &link);
		if (link.n)
			vt_link(out, STR(""), STR(""));
		if (!style_is_default(&pen))
			buf_puts(out, "\033[m");
		if (!l.wrapped && row + 1 < to)
			buf_puts(out, "\r\n");
	}
	rowview_fini(&v, &t->mem);
}
