#include "term/reflow.h"

/* A resize makes both screens anew and only then lets the old ones go, so that
 * running out of memory changes nothing. Rows enter and leave as in ghostty: rows
 * below the cursor that are blank go first, then the topmost into history; new
 * rows come from history when the cursor is on the last row, else from below. */

struct shape {
	unsigned cols, rows;
};

static bool is_blank(const struct row *r, cell_t what)
{
	for (unsigned x = 0; x < r->used; x++)
		if (r->c[x] & what)
			return false;
	return true;
}

/* Rows of the screen up to the last that has something of `what` or holds the cursor. */
static unsigned used_rows(
	const struct term *t, const struct screen *s, unsigned cursor_y, cell_t what)
{
	unsigned n = t->rows;

	while (n > cursor_y + 1 && is_blank(screen_row(t, s, n - 1), what))
		n--;
	return n;
}

static void copy_row(struct row *to, const cell_t *c, unsigned n, unsigned cols, uint8_t flags)
{
	bool cut = n > cols;

	n = cut ? cols : n;
	if (n)
		memcpy(to->c, c, n * sizeof(*c));
	if (n && cell_kind(to->c[n - 1]) == CELL_WIDE && (cut || n == cols))
		to->c[n - 1] = 0;
	if (n && n < cols && cell_kind(to->c[n - 1]) == CELL_SPACER)
		to->c[n - 1] &= ~CELL_KIND;
	to->used = (uint16_t)n;
	to->flags = (uint8_t)((flags & (ROW_RICH | ROW_STYLED | ROW_WRAPPED)) | ROW_DIRTY);
}

/* The newest row of history onto the grid. */
static void take_back(struct term *t, struct scrollback *h, struct row *to, unsigned cols)
{
	struct rowview v = {0};

	if (rowcode_unpack(&v, &t->mem, scrollback_row(h, h->n - 1))) {
		if (v.flags & (ROW_RICH | ROW_STYLED))
			reflow_own(t, &v);
		copy_row(to, v.c, v.n, cols, v.flags);
		to->mark = v.mark;
	}
	scrollback_pop(h, &t->mem);
	rowview_fini(&v, &t->mem);
}

/* What is watched on one screen: the cursor, or where it was left, and the saved one. */
struct watch {
	unsigned y;
	bool bottom; /* on the last row before the resize: new rows come from history */
	int shift;   /* how far rows moved down */
};

/* Makes `to` from the rows of `from`; h is its history or NULL. Nothing fails here. */
static void restack(struct term *t, const struct screen *from, struct screen *to, struct shape s,
	struct scrollback *h, struct watch *w)
{
	struct rowtables tables = {&t->styles, &t->clusters, &t->links};
	/* A background alone does not keep a row (ghostty). */
	unsigned used = used_rows(t, from, w->y, CELL_TEXT), keep = t->rows, up = 0, down = 0;

	if (s.rows < keep) {
		keep = used > s.rows ? used : s.rows;
		up = keep - s.rows;
	} else if (h && w->bottom) {
		down = s.rows - keep < h->n ? s.rows - keep : h->n;
	}
	for (unsigned y = 0; y < up && h; y++)
		scrollback_push(h, &t->mem, &tables, screen_row(t, from, y));
	for (unsigned y = up; y < keep; y++) {
		const struct row *r = screen_row(t, from, y);
		struct row *d = &to->rows[y - up + down];

		copy_row(d, r->c, r->used, s.cols, r->flags);
		d->mark = r->mark;
	}
	t->extra = to;
	t->extra_rows = s.rows;
	for (unsigned y = down; y-- > 0;)
		take_back(t, h, &to->rows[y], s.cols);
	t->extra = NULL;
	w->shift = (int)down - (int)up;
}

/* Where the cursor of screen i is, shown or not. */
static struct place *cursor_place(struct term *t, unsigned i)
{
	return t->scr == &t->screens[i] ? &t->cur.at : &t->screens[i].left;
}

