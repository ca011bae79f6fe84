#include "term/engine.h"

void grid_mark(struct row *r, unsigned from, unsigned to)
{
	(void)from;
	if (r->used < to)
		r->used = (uint16_t)to;
	r->flags |= ROW_DIRTY;
}

static uint8_t look_flags(cell_t c)
{
	return c & CELL_LOOK ? ROW_STYLED : 0;
}

/* A wide character that would be cut at column x becomes two blanks. */
void grid_split(struct term *t, struct row *r, unsigned x)
{
	if (!(r->flags & ROW_RICH) || x == 0 || x >= t->cols)
		return;
	if (cell_kind(r->c[x]) != CELL_TAIL)
		return;
	cursor_ready(t);
	r->c[x - 1] = r->c[x] = t->cur.blank;
	r->flags |= ROW_DIRTY | look_flags(t->cur.blank);
}

static void fill(struct term *t, struct row *r, unsigned from, unsigned to)
{
	cell_t blank = t->cur.blank;

	r->flags |= ROW_DIRTY;
	if (!blank) {
		if (from < r->used)
			memset(r->c + from, 0, (size_t)((to < r->used ? to : r->used) - from) * 8);
		if (to >= r->used && from < r->used)
			r->used = (uint16_t)from;
		return;
	}
	for (unsigned i = from; i < to; i++)
		r->c[i] = blank;
	r->flags |= ROW_STYLED;
	grid_mark(r, from, to);
}

void grid_erase(struct term *t, struct row *r, unsigned from, unsigned to)
{
	if (from >= to)
		return;
	cursor_ready(t);
	grid_split(t, r, from);
	grid_split(t, r, to);
	fill(t, r, from, to);
}

static bool is_protected(const struct term *t, cell_t c)
{
	return (t->styles.v[cell_style(c)].attrs & ATTR_PROTECTED) != 0;
}

void grid_erase_unprotected(struct term *t, struct row *r, unsigned from, unsigned to)
{
	cursor_ready(t);
	from -= from && cell_kind(r->c[from]) == CELL_TAIL;
	for (unsigned x = from; x < to; x++)
		if (!is_protected(t, r->c[x]) && cell_kind(r->c[x]) != CELL_TAIL)
			grid_erase(t, r, x, x + 1 + (cell_kind(r->c[x]) == CELL_WIDE));
}

void grid_clear_row(struct term *t, struct row *r)
{
	cursor_ready(t);
	if (r->used)
		memset(r->c, 0, (size_t)r->used * 8);
	r->used = 0;
	r->mark = 0;
	r->flags = ROW_DIRTY;
	if (t->cur.blank)
		fill(t, r, 0, t->cols);
}

static void drop_spacer(struct term *t, struct row *r)
{
	cell_t *c = &r->c[t->cols - 1];

	if (cell_kind(*c) == CELL_SPACER)
		*c &= ~CELL_KIND;
}

/* The row does not go on in the next one any more. */
void grid_unwrap(struct term *t, struct row *r)
{
	if (!(r->flags & ROW_WRAPPED))
		return;
	r->flags = (uint8_t)((r->flags & ~ROW_WRAPPED) | ROW_DIRTY);
	drop_spacer(t, r);
}

/* ---- inside a row ---- */

void grid_insert_cells(struct term *t, struct row *r, unsigned x, unsigned n, unsigned right)
{
	unsigned end = right + 1;

	n = n > end - x ? end - x : n;
	grid_split(t, r, x);
	grid_split(t, r, end);
	drop_spacer(t, r);
	grid_split(t, r, end - n);
	memmove(r->c + x + n, r->c + x, (end - x - n) * sizeof(cell_t));
	grid_mark(r, x, end);
	cursor_ready(t);
	fill(t, r, x, x + n);
	grid_mark(r, x, end);
}

void grid_delete_cells(struct term *t, struct row *r, unsigned x, unsigned n, unsigned right)
{
	unsigned end = right + 1;

	n = n > end - x ? end - x : n;
	grid_split(t, r, x);
	grid_split(t, r, x + n);
	grid_split(t, r, end);
	drop_spacer(t, r);
	memmove(r->c + x, r->c + x + n, (end - x - n) * sizeof(cell_t));
	cursor_ready(t);
	fill(t, r, end - n, end);
}

/* ---- rows ---- */

