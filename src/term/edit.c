#include "term/engine.h"

/* ---- erasing ---- */

static void erase_cells(struct term *t, unsigned y, unsigned from, unsigned to, bool selective)
{
	struct row *r = row_at(t, y);
	uint8_t wrapped = r->flags & ROW_WRAPPED;

	if (selective) {
		grid_erase_unprotected(t, r, from, to);
	} else if (from == 0 && to == t->cols) {
		grid_clear_row(t, r);
		r->flags |= wrapped;
	} else {
		grid_erase(t, r, from, to);
	}
}

/* What is written in row y next does not go on from the row above: a resize must not
 * join them (as xterm.js; a program that paints its block anew after one). */
static void part_from_above(struct term *t, unsigned y)
{
	if (y)
		grid_unwrap(t, row_at(t, y - 1));
	else if (on_primary(t) && scrollback_unwrap(&t->hist))
		t->changes |= TERM_CHANGED_HISTORY;
}

static void erase_rows(struct term *t, unsigned from, unsigned to, bool selective)
{
	if (!selective && from < to)
		part_from_above(t, from);
	for (unsigned y = from; y < to; y++) {
		if (selective)
			grid_erase_unprotected(t, row_at(t, y), 0, t->cols);
		else
			grid_clear_row(t, row_at(t, y));
	}
}

/* EL, DECSEL. A row that loses its end does not go on in the next any more; one that is
 * emptied does (xterm, ghostty, xterm.js). Only the erase to the right takes back a wrap
 * that is due (xterm's ClearRight, ClearBelow). */
void edit_erase_line(struct term *t, unsigned how, bool selective)
{
	unsigned x = t->cur.x, y = t->cur.y;

	t->cur.pending = t->cur.pending && how != 0;
	switch (how) {
	case 0:
		grid_unwrap(t, row_at(t, y));
		erase_cells(t, y, x, t->cols, selective);
		break;
	case 1:
		erase_cells(t, y, 0, x + 1, selective);
		break;
	case 2:
		if (!selective)
			part_from_above(t, y);
		erase_cells(t, y, 0, t->cols, selective);
		break;
	}
}

/* ED, DECSED; 3 clears history (xterm). */
void edit_erase_display(struct term *t, unsigned how, bool selective)
{
	switch (how) {
	case 0:
		edit_erase_line(t, 0, selective);
		erase_rows(t, t->cur.y + 1u, t->rows, selective);
		break;
	case 1:
		edit_erase_line(t, 1, selective);
		erase_rows(t, 0, t->cur.y, selective);
		break;
	case 2:
		erase_rows(t, 0, t->rows, selective);
		t->cur.pending = false;
		break;
	case 3: /* the alternate screen has no history of its own to clear */
		if (selective || !on_primary(t))
			break;
		scrollback_clear(&t->hist, &t->mem);
		t->changes |= TERM_CHANGED_HISTORY;
		break;
	}
}

void edit_erase_chars(struct term *t, unsigned n, bool selective)
{
	struct row *r = row_at(t, t->cur.y);
	unsigned end = n > (unsigned)t->cols - t->cur.x ? t->cols : t->cur.x + n;

	t->cur.pending = false;
	if (end == t->cols)
		grid_unwrap(t, r);
	erase_cells(t, t->cur.y, t->cur.x, end, selective);
}

/* ---- inserting and deleting ---- */

static bool inside_columns(const struct term *t)
{
	return t->cur.x >= t->left && t->cur.x <= t->right;
}

static bool inside_margins(const struct term *t)
{
	return t->cur.y >= t->top && t->cur.y <= t->bottom && inside_columns(t);
}

/* IL and DL leave the cursor in the first column (of the margins). */
void edit_lines(struct term *t, unsigned n, bool insert)
{
	if (!inside_margins(t))
		return;
	if (insert)
		grid_scroll_down(t, t->cur.y, t->bottom, n);
	else
		grid_scroll_up(t, t->cur.y, t->bottom, n, false);
	t->cur.x = t->left;
	t->cur.pending = false;
}

void edit_chars(struct term *t, unsigned n, bool insert)
{
	struct row *r = row_at(t, t->cur.y);

	t->cur.pending = false;
	if (!inside_columns(t))
		return;
	if (insert) {
		grid_insert_cells(t, r, t->cur.x, n, t->right);
		return;
	}
	if (t->right == t->cols - 1)
		grid_unwrap(t, r);
	grid_delete_cells(t, r, t->cur.x, n, t->right);
}

/* Columns of the whole region at once, from x on; a wrap that is due stays so (xterm). */
void edit_columns(struct term *t, unsigned x, unsigned n, bool insert)
{
	for (unsigned y = t->top; y <= t->bottom; y++) {
		if (insert)
			grid_insert_cells(t, row_at(t, y), x, n, t->right);
		else
			grid_delete_cells(t, row_at(t, y), x, n, t->right);
	}
}

/* DECIC, DECDC */
void edit_columns_at_cursor(struct term *t, unsigned n, bool insert)
{
	if (inside_margins(t))
		edit_columns(t, t->cur.x, n, insert);
}

void edit_scroll(struct term *t, unsigned n, bool up)
{
	if (up)
		grid_scroll_up(t, t->top, t->bottom, n, true);
	else
		grid_scroll_down(t, t->top, t->bottom, n);
}