/* A place that left at the top becomes the screen's first (ghostty). Whether it did. */
static bool move_rows(struct place *p, int shift, struct shape s)
{
	int to = (int)p->y + shift;

	if (to < 0)
		p->x = 0;
	p->pending = p->pending && to >= 0 && p->x < s.cols;
	p->x = p->x < s.cols ? p->x : (uint16_t)(s.cols - 1);
	p->y = (uint16_t)(to < 0 ? 0 : to >= (int)s.rows ? (int)s.rows - 1 : to);
	return to < 0;
}

/* What left at the top while rows went. */
struct lost {
	bool cursor, saved;
};

/* Screen i gets the rows of `by`, which is left empty. */
static void replace(struct term *t, unsigned i, struct screen *by, unsigned cols)
{
	struct screen *s = &t->screens[i];

	screen_fini(s, &t->mem, cols, t->rows);
	s->rows = by->rows;
	s->cells = by->cells;
	s->top = by->top;
	*by = (struct screen){0};
}

/* ---- the primary screen at a new width ---- */

static struct spot spot_at(const struct place *p, bool holds)
{
	return (struct spot){
		.y = p->y, .x = p->x + p->pending, .pending = p->pending, .holds = holds};
}

/* A place that left the screen at the top becomes its first (ghostty). */
static struct place land(const struct spot *s, uint64_t first, struct shape sh)
{
	uint64_t row = s->row > first ? s->row - first : 0;
	struct place p = {.y = (uint16_t)(row < sh.rows ? row : sh.rows - 1)};

	if (s->row < first)
		return p;
	p.pending = s->col >= sh.cols;
	p.x = (uint16_t)(p.pending ? sh.cols - 1 : s->col);
	return p;
}

/* How many of the screen's rows up to y go on from the row before. */
static unsigned joined_rows(const struct term *t, unsigned y)
{
	unsigned n = t->hist.n && scrollback_wraps(&t->hist, t->hist.n - 1);

	for (unsigned i = 0; i < y; i++)
		n += (screen_row(t, &t->screens[0], i)->flags & ROW_WRAPPED) != 0;
	return n;
}

static unsigned less(unsigned a, unsigned b)
{
	return a > b ? a - b : 0;
}

/* The number of the new row that is to be the screen's first: the cursor keeps its
 * distance from the last row, less what more wrapping takes (ghostty's resizeCols).
 * h has the new rows, joined says how many up to the cursor's y went on before. */
static uint64_t first_row(
	const struct term *t, const struct scrollback *h, const struct spot *cur, unsigned joined)
{
	uint64_t first = h->n > t->rows ? h->n - t->rows : 0;
	unsigned now = 0, y;

	if (cur->row < first)
		return first;
	y = (unsigned)(cur->row - first);
	for (uint64_t i = first; i <= cur->row; i++)
		now += i && scrollback_wraps(h, (uint32_t)i - 1);
	return first + less(less(t->rows - 1u - cur->y, less(now, joined)), t->rows - 1u - y);
}

/* The primary screen and its history at a new width; `to`, which takes the screen's place, has
 * the new columns and the old rows. */
static void rewrap(struct term *t, struct screen *to, unsigned cols)
{
	struct saved_cursor *sv = &t->screens[0].saved;
	struct place *cur = cursor_place(t, 0);
	struct spot spots[2] = {spot_at(cur, true), spot_at(&sv->at, sv->saved)};
	struct shape shape = {cols, t->rows};
	unsigned joined = joined_rows(t, spots[0].y);
	struct scrollback h;
	uint64_t rows, first;

	scrollback_init(&h, t->mem.limit);
	rows = reflow(t, &h, cols, used_rows(t, &t->screens[0], spots[0].y, ~(cell_t)0), spots, 2);
	first = first_row(t, &h, &spots[0], joined);
	t->extra = to;
	t->extra_rows = t->rows;
	for (uint64_t n = rows > first ? rows - first : 0; n-- > 0 && h.n;)
		take_back(t, &h, &to->rows[n], cols);
	t->extra = NULL;
	*cur = land(&spots[0], first, shape);
	if (sv->saved)
		sv->at = land(&spots[1], first, shape);
	h.budget = t->hist.budget;
	h.first += t->hist.first + t->hist.n; /* old numbers do not come again */
	for (uint32_t i = 0; i < h.n_blocks; i++)
		h.b[(h.head + i) & (h.cap_blocks - 1)]->first += t->hist.first + t->hist.n;
	scrollback_trim(&h, &t->mem);
	scrollback_fini(&t->hist, &t->mem);
	t->hist = h;
	replace(t, 0, to, t->cols);
}