static void swap_rows(struct term *t, unsigned a, unsigned b)
{
	struct row *p = row_at(t, a), *q = row_at(t, b), tmp = *p;

	*p = *q;
	*q = tmp;
}

static void reverse_rows(struct term *t, unsigned from, unsigned to)
{
	while (from + 1 < to)
		swap_rows(t, from++, --to);
}

/* Rows [top, bottom] go up by n and around: three reversals, whatever n is. */
static void rotate_up(struct term *t, unsigned top, unsigned bottom, unsigned n)
{
	if (n == bottom - top + 1)
		return;
	reverse_rows(t, top, top + n);
	reverse_rows(t, top + n, bottom + 1);
	reverse_rows(t, top, bottom + 1);
}

static void dirty_rows(struct term *t, unsigned top, unsigned bottom)
{
	for (unsigned y = top; y <= bottom; y++)
		row_at(t, y)->flags |= ROW_DIRTY;
}

static void push_history(struct term *t, const struct row *r)
{
	struct rowtables tables = {&t->styles, &t->clusters, &t->links};

	scrollback_push(&t->hist, &t->mem, &tables, r);
}

static void scroll_screen(struct term *t, unsigned n, bool keep)
{
	for (unsigned i = 0; i < n; i++) {
		struct row *r = row_at(t, 0);

		if (keep)
			push_history(t, r);
		grid_clear_row(t, r);
		t->scr->top = (uint16_t)(t->scr->top + 1u == t->rows ? 0 : t->scr->top + 1u);
	}
	t->scrolled += t->scrolled < UINT32_MAX - n ? n : 0;
}

static void copy_part(struct term *t, struct row *to, const struct row *from)
{
	size_t n = t->right - t->left + 1u;

	memcpy(to->c + t->left, from->c + t->left, n * sizeof(cell_t));
	to->flags |= (from->flags & (ROW_RICH | ROW_STYLED)) | ROW_DIRTY;
	if (from->used > t->left)
		grid_mark(to, t->left, from->used > t->right ? t->right + 1u : from->used);
}

/* Scrolls the columns between the side margins: cells must move. */
static void scroll_part(struct term *t, unsigned top, unsigned bottom, unsigned n, bool up)
{
	unsigned height = bottom - top + 1;

	for (unsigned y = top; y <= bottom; y++) {
		struct row *r = row_at(t, y);

		grid_split(t, r, t->left);
		grid_split(t, r, t->right + 1u);
		if (t->right == t->cols - 1)
			drop_spacer(t, r);
	}
	for (unsigned i = 0; i + n < height; i++) {
		if (up)
			copy_part(t, row_at(t, top + i), row_at(t, top + i + n));
		else
			copy_part(t, row_at(t, bottom - i), row_at(t, bottom - i - n));
	}
	cursor_ready(t);
	for (unsigned i = 0; i < n; i++)
		fill(t, row_at(t, up ? bottom - i : top + i), t->left, t->right + 1u);
}

void grid_scroll_up(struct term *t, unsigned top, unsigned bottom, unsigned n, bool keep)
{
	unsigned height = bottom - top + 1;
	bool push = keep && top == 0 && on_primary(t);

	n = n > height ? height : n;
	if (!n)
		return;
	if (!full_width(t)) {
		scroll_part(t, top, bottom, n, true);
		return;
	}
	if (top == 0 && bottom == t->rows - 1u) {
		scroll_screen(t, n, push);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (push)
			push_history(t, row_at(t, top + i));
		grid_clear_row(t, row_at(t, top + i));
	}
	rotate_up(t, top, bottom, n);
	dirty_rows(t, top, bottom);
	/* When text runs on at the bottom, the new row is the last one's continuation. */
	if (n < height && !keep)
		grid_unwrap(t, row_at(t, bottom - n));
}

void grid_scroll_down(struct term *t, unsigned top, unsigned bottom, unsigned n)
{
	unsigned height = bottom - top + 1;

	n = n > height ? height : n;
	if (!n)
		return;
	if (!full_width(t)) {
		scroll_part(t, top, bottom, n, false);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		grid_clear_row(t, row_at(t, bottom - i));
	if (n < height)
		rotate_up(t, top, bottom, height - n);
	dirty_rows(t, top, bottom);
	grid_unwrap(t, row_at(t, bottom));
}
