#include "base/utf8.h"
#include "term/textline.h"

static void add_cells(
	const struct term_line *l, unsigned from, unsigned to, bool trim, struct buf *out)
{
	size_t keep = out->n;
	char tmp[4];

	for (unsigned x = from; x < to; x++) {
		cell_t c = text_cell(l, x);
		struct str s = term_cell_text(l, c, tmp);

		if (!text_counts(c))
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
	uint64_t oldest = term_first_row(t);
	bool place = false;
	struct term_line l;

	if (s.from.row < oldest)
		s.from = (struct term_place){oldest, block ? s.from.col : 0};
	for (uint64_t row = s.from.row; row <= s.to.row && term_line(t, row, &v, &l); row++) {
		unsigned from = block || row == s.from.row ? s.from.col : 0;
		unsigned end = block || row == s.to.row ? s.to.col : t->cols;
		unsigned n = text_length(t, &l), to = end < n ? end : n;
		bool joined = l.wrapped && !block && row < s.to.row;

		if (text_place_empty(&place, &l) && !block)
			buf_putc(out, ' ');
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
	return text_alnum(cp) || (cp && strchr("_-./~:?&=%+#@", (int)cp));
}

/* The first byte of the cell that byte i is of. */
static size_t cell_begin(const struct text_line *l, size_t i)
{
	while (i && !place_before(l->at[i - 1], l->at[i]))
		i--;
	return i;
}

/* The bytes [*a, *b) of the word around the cell at *a. False: that is in none. */
static bool word_bytes(const struct text_line *l, size_t *a, size_t *b)
{
	if (!in_word(l, *a))
		return false;
	for (*b = text_line_next(l, *a); *b < l->text.n && in_word(l, *b);)
		*b = text_line_next(l, *b);
	for (size_t i = *a; i && in_word(l, i = cell_begin(l, i - 1));)
		*a = i;
	return true;
}

struct term_span term_word_at(struct term *t, struct term_place at)
{
	struct text_line l = {0};
	struct term_span s = {at, {at.row, at.col + 1}};
	size_t a, b;

	if (text_line_read(t, at.row, &l) && (a = text_line_byte(t, &l, at)) < l.text.n) {
		b = text_line_next(&l, a);
		word_bytes(&l, &a, &b);
		s = text_line_span(t, &l, a, b);
	}
	text_line_fini(t, &l);
	return s;
}

struct term_span term_line_at(struct term *t, struct term_place at)
{
	struct text_line l = {0};
	struct term_span s = {at, at};

	if (text_line_read(t, at.row, &l))
		s = (struct term_span){{l.first, 0}, {l.last, t->cols}};
	text_line_fini(t, &l);
	return s;
}
