#include "tools/shot.h"

void shot_row_fini(struct shot_row *r)
{
	buf_fini(&r->text);
	buf_fini(&r->runs);
}

static void put_color(struct buf *out, const char *name, uint32_t c)
{
	if (color_is_rgb(c))
		buf_printf(out, " %s=#%06x", name, c & 0xFFFFFF);
	else if (color_is_index(c))
		buf_printf(out, " %s=%u", name, c & 255);
}

static void put_look(struct buf *out, const struct style *s)
{
	static const char *const names[] = {
		"bold", "faint", "italic", "blink", "inverse", "invisible", "strike", "overline"};
	static const char *const uls[] = {
		"", " ul", " ul=double", " ul=curly", " ul=dotted", " ul=dashed", "", ""};

	for (unsigned i = 0; i < 8; i++)
		if (s->attrs >> i & 1)
			buf_printf(out, " %s", names[i]);
	buf_puts(out, uls[(s->attrs & ATTR_UL) >> ATTR_UL_SHIFT]);
	put_color(out, "fg", s->fg);
	put_color(out, "bg", s->bg);
	put_color(out, "ulcolor", s->ul);
}

static void end_run(struct shot_row *r)
{
	if (r->x > r->from && !style_is_default(&r->look)) {
		buf_printf(&r->runs, "%s%u+%u", r->runs.n ? "  " : "", r->from, r->x - r->from);
		put_look(&r->runs, &r->look);
	}
	r->from = r->x;
}

void shot_cell(struct shot_row *r, const struct style *look, struct str text, bool tail)
{
	struct style s = *look;

	s.attrs &= (uint16_t)~ATTR_PROTECTED;
	if (!style_eq(&s, &r->look))
		end_run(r);
	r->look = s;
	r->x++;
	if (tail)
		return;
	if (!text.n || str_eqz(text, " ")) {
		buf_putc(&r->text, ' ');
		return;
	}
	buf_str(&r->text, text);
	r->keep = (unsigned)r->text.n;
}

void shot_row_end(struct shot_row *r, struct buf *out, long number, bool wrapped)
{
	end_run(r);
	buf_cut(&r->text, r->keep);
	buf_printf(out, "%4ld%c|%s|\n", number, wrapped ? '+' : ' ', buf_z(&r->text));
	if (r->runs.n)
		buf_printf(out, "      %s\n", buf_z(&r->runs));
	buf_clear(&r->text);
	buf_clear(&r->runs);
	r->look = (struct style){0};
	r->x = r->from = r->keep = 0;
}

void shot_head(
	struct buf *out, unsigned cols, unsigned rows, bool alternate, const struct term_cursor *c)
{
	buf_printf(out, "%ux%u %s cursor %u,%u%s%s\n", cols, rows,
		alternate ? "alternate" : "primary", c->row, c->col,
		c->pending_wrap ? " pending" : "", c->visible ? "" : " hidden");
}

void shot_term(struct buf *out, struct term *t, bool plain)
{
	uint64_t screen = term_screen_row(t), row = term_alternate(t) ? screen : term_first_row(t);
	struct term_cursor c = term_cursor(t);
	struct shot_row r = {0};
	struct rowview v = {0};
	struct term_line l;
	char tmp[4];

	shot_head(out, term_cols(t), term_rows(t), term_alternate(t), &c);
	for (; row < screen + term_rows(t); row++) {
		if (!term_line(t, row, &v, &l))
			continue;
		for (unsigned x = 0; x < l.n; x++)
			shot_cell(&r, &l.styles[cell_style(l.c[x])],
				term_cell_text(&l, l.c[x], tmp), cell_kind(l.c[x]) == CELL_TAIL);
		shot_row_end(&r, out, (long)(row - screen), l.wrapped && !plain);
	}
	term_view_fini(t, &v);
	shot_row_fini(&r);
}
