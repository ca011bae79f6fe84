#include "tools/term_json.h"

static void json_string(struct buf *out, struct str s)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7F)
			buf_printf(out, "\\u%04x", c);
		else
			buf_putc(out, (char)c);
	}
	buf_putc(out, '"');
}

void term_line_text(struct buf *out, const struct term_line *l)
{
	size_t keep = out->n;
	char tmp[4];

	for (unsigned x = 0; x < l->n; x++) {
		struct str s = term_cell_text(l, l->c[x], tmp);

		if (cell_kind(l->c[x]) == CELL_TAIL)
			continue;
		if (!s.n || str_eqz(s, " ")) {
			buf_putc(out, ' ');
			continue;
		}
		buf_str(out, s);
		keep = out->n;
	}
	buf_cut(out, keep);
}

static void json_color(struct buf *out, const char *name, uint32_t c)
{
	if (color_is_rgb(c))
		buf_printf(out, ",\"%s\":{\"rgb\":\"%06x\"}", name, c & 0xFFFFFF);
	else if (color_is_index(c))
		buf_printf(out, ",\"%s\":{\"index\":%u}", name, c & 255);
	else
		buf_printf(out, ",\"%s\":null", name);
}

static void json_attrs(struct buf *out, unsigned attrs)
{
	static const char *const names[] = {
		"bold", "faint", "italic", "blink", "inverse", "invisible", "strike", "overline"};
	const char *sep = "";

	buf_puts(out, ",\"attrs\":[");
	for (unsigned i = 0; i < 8; i++) {
		if (!(attrs >> i & 1))
			continue;
		buf_printf(out, "%s\"%s\"", sep, names[i]);
		sep = ",";
	}
	buf_putc(out, ']');
}

static void json_run(struct buf *out, const struct term_line *l, unsigned start, unsigned len)
{
	static const char *const uls[] = {
		"null", "\"single\"", "\"double\"", "\"curly\"", "\"dotted\"", "\"dashed\""};
	const struct style *s = &l->styles[cell_style(l->c[start])];
	struct str uri = term_cell_uri(l, l->c[start]);

	buf_printf(out, "{\"start\":%u,\"len\":%u", start, len);
	json_color(out, "fg", s->fg);
	json_color(out, "bg", s->bg);
	buf_printf(out, ",\"ul\":%s", uls[(s->attrs & ATTR_UL) >> ATTR_UL_SHIFT]);
	json_color(out, "ul_color", s->ul);
	json_attrs(out, s->attrs);
	buf_puts(out, ",\"link\":");
	if (uri.n)
		json_string(out, uri);
	else
		buf_puts(out, "null");
	buf_putc(out, '}');
}

static bool plain(const struct term_line *l, cell_t c)
{
	struct style s = l->styles[cell_style(c)];

	s.attrs &= (uint16_t)~ATTR_PROTECTED;
	return style_is_default(&s) && !cell_link(c);
}

static bool same_look(const struct term_line *l, cell_t a, cell_t b)
{
	struct style p = l->styles[cell_style(a)], q = l->styles[cell_style(b)];

	p.attrs &= (uint16_t)~ATTR_PROTECTED;
	q.attrs &= (uint16_t)~ATTR_PROTECTED;
	return style_eq(&p, &q) && str_eq(term_cell_uri(l, a), term_cell_uri(l, b));
}

static void json_line(struct buf *out, const struct term_line *l)
{
	own_buf struct buf text = {0};
	const char *sep = "";

	term_line_text(&text, l);
	buf_puts(out, "{\"text\":");
	json_string(out, buf_view(&text));
	buf_printf(out, ",\"wrapped\":%s,\"runs\":[", l->wrapped ? "true" : "false");
	for (unsigned x = 0; x < l->n;) {
		unsigned start = x++;

		while (x < l->n && same_look(l, l->c[start], l->c[x]))
			x++;
		if (plain(l, l->c[start]))
			continue;
		buf_puts(out, sep);
		json_run(out, l, start, x - start);
		sep = ",";
	}
	buf_puts(out, "]}");
}

static void json_lines(struct buf *out, struct term *t, uint64_t from, uint64_t to)
{
	struct rowview v = {0};
	struct term_line l;

	buf_putc(out, '[');
	for (uint64_t row = from; row < to; row++) {
		if (row > from)
			buf_puts(out, ",\n");
		if (term_line(t, row, &v, &l))
			json_line(out, &l);
		else
			buf_puts(out, "null");
	}
	buf_putc(out, ']');
	term_view_fini(t, &v);
}

static void json_modes(struct buf *out, const struct term *t, const char *name, bool ansi)
{
	uint16_t n[64];
	size_t count = term_modes(t, ansi, n, 64);

	buf_printf(out, "\"%s\":[", name);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%u", i ? "," : "", n[i]);
	buf_putc(out, ']');
}

static void json_cursor(struct buf *out, const struct term *t)
{
	static const char *const styles[] = {"block", "underline", "bar"};
	struct term_cursor c = term_cursor(t);

	buf_printf(out,
		"\"cursor\":{\"row\":%u,\"col\":%u,\"visible\":%s,\"pending_wrap\":%s,\"style\":\"%"
		"s\","
		"\"blink\":%s},\n",
		c.row, c.col, c.visible ? "true" : "false", c.pending_wrap ? "true" : "false",
		styles[c.style], c.blink ? "true" : "false");
}

void term_json(struct buf *out, struct term *t, struct str replies)
{
	uint64_t first = term_first_row(t), screen = term_screen_row(t);

	buf_printf(out, "{\"cols\":%u,\"rows\":%u,\"screen\":\"%s\",\"title\":", term_cols(t),
		term_rows(t), term_alternate(t) ? "alternate" : "primary");
	json_string(out, term_title(t));
	buf_puts(out, ",\n");
	json_cursor(out, t);
	buf_puts(out, "\"modes\":{");
	json_modes(out, t, "ansi", true);
	buf_putc(out, ',');
	json_modes(out, t, "dec", false);
	buf_puts(out, "},\n\"replies\":\"");
	for (size_t i = 0; i < replies.n; i++)
		buf_printf(out, "%02x", (unsigned char)replies.p[i]);
	buf_puts(out, "\",\n\"history\":");
	json_lines(out, t, first, screen);
	buf_puts(out, ",\n\"lines\":");
	json_lines(out, t, screen, screen + term_rows(t));
	buf_puts(out, "}\n");
}
