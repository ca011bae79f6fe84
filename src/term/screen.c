#include "term/engine.h"

bool screen_init(struct screen *s, struct tmem *m, unsigned cols, unsigned rows)
{
	*s = (struct screen){0};
	s->rows = tmem_zalloc(m, rows * sizeof(*s->rows));
	s->cells = tmem_zalloc(m, (size_t)cols * rows * sizeof(*s->cells));
	if (!s->rows || !s->cells) {
		screen_fini(s, m, cols, rows);
		return false;
	}
	for (unsigned y = 0; y < rows; y++) {
		s->rows[y].c = s->cells + (size_t)y * cols;
		s->rows[y].flags = ROW_DIRTY;
	}
	return true;
}

void screen_fini(struct screen *s, struct tmem *m, unsigned cols, unsigned rows)
{
	tmem_free(m, s->rows, rows * sizeof(*s->rows));
	tmem_free(m, s->cells, (size_t)cols * rows * sizeof(*s->cells));
	s->rows = NULL;
	s->cells = NULL;
}

void screen_all_dirty(struct term *t)
{
	t->all_dirty = true;
}

void screen_clear(struct term *t, struct screen *s)
{
	struct screen *shown = t->scr;

	t->scr = s;
	for (unsigned y = 0; y < t->rows; y++)
		grid_clear_row(t, row_at(t, y));
	t->scr = shown;
}

/* The cursor is one for both screens, as in xterm; what DECSC saved is not. */
void screen_switch(struct term *t, bool alt)
{
	if (alt == !on_primary(t))
		return;
	t->scr->left = t->cur.at;
	t->scr = &t->screens[alt];
	t->scr->left = (struct place){0};
	if (!alt) { /* whichever of them it was that showed it */
		mode_put(t, MODE_ALT47, false);
		mode_put(t, MODE_ALT1047, false);
		mode_put(t, MODE_ALT1049, false);
	}
	t->cur.link = 0;
	t->cur.pen_state = PEN_STALE;
	t->changes |= TERM_CHANGED_SCREEN;
	screen_all_dirty(t);
}

static void cursor_reset(struct term *t)
{
	t->cur = (struct cursor){0};
	t->cursor_style = TERM_CURSOR_BLOCK;
}

static void keys_reset(struct term *t)
{
	for (int i = 0; i < 2; i++) {
		t->screens[i].kitty_n = 0;
		t->screens[i].kitty_now = 0;
	}
	t->modify_other = 0;
	t->keypad_app = false;
}

/* RIS: everything but size, cell size and what the owner told us. The columns of DECCOLM are
 * no size of the owner's and go (xterm). */
void screen_reset(struct term *t)
{
	bool wide = mode_on(t, MODE_DECCOLM) && t->cols == 132; /* not set back by the owner */

	modes_reset(t);
	cursor_reset(t);
	margins_reset(t);
	tabs_reset(t);
	keys_reset(t);
	palette_reset(t);
	screen_switch(t, false);
	screen_clear(t, &t->screens[0]);
	screen_clear(t, &t->screens[1]);
	t->screens[0].saved = t->screens[1].saved = (struct saved_cursor){0};
	t->screens[0].left = t->screens[1].left = (struct place){0};
	scrollback_clear(&t->hist, &t->mem);
	text_set(t, &t->title, STR(""), 0);
	text_set(t, &t->icon, STR(""), 0);
	text_set(t, &t->cwd, STR(""), 0);
	while (t->title_n)
		text_set(t, &t->title_stack[--t->title_n], STR(""), 0);
	notice_forget(t);
	t->progress = (struct term_progress){0};
	t->last_char = 0;
	t->saw_prepend = false;
	t->changes |= TERM_CHANGED_TITLE | TERM_CHANGED_CWD | TERM_CHANGED_PROGRESS |
		      TERM_CHANGED_MODES | TERM_CHANGED_HISTORY;
	screen_all_dirty(t);
	if (wide)
		modes_columns(t, false);
}

/* DECSTR (DEC STD 070 §9; xterm's ReallyReset): modes, margins, pen, charsets and
 * the saved cursor; neither text nor the cursor's place. */
void screen_soft_reset(struct term *t)
{
	mode_put(t, MODE_DECTCEM, true);
	mode_put(t, MODE_DECOM, false);
	mode_put(t, MODE_IRM, false);
	mode_put(t, MODE_DECCKM, false);
	mode_put(t, MODE_KAM, false);
	mode_put(t, MODE_DECNKM, false);
	mode_put(t, MODE_DECLRMM, false);
	mode_put(t, MODE_DECAWM, true);
	mode_put(t, MODE_REVWRAP, false);
	mode_put(t, MODE_REVWRAP2, false);
	mode_put(t, MODE_GUARDED, false);
	margins_reset(t);
	keys_reset(t);
	t->cur.pen = (struct style){0};
	t->cur.pen_state = PEN_STALE;
	t->cur.sets = (struct charsets){0};
	t->cursor_style = TERM_CURSOR_BLOCK;
	mode_put(t, MODE_BLINK, false);
	t->scr->saved = (struct saved_cursor){0};
	t->changes |= TERM_CHANGED_MODES;
}

/* DECALN: margins and origin go, the screen is full of E. */
void screen_align(struct term *t)
{
	margins_reset(t);
	mode_put(t, MODE_DECOM, false);
	cursor_to(t, 1, 1);
	for (unsigned y = 0; y < t->rows; y++) {
		struct row *r = row_at(t, y);

		r->flags = ROW_DIRTY;
		r->mark = 0;
		for (unsigned x = 0; x < t->cols; x++)
			r->c[x] = 'E';
		r->used = t->cols;
	}
}
