#include "term/textline.h"

/* A row that goes on is sent to its last column, and what it goes on in has a character, so
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
		cell_t c = text_cell(l, x);
		const struct style *s = &l->styles[cell_style(c)];
		struct str uri = term_cell_uri(l, c), text;

		if (!text_counts(c))
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
	uint64_t oldest = term_first_row(t);
	struct rowview v = {0};
	struct term_line l;
	bool wraps = false, place = false;

	for (uint64_t row = from < oldest ? oldest : from; row < to && term_line(t, row, &v, &l);
		row++) {
		unsigned n = vt_length(t, &l, wraps);
		struct style pen = {0};
		struct str link = STR("");

		if (text_place_empty(&place, &l))
			buf_putc(out, ' ');
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
