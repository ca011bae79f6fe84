#include "term/engine.h"

/* A hold is counted from the first frame that was refused, and over several
 * updates, so that a program that is always inside one is still shown. */
static bool held(struct term *t, int64_t now)
{
	if (!mode_on(t, MODE_SYNC))
		return false;
	if (!t->want_frame) {
		t->want_frame = true;
		t->hold_since = now;
	}
	return now - t->hold_since < TERM_SYNC_LIMIT_MS;
}

bool term_frame(struct term *t, int64_t now, struct term_frame *f)
{
	if (held(t, now))
		return false;
	*f = (struct term_frame){.all = t->all_dirty || t->scrolled >= t->rows,
		.scrolled = t->scrolled < t->rows ? t->scrolled : 0,
		.changes = t->changes,
		.cols = t->cols,
		.rows = t->rows,
		.alternate = term_alternate(t),
		.first_row = term_first_row(t),
		.screen_row = term_screen_row(t),
		.cursor = term_cursor(t),
		.title = term_title(t),
		.cwd = term_cwd(t),
		.progress = term_progress(t)};
	return true;
}

bool term_row_dirty(const struct term *t, unsigned row)
{
	return row < t->rows && (row_at(t, row)->flags & ROW_DIRTY);
}

void term_frame_done(struct term *t)
{
	t->want_frame = false;
	t->all_dirty = false;
	t->scrolled = 0;
	t->changes = 0;
	for (unsigned y = 0; y < t->rows; y++)
		row_at(t, y)->flags &= (uint8_t)~ROW_DIRTY;
}
