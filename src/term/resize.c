#include "term/reflow.h"

/* A resize makes both screens anew and only then lets the old ones go, so that
 * running out of memory changes nothing. Rows enter and leave as in ghostty: rows
 * below the cursor that are blank go first, then the topmost into history; new
 * rows come from history when the cursor is on the last row, else from below. */

struct shape {
	unsigned cols, rows;
};

static bool is_blank(const struct row *r)
{
	for (unsigned x = 0; x < r->used; x++)
		if (r->c[x])
			return false;
	return true;
}

/* Rows of the screen up to the last that is not blank or holds the cursor. */
static unsigned used_rows(const struct term *t, const struct screen *s, unsigned cursor_y)
{
	unsigned n = t->rows;

	while (n > cursor_y + 1 && is_blank(screen_row(t, s, n - 1)))
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

/* What is watched on one screen: the cursor when it is shown, and the saved one. */
struct watch {
	unsigned y;
	int shift; /* how far rows moved down */
};

/* Makes `to` from the rows of `from`; h is its history or NULL. Nothing fails here. */
static void restack(struct term *t, const struct screen *from, struct screen *to, struct shape s,
	struct scrollback *h, struct watch *w)
{
	struct rowtables tables = {&t->styles, &t->clusters, &t->links};
	unsigned used = used_rows(t, from, w->y), keep = t->rows, up = 0, down = 0;

	if (s.rows < keep) {
		keep = used > s.rows ? used : s.rows;
		up = keep - s.rows;
	} else if (h && w->y == keep - 1u) {
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

static uint16_t moved(unsigned y, int shift, unsigned rows)
{
	int to = (int)y + shift;

	return (uint16_t)(to < 0 ? 0 : to >= (int)rows ? (int)rows - 1 : to);
}

static void keep_settings(struct screen *to, const struct screen *from)
{
	to->saved = from->saved;
	memcpy(to->kitty, from->kitty, sizeof(to->kitty));
	to->kitty_n = from->kitty_n;
	to->kitty_now = from->kitty_now;
}

/* ---- the primary screen at a new width ---- */

static unsigned spot_x(unsigned x, bool pending)
{
	return x + pending;
}

static void land(const struct spot *s, uint64_t first, struct shape sh, uint16_t *x, uint16_t *y,
	bool *pending)
{
	uint64_t row = s->row > first ? s->row - first : 0;

	*y = (uint16_t)(row >= sh.rows ? sh.rows - 1 : row);
	*pending = s->col >= sh.cols;
	*x = (uint16_t)(*pending ? sh.cols - 1 : s->col);
}

/* The number of the new row that is to be the screen's first: the cursor keeps its
 * distance from the last row, less what wrapping took. */
static uint64_t first_row(
	const struct term *t, uint64_t rows, const struct spot *cur, const struct spot *top)
{
	uint64_t below = t->rows - 1u - cur->y, height = cur->row - top->row;
	uint64_t grown = height > cur->y ? height - cur->y : 0, end;

	below = below > grown ? below - grown : 0;
	end = cur->row + 1 + below > rows ? cur->row + 1 + below : rows;
	return end > t->rows ? end - t->rows : 0;
}

/* `to` has the new columns and the old rows. */
static void rewrap(struct term *t, struct screen *to, unsigned cols)
{
	struct saved_cursor *sv = &to->saved;
	bool shown = on_primary(t);
	struct spot spots[3] = {
		{.y = shown ? t->cur.y : sv->y,
			.x = shown ? spot_x(t->cur.x, t->cur.pending) : spot_x(sv->x, sv->pending)},
		{.y = 0, .x = 0}, {.y = sv->y, .x = spot_x(sv->x, sv->pending)}};
	struct shape shape = {cols, t->rows};
	struct scrollback h;
	uint64_t rows, first;

	scrollback_init(&h, t->mem.limit);
	rows = reflow(t, &h, cols, used_rows(t, &t->screens[0], spots[0].y), spots, 3);
	first = first_row(t, rows, &spots[0], &spots[1]);
	t->extra = to;
	t->extra_rows = t->rows;
	for (uint64_t n = rows > first ? rows - first : 0; n-- > 0 && h.n;)
		take_back(t, &h, &to->rows[n], cols);
	t->extra = NULL;
	if (shown)
		land(&spots[0], first, shape, &t->cur.x, &t->cur.y, &t->cur.pending);
	if (sv->saved)
		land(&spots[2], first, shape, &sv->x, &sv->y, &sv->pending);
	h.budget = t->hist.budget;
	h.first += t->hist.first + t->hist.n; /* old numbers do not come again */
	for (uint32_t i = 0; i < h.n_blocks; i++)
		h.b[(h.head + i) & (h.cap_blocks - 1)]->first += t->hist.first + t->hist.n;
	scrollback_trim(&h, &t->mem);
	scrollback_fini(&t->hist, &t->mem);
	t->hist = h;
}

static void replace(struct term *t, unsigned i, struct screen *by, unsigned cols)
{
	screen_fini(&t->screens[i], &t->mem, cols, t->rows);
	t->screens[i] = *by;
	*by = (struct screen){0};
}

static unsigned watched_row(const struct term *t, unsigned i)
{
	return t->scr == &t->screens[i] ? t->cur.y : t->screens[i].saved.y;
}

/* Puts the rows of screen i into `to`, which takes its place. */
static void restack_screen(
	struct term *t, unsigned i, struct screen *to, struct shape s, unsigned cols)
{
	struct screen *from = &t->screens[i];
	struct watch w = {.y = watched_row(t, i)};

	keep_settings(to, from);
	if (w.y >= t->rows)
		w.y = t->rows - 1u;
	restack(t, from, to, s, i ? NULL : &t->hist, &w);
	to->saved.y = moved(to->saved.y, w.shift, s.rows);
	if (t->scr == from) {
		t->cur.y = moved(t->cur.y, w.shift, s.rows);
		if (t->cur.x >= s.cols) {
			t->cur.x = (uint16_t)(s.cols - 1);
			t->cur.pending = false;
		}
	}
	replace(t, i, to, cols);
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

bool resize_to(struct term *t, unsigned cols, unsigned rows, bool again)
{
	struct screen wide = {0}, a = {0}, b = {0};
	struct shape s = {cols, rows};
	unsigned old = t->cols, from = old;

	again = again && cols != old;
	if ((again && !screen_init(&wide, &t->mem, cols, t->rows)) ||
		!screen_init(&a, &t->mem, cols, rows) || !screen_init(&b, &t->mem, cols, rows) ||
		!tabs_resize(t, old, old > cols ? old : cols)) {
		screen_fini(&wide, &t->mem, cols, t->rows);
		screen_fini(&a, &t->mem, cols, rows);
		screen_fini(&b, &t->mem, cols, rows);
		return false;
	}
	if (again) {
		keep_settings(&wide, &t->screens[0]);
		rewrap(t, &wide, cols);
		replace(t, 0, &wide, old);
		from = cols;
	}
	restack_screen(t, 0, &a, s, from);
	restack_screen(t, 1, &b, s, old);
	tabs_resize(t, old > cols ? old : cols, cols);
	settle(t, s);
	return true;
}
