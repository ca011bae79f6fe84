#include "term/engine.h"

void cursor_look(struct term *t)
{
	t->cur.look = cell_look(style_id(t, &t->cur.pen), t->cur.link);
	t->cur.pen_state = PEN_LOOK;
}

/* Erased cells take the pen's background (terminfo bce; xterm). */
void cursor_pen(struct term *t)
{
	struct style blank = {.bg = t->cur.pen.bg};

	cursor_look_ready(t);
	t->cur.blank = cell_look(style_id(t, &blank), 0);
	t->cur.pen_state = PEN_READY;
}

void cursor_protect(struct term *t, bool on, bool guarded)
{
	unsigned others = t->cur.pen.attrs & ~(unsigned)ATTR_PROTECTED;

	t->cur.pen.attrs = (uint16_t)(others | (on ? ATTR_PROTECTED : 0));
	t->cur.pen_state = PEN_STALE;
	mode_put(t, MODE_GUARDED, guarded);
}

static unsigned min_u(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

void cursor_to(struct term *t, unsigned row, unsigned col)
{
	bool origin = mode_on(t, MODE_DECOM);
	unsigned y = (row ? row : 1) - 1 + (origin ? t->top : 0u);
	unsigned x = (col ? col : 1) - 1 + (origin ? t->left : 0u);

	t->cur.y = (uint16_t)min_u(y, origin ? t->bottom : t->rows - 1u);
	t->cur.x = (uint16_t)min_u(x, origin ? t->right : t->cols - 1u);
	t->cur.pending = false;
}

/* CHA, HPA: the row stays. */
void cursor_column(struct term *t, unsigned col)
{
	unsigned x = (col ? col : 1) - 1 + (mode_on(t, MODE_DECOM) ? t->left : 0u);

	t->cur.x = (uint16_t)min_u(x, mode_on(t, MODE_DECOM) ? t->right : t->cols - 1u);
	t->cur.pending = false;
}

/* VPA: the column stays. */
void cursor_row(struct term *t, unsigned row)
{
	unsigned y = (row ? row : 1) - 1 + (mode_on(t, MODE_DECOM) ? t->top : 0u);

	t->cur.y = (uint16_t)min_u(y, mode_on(t, MODE_DECOM) ? t->bottom : t->rows - 1u);
	t->cur.pending = false;
}

void cursor_up(struct term *t, unsigned n)
{
	unsigned stop = t->cur.y >= t->top ? t->top : 0;

	t->cur.y = (uint16_t)(t->cur.y - min_u(n, t->cur.y - stop));
	t->cur.pending = false;
}

void cursor_down(struct term *t, unsigned n)
{
	unsigned stop = t->cur.y <= t->bottom ? t->bottom : t->rows - 1u;

	t->cur.y = (uint16_t)(t->cur.y + min_u(n, stop - t->cur.y));
	t->cur.pending = false;
}

void cursor_right(struct term *t, unsigned n)
{
	unsigned stop = t->cur.x <= t->right ? t->right : t->cols - 1u;

	t->cur.x = (uint16_t)(t->cur.x + min_u(n, stop - t->cur.x));
	t->cur.pending = false;
}

/* HPR, VPR: like the absolute moves, the margins bind in origin mode only (xterm). */
void cursor_relative(struct term *t, unsigned down, unsigned right)
{
	bool origin = mode_on(t, MODE_DECOM);

	t->cur.x = (uint16_t)min_u(t->cur.x + right, origin ? t->right : t->cols - 1u);
	t->cur.y = (uint16_t)min_u(t->cur.y + down, origin ? t->bottom : t->rows - 1u);
	t->cur.pending = false;
}

/* One step back over the left edge; false when the cursor may not go there. With
 * 45 only into a row that wrapped here, with 1045 into any, around the region. */
static bool wrap_back(struct term *t, bool any)
{
	bool wrapped = t->cur.y && row_at(t, t->cur.y - 1u)->flags & ROW_WRAPPED;

	if (any && t->cur.y == t->top)
		t->cur.y = t->bottom;
	else if (t->cur.y && (any || (t->cur.y != t->top && wrapped)))
		t->cur.y--;
	else
		return false;
	t->cur.x = t->right;
	return true;
}

/* CUB and BS, with reverse wrap (xterm's CursorBack; modes 45 and 1045). */
void cursor_left(struct term *t, unsigned n)
{
	unsigned left = t->cur.x < t->left ? 0 : t->left;
	bool any = mode_on(t, MODE_REVWRAP2);
	bool wrap = mode_on(t, MODE_DECAWM) && (any || mode_on(t, MODE_REVWRAP));
	unsigned most = t->cols * (unsigned)t->rows;

	if (!wrap) {
		t->cur.x = (uint16_t)(t->cur.x - min_u(n, t->cur.x - left));
		t->cur.pending = false;
		return;
	}
	if (t->cur.pending)
		n--;
	t->cur.pending = false;
	for (n = min_u(n, most); n;) {
		unsigned step = min_u(n, t->cur.x - left);

		t->cur.x = (uint16_t)(t->cur.x - step);
		n -= step;
		if (n && (!wrap_back(t, any) || !n--))
			return;
	}
}

void cursor_cr(struct term *t)
{
	bool inside = t->cur.x >= t->left || mode_on(t, MODE_DECOM);

	t->cur.x = inside ? t->left : 0;
	t->cur.pending = false;
}

void cursor_index(struct term *t)
{
	bool within = t->cur.x >= t->left && t->cur.x <= t->right;

	t->cur.pending = false;
	if (t->cur.y == t->bottom) {
		if (within)
			grid_scroll_up(t, t->top, t->bottom, 1, true);
	} else if (t->cur.y < t->rows - 1u) {
		t->cur.y++;
	}
}

void cursor_reverse_index(struct term *t)
{
	bool within = t->cur.x >= t->left && t->cur.x <= t->right;

	if (t->cur.y == t->top && within)
		grid_scroll_down(t, t->top, t->bottom, 1);
	else
		cursor_up(t, 1);
	t->cur.pending = false;
}

/* ---- DECSC, DECRC ---- */

void cursor_save(struct term *t)
{
	t->scr->saved = (struct saved_cursor){.at = t->cur.at,
		.origin = mode_on(t, MODE_DECOM),
		.saved = true,
		.pen = t->cur.pen,
		.sets = t->cur.sets};
}

void cursor_restore(struct term *t)
{
	const struct saved_cursor *s = &t->scr->saved;

	t->cur.x = (uint16_t)min_u(s->x, t->cols - 1u);
	t->cur.y = (uint16_t)min_u(s->y, t->rows - 1u);
	t->cur.pending = s->pending;
	t->cur.pen = s->pen;
	t->cur.pen_state = PEN_STALE;
	t->cur.sets = s->sets;
	mode_put(t, MODE_DECOM, s->origin);
}

/* ---- tab stops ---- */

/* A stop every eight columns. */
#define TABS_INITIAL UINT32_C(0x01010101)

void tabs_reset(struct term *t)
{
	for (unsigned i = 0; i < (t->cols + 31u) / 32; i++)
		t->tabs[i] = TABS_INITIAL;
}

/* New columns get the stops they have at the start. Where the program has cleared all
 * there were, all are set again (ghostty, xterm.js). */
bool tabs_resize(struct term *t, unsigned from, unsigned to)
{
	size_t a = from ? (from + 31u) / 32 : 0, b = (to + 31u) / 32;
	uint32_t *p = tmem_resize(&t->mem, t->tabs, a * sizeof(*p), b * sizeof(*p)), any = 0;

	if (!p)
		return false;
	t->tabs = p;
	if (to <= from)
		return true;
	for (size_t i = 0; i < a; i++) {
		uint32_t there = i == from / 32 ? (UINT32_C(1) << (from % 32)) - 1 : UINT32_MAX;

		any |= p[i] & there;
		p[i] = (p[i] & there) | (TABS_INITIAL & ~there);
	}
	for (size_t i = any ? a : 0; i < b; i++)
		p[i] = TABS_INITIAL;
	return true;
}

/* Neither tab takes back a wrap that is due (xterm, ghostty). */
void cursor_tab(struct term *t, unsigned n)
{
	unsigned stop = t->cur.x <= t->right ? t->right : t->cols - 1u;

	for (unsigned x = t->cur.x; n && x < stop;) {
		x++;
		if (t->tabs[x / 32] >> (x % 32) & 1)
			n--;
		t->cur.x = (uint16_t)x;
	}
}

void cursor_back_tab(struct term *t, unsigned n)
{
	unsigned stop = mode_on(t, MODE_DECOM) ? t->left : 0;

	for (unsigned x = t->cur.x; n && x > stop;) {
		x--;
		if (t->tabs[x / 32] >> (x % 32) & 1)
			n--;
		t->cur.x = (uint16_t)x;
	}
}

/* ---- margins ---- */

void cursor_margins(struct term *t, unsigned top, unsigned bottom)
{
	top = top ? top : 1;
	bottom = bottom ? min_u(bottom, t->rows) : t->rows;
	if (top >= bottom)
		return;
	t->top = (uint16_t)(top - 1);
	t->bottom = (uint16_t)(bottom - 1);
	cursor_to(t, 1, 1);
}

void cursor_side_margins(struct term *t, unsigned left, unsigned right)
{
	left = left ? left : 1;
	right = right ? min_u(right, t->cols) : t->cols;
	if (left >= right)
		return;
	t->left = (uint16_t)(left - 1);
	t->right = (uint16_t)(right - 1);
	cursor_to(t, 1, 1);
}

void margins_reset(struct term *t)
{
	t->top = t->left = 0;
	t->bottom = (uint16_t)(t->rows - 1);
	t->right = (uint16_t)(t->cols - 1);
}
