#include <strings.h>

#include "base/utf8.h"
#include "term/textline.h"

/* ---- the program's own (OSC 8) ---- */

static bool is_link(const struct term_line *l, cell_t c, struct str uri, struct str id)
{
	return str_eq(term_cell_uri(l, c), uri) && str_eq(term_cell_link_id(l, c), id);
}

/* The cells of the line around `at` that have the link one behind the other. */
static struct term_span linked_cells(
	struct term *t, struct text_line *line, struct term_place at, struct str uri, struct str id)
{
	struct term_span s = {at, at};
	bool open = false, passed = false;
	struct term_line l;

	for (uint64_t row = line->first; row <= line->last && term_line(t, row, &line->view, &l);
		row++) {
		for (unsigned x = 0; x < t->cols; x++) {
			cell_t c = text_cell(&l, x);

			if (!is_link(&l, c, uri, id)) {
				if (cell_kind(c) == CELL_SPACER)
					continue;
				if (passed)
					return s;
				open = false;
				continue;
			}
			if (!open)
				s.from = (struct term_place){row, x};
			s.to = (struct term_place){row, x + 1};
			open = true;
			passed |= row == at.row && x == at.col;
		}
	}
	return s;
}

static bool own_link(struct term *t, struct text_line *line, struct term_place at,
	struct term_span *span, struct buf *uri)
{
	own_buf struct buf id = {0};
	struct term_line l;
	struct str s;

	if (!term_line(t, at.row, &line->view, &l))
		return false;
	s = term_cell_uri(&l, text_cell(&l, at.col));
	if (!s.n)
		return false;
	buf_clear(uri);
	buf_str(uri, s);
	buf_str(&id, term_cell_link_id(&l, text_cell(&l, at.col)));
	*span = linked_cells(t, line, at, buf_view(uri), buf_view(&id));
	return true;
}

/* ---- addresses in the text ---- */

/* How long the scheme is that ends before byte i: of http, https, or 0. */
static size_t scheme_before(struct str text, size_t i)
{
	for (size_t n = 4; n <= 5 && n <= i; n++)
		if (strncasecmp(text.p + i - n, "https", n) == 0)
			return i == n || !text_alnum((unsigned char)text.p[i - n - 1]) ? n : 0;
	return 0;
}

/* Behind what may stand in an address: RFC 3986's characters, and letters beyond ASCII. */
static size_t address_end(struct str text, size_t i)
{
	uint32_t cp;

	while (i < text.n) {
		size_t n = utf8_decode(str_from(text, i), &cp);

		if (cp <= ' ' || cp == 0x7F || (cp < 0x80 && strchr("\"<>\\^`{|}", (int)cp)) ||
			(cp >= 0x80 && uniprop_parts_words(uniprop(cp))))
			break;
		i += n;
	}
	return i;
}

/* How many more brackets are closed than opened. */
static ptrdiff_t surplus(struct str s, char open, char close)
{
	ptrdiff_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] == close) - (s.p[i] == open);
	return n;
}

/* Without what belongs to the sentence around it: its punctuation, a bracket opened before,
 * one that only opens. */
static size_t trimmed(struct str s)
{
	ptrdiff_t round = surplus(s, '(', ')'), square = surplus(s, '[', ']');

	for (; s.n; s.n--) {
		char c = s.p[s.n - 1];

		if ((c == ')' && round <= 0) || (c == ']' && square <= 0) ||
			!strchr(".,;:!?'*()[]", c))
			break;
		round += (c == '(') - (c == ')');
		square += (c == '[') - (c == ']');
	}
	return s.n;
}

/* The address that byte i is of, as bytes [*a, *b). */
static bool address_at(struct str text, size_t i, size_t *a, size_t *b)
{
	for (size_t from = 0; from <= i;) {
		const char *p = memmem(text.p + from, text.n - from, "://", 3);
		size_t at, scheme;

		if (!p)
			return false;
		at = (size_t)(p - text.p);
		scheme = scheme_before(text, at);
		from = at + 3;
		if (!scheme)
			continue;
		*a = at - scheme;
		from = address_end(text, from);
		*b = *a + trimmed(str_n(text.p + *a, from - *a));
		if (*b > at + 3 && *a <= i && i < *b)
			return true;
	}
	return false;
}

static bool address(struct term *t, const struct text_line *line, struct term_place at,
	struct term_span *span, struct buf *uri)
{
	size_t i = text_line_byte(t, line, at), a, b;

	if (i == line->text.n || !address_at(buf_view(&line->text), i, &a, &b))
		return false;
	*span = text_line_span(t, line, a, b);
	buf_clear(uri);
	buf_str(uri, str_n(line->text.p + a, b - a));
	return true;
}

bool term_link_at(struct term *t, struct term_place at, struct term_span *span, struct buf *uri)
{
	struct text_line l = {0};
	bool found = text_line_read(t, at.row, &l) &&
		     (own_link(t, &l, at, span, uri) || address(t, &l, at, span, uri));

	text_line_fini(t, &l);
	return found;
}
