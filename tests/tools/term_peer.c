#include "tools/term_peer.h"

/* A row under way: its text with each change of look written in front of the cell. */
struct printed_row {
	struct buf *out;
	struct style last;
	struct peer_look how;
};

static void put_cell(void *ctx, const struct style *look, struct str text, bool tail)
{
	struct printed_row *r = ctx;
	struct style s = *look;

	s.attrs &= (uint16_t)~ATTR_PROTECTED;
	if (r->how.plain) {
		s.ul = 0;
		if (s.attrs & ATTR_UL)
			s.attrs = (uint16_t)((s.attrs & ~ATTR_UL) | UL_SINGLE << ATTR_UL_SHIFT);
	}
	if (!r->how.bare && !style_eq(&s, &r->last)) {
		if (style_is_default(&s))
			buf_puts(r->out, "{}");
		else
			buf_printf(r->out, "{%x,%x,%x,%x}", s.fg, s.bg, s.ul, s.attrs);
		r->last = s;
	}
	buf_str(r->out, tail ? STR("<") : text.n ? text : STR(" "));
}

static void put_head(
	struct buf *out, struct term_cursor c, bool alt, size_t history, struct peer_look look)
{
	if (look.bare)
		buf_printf(out, "%u,%u\n", c.row, c.col);
	else if (look.plain)
		buf_printf(out, "%u,%u %s\n", c.row, c.col + c.pending_wrap, alt ? "alt" : "pri");
	else
		buf_printf(out, "%u,%u %c%c %s %zu\n", c.row, c.col, c.pending_wrap ? 'W' : '-',
			c.visible ? 'v' : '-', alt ? "alt" : "pri", history);
}

static void our_line(
	struct buf *out, const struct term_line *l, unsigned cols, struct peer_look look)
{
	struct printed_row r = {.out = out, .how = look};
	char tmp[4];

	for (unsigned x = 0; x < cols; x++) {
		cell_t c = x < l->n ? l->c[x] : 0;

		put_cell(&r, &l->styles[cell_style(c)], term_cell_text(l, c, tmp),
			cell_kind(c) == CELL_TAIL);
	}
	buf_printf(out, "|%s\n", look.wrap && l->wrapped ? "+" : "");
}

void our_text(struct buf *out, struct term *t, struct peer_look look)
{
	struct rowview v = {0};
	struct term_line l;
	bool alt = term_alternate(t);
	uint64_t screen = term_screen_row(t);
	uint64_t from = look.history && !alt ? term_first_row(t) : screen;

	put_head(out, term_cursor(t), alt, (size_t)(screen - from), look);
	for (uint64_t row = from; row < screen + term_rows(t); row++)
		if (term_line(t, row, &v, &l))
			our_line(out, &l, term_cols(t), look);
	term_view_fini(t, &v);
}

static void ghost_line(
	struct buf *out, ghost g, bool history, unsigned y, unsigned cols, struct peer_look look)
{
	struct printed_row r = {.out = out, .how = look};
	bool wrap = ghost_row(g, history, y, cols, put_cell, &r);

	buf_printf(out, "|%s\n", look.wrap && wrap ? "+" : "");
}

void ghost_text(struct buf *out, ghost g, unsigned cols, unsigned rows, struct peer_look look)
{
	struct ghost_state s = ghost_state(g);
	size_t history = look.history && !s.alternate ? s.history : 0;

	put_head(out, s.cursor, s.alternate, history, look);
	for (unsigned i = 0; i < history; i++)
		ghost_line(out, g, true, i, cols, look);
	for (unsigned i = 0; i < rows; i++)
		ghost_line(out, g, false, i, cols, look);
}