/* Puts the rows of screen i into `to`, which takes its place. */
static struct lost restack_screen(
	struct term *t, unsigned i, struct screen *to, struct shape s, unsigned cols, bool bottom)
{
	struct screen *from = &t->screens[i];
	struct watch w = {.y = cursor_place(t, i)->y, .bottom = bottom};
	struct lost lost = {0};

	if (w.y >= t->rows)
		w.y = t->rows - 1u;
	restack(t, from, to, s, i ? NULL : &t->hist, &w);
	if (from->saved.saved)
		lost.saved = move_rows(&from->saved.at, w.shift, s);
	lost.cursor = move_rows(cursor_place(t, i), w.shift, s);
	replace(t, i, to, cols);
	return lost;
}

/* What left before the columns changed is at the top left behind it, wherever the
 * character goes that was there in between. */
static void keep_lost(struct term *t, struct lost lost)
{
	if (lost.cursor)
		*cursor_place(t, 0) = (struct place){0};
	if (lost.saved)
		t->screens[0].saved.at = (struct place){0};
}

static void settle(struct term *t, struct shape s)
{
	t->cols = (uint16_t)s.cols;
	t->rows = (uint16_t)s.rows;
	margins_reset(t);
	mode_put(t, MODE_SYNC, false);
	t->changes |= TERM_CHANGED_HISTORY;
	screen_all_dirty(t);
}

/* Whether the cursor of the primary screen is on its last row. */
static bool at_bottom(struct term *t)
{
	return cursor_place(t, 0)->y >= t->rows - 1u;
}

/* As in ghostty, rows come first where columns go, so that what wrapping adds finds
 * room; where columns come, rows follow. But not behind a screen of one row: there the
 * cursor's character may be in history, and lost, until the rows are there. */
static bool columns_first(const struct term *t, unsigned cols)
{
	return cols > t->cols && t->rows > 1;
}

/* `between` has the shape in the middle. */
static void rewrap_and_restack(
	struct term *t, struct screen *between, struct screen *a, struct screen *b, struct shape s)
{
	unsigned old = t->cols;
	bool bottom = at_bottom(t);
	struct lost lost;

	if (columns_first(t, s.cols)) {
		rewrap(t, between, s.cols);
		restack_screen(t, 0, a, s, s.cols, bottom);
		restack_screen(t, 1, b, s, old, false);
	} else {
		lost = restack_screen(t, 0, between, (struct shape){old, s.rows}, old, bottom);
		restack_screen(t, 1, b, s, old, false);
		t->rows = (uint16_t)s.rows;
		rewrap(t, a, s.cols);
		keep_lost(t, lost);
	}
}

bool resize_to(struct term *t, unsigned cols, unsigned rows, bool again)
{
	struct screen between = {0}, a = {0}, b = {0};
	struct shape s = {cols, rows}, middle;
	unsigned old = t->cols;

	again = again && cols != old;
	middle = columns_first(t, cols) ? (struct shape){cols, t->rows} : (struct shape){old, rows};
	if ((again && !screen_init(&between, &t->mem, middle.cols, middle.rows)) ||
		!screen_init(&a, &t->mem, cols, rows) || !screen_init(&b, &t->mem, cols, rows) ||
		!tabs_resize(t, old, old > cols ? old : cols)) {
		screen_fini(&between, &t->mem, middle.cols, middle.rows);
		screen_fini(&a, &t->mem, cols, rows);
		screen_fini(&b, &t->mem, cols, rows);
		return false;
	}
	if (again) {
		rewrap_and_restack(t, &between, &a, &b, s);
	} else {
		restack_screen(t, 0, &a, s, old, at_bottom(t));
		restack_screen(t, 1, &b, s, old, false);
	}
	tabs_resize(t, old > cols ? old : cols, cols);
	settle(t, s);
	return true;
}
