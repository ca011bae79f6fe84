#include "term/engine.h"

/* What a mode does when set or reset, besides being remembered. */
enum effect {
	FX_NONE,
	FX_CHANGED, /* keys, mouse or paste: the session wants to know */
	FX_CLAIM,   /* FX_CHANGED, and only one of its group can be on */
	FX_COLUMNS,
	FX_ORIGIN,
	FX_REPAINT,
	FX_MARGINS,
	FX_KEYPAD,
	FX_ALT47,
	FX_ALT1047,
	FX_SAVE,
	FX_ALT1049,
	FX_SIZES,
};

enum group { NO_GROUP, GROUP_MOUSE, GROUP_FORMAT };

/* In place of ansi: not for programs to set, save or ask for by a number. */
enum { NO_NUMBER = 2 };

/* In the order of enum mode. Sources: xterm ctlseqs "DEC Private Mode Set"; 2026
 * gist christianparpart/d8a62cc1ab659194337d73e399004036; 2027 the same author's
 * terminal-unicode-core; 2031 contour's color-palette-update-notifications; 2048
 * gist rockorager/e695fb2924d36b2bcf1fff4a3704bd83. */
static const struct mode_info {
	uint16_t number;
	uint8_t ansi, set_at_start, effect, group;
} info[] = {
	[MODE_DECCKM] = {1, 0, 0, FX_CHANGED, 0},
	[MODE_DECCOLM] = {3, 0, 0, FX_COLUMNS, 0},
	[MODE_DECSCLM] = {4, 0, 0, FX_NONE, 0},
	[MODE_DECSCNM] = {5, 0, 0, FX_REPAINT, 0},
	[MODE_DECOM] = {6, 0, 0, FX_ORIGIN, 0},
	[MODE_DECAWM] = {7, 0, 1, FX_NONE, 0},
	[MODE_DECARM] = {8, 0, 0, FX_NONE, 0},
	[MODE_X10] = {9, 0, 0, FX_CLAIM, GROUP_MOUSE},
	[MODE_BLINK] = {12, 0, 0, FX_NONE, 0},
	[MODE_DECTCEM] = {25, 0, 1, FX_NONE, 0},
	[MODE_ALLOW_COLM] = {40, 0, 0, FX_NONE, 0},
	[MODE_REVWRAP] = {45, 0, 0, FX_NONE, 0},
	[MODE_ALT47] = {47, 0, 0, FX_ALT47, 0},
	[MODE_DECNKM] = {66, 0, 0, FX_KEYPAD, 0},
	[MODE_DECBKM] = {67, 0, 0, FX_CHANGED, 0},
	[MODE_DECLRMM] = {69, 0, 0, FX_MARGINS, 0},
	[MODE_M1000] = {1000, 0, 0, FX_CLAIM, GROUP_MOUSE},
	[MODE_M1002] = {1002, 0, 0, FX_CLAIM, GROUP_MOUSE},
	[MODE_M1003] = {1003, 0, 0, FX_CLAIM, GROUP_MOUSE},
	[MODE_FOCUS] = {1004, 0, 0, FX_CHANGED, 0},
	[MODE_M1005] = {1005, 0, 0, FX_CLAIM, GROUP_FORMAT},
	[MODE_M1006] = {1006, 0, 0, FX_CLAIM, GROUP_FORMAT},
	[MODE_ALTSCROLL] = {1007, 0, 1, FX_CHANGED, 0},
	[MODE_M1015] = {1015, 0, 0, FX_CLAIM, GROUP_FORMAT},
	[MODE_M1016] = {1016, 0, 0, FX_CLAIM, GROUP_FORMAT},
	[MODE_NUMLOCK] = {1035, 0, 1, FX_CHANGED, 0},
	[MODE_META_ESC] = {1036, 0, 1, FX_CHANGED, 0},
	[MODE_ALT_ESC] = {1039, 0, 0, FX_CHANGED, 0},
	[MODE_REVWRAP2] = {1045, 0, 0, FX_NONE, 0},
	[MODE_ALT1047] = {1047, 0, 0, FX_ALT1047, 0},
	[MODE_SAVE1048] = {1048, 0, 0, FX_SAVE, 0},
	[MODE_ALT1049] = {1049, 0, 0, FX_ALT1049, 0},
	[MODE_PASTE] = {2004, 0, 0, FX_CHANGED, 0},
	[MODE_SYNC] = {2026, 0, 0, FX_NONE, 0},
	[MODE_CLUSTERS] = {2027, 0, 1, FX_NONE, 0},
	[MODE_SCHEME] = {2031, 0, 0, FX_CHANGED, 0},
	[MODE_VISIBLE] = {2033, 0, 0, FX_CHANGED, 0},
	[MODE_SIZES] = {2048, 0, 0, FX_SIZES, 0},
	[MODE_KAM] = {2, 1, 0, FX_CHANGED, 0},
	[MODE_IRM] = {4, 1, 0, FX_NONE, 0},
	[MODE_SRM] = {12, 1, 1, FX_NONE, 0},
	[MODE_LNM] = {20, 1, 0, FX_CHANGED, 0},
	[MODE_GUARDED] = {0, NO_NUMBER, 0, FX_NONE, 0},
};
_Static_assert(sizeof(info) / sizeof(*info) == MODES, "each mode has its line");
_Static_assert(MODES <= 64, "modes are a set of 64 bits");

static int find(unsigned number, bool ansi)
{
	for (int m = 0; m < MODES; m++)
		if (info[m].number == number && info[m].ansi == ansi)
			return m;
	return -1;
}

void modes_reset(struct term *t)
{
	t->modes = 0;
	for (int m = 0; m < MODES; m++)
		mode_put(t, (enum mode)m, info[m].set_at_start);
	t->modes_saved = t->modes;
}

/* ---- effects ---- */

/* 80 or 132 columns, a clear screen, no margins (STD070 §5). The owner hears of the new size
 * and may set it back. */
void modes_columns(struct term *t, bool wide)
{
	if (!resize_to(t, wide ? 132 : 80, t->rows, false))
		return;
	margins_reset(t);
	edit_erase_display(t, 2, false);
	cursor_to(t, 1, 1);
	if (mode_on(t, MODE_SIZES))
		report_size(t);
	if (t->ev.resized)
		t->ev.resized(t->ev_ctx, t->cols, t->rows);
}

/* DECCOLM, where mode 40 allows it */
static void set_columns(struct term *t, bool wide)
{
	if (mode_on(t, MODE_ALLOW_COLM))
		modes_columns(t, wide);
	else
		mode_put(t, MODE_DECCOLM, false);
}

static void leave_alternate(struct term *t, bool clear)
{
	if (clear && !on_primary(t))
		edit_erase_display(t, 2, false);
	screen_switch(t, false);
}

static void enter_1049(struct term *t)
{
	cursor_save(t);
	screen_switch(t, true);
	edit_erase_display(t, 2, false);
}

static void leave_1049(struct term *t)
{
	screen_switch(t, false);
	cursor_restore(t);
}

static void claim(struct term *t, enum mode m, bool on)
{
	unsigned group = info[m].group;

	for (int i = 0; i < MODES; i++)
		if (info[i].group == group && (on || group == GROUP_MOUSE))
			mode_put(t, (enum mode)i, on && i == (int)m);
}

static void set_saved(struct term *t, bool on)
{
	if (on)
		cursor_save(t);
	else
		cursor_restore(t);
}

static void set_alt(struct term *t, enum effect fx, bool on)
{
	if (fx == FX_ALT1049 && on)
		enter_1049(t);
	else if (fx == FX_ALT1049)
		leave_1049(t);
	else if (on)
		screen_switch(t, true);
	else
		leave_alternate(t, fx == FX_ALT1047);
}

static void effect(struct term *t, enum mode m, bool on)
{
	enum effect fx = (enum effect)info[m].effect;

	switch (fx) {
	case FX_NONE:
		break;
	case FX_CHANGED:
		t->changes |= TERM_CHANGED_MODES;
		break;
	case FX_CLAIM:
		claim(t, m, on);
		t->changes |= TERM_CHANGED_MODES;
		break;
	case FX_COLUMNS:
		set_columns(t, on);
		break;
	case FX_ORIGIN:
		cursor_to(t, 1, 1);
		break;
	case FX_REPAINT:
		screen_all_dirty(t);
		break;
	case FX_MARGINS:
		t->left = on ? t->left : 0;
		t->right = on ? t->right : (uint16_t)(t->cols - 1);
		break;
	case FX_KEYPAD:
		t->keypad_app = on;
		t->changes |= TERM_CHANGED_MODES;
		break;
	case FX_ALT47:
	case FX_ALT1047:
	case FX_ALT1049:
		set_alt(t, fx, on);
		break;
	case FX_SAVE:
		set_saved(t, on);
		break;
	case FX_SIZES:
		if (on)
			report_size(t);
		break;
	}
}

static void put(struct term *t, enum mode m, bool on)
{
	mode_put(t, m, on);
	effect(t, m, on);
}

/* ---- SM, RM, DECSET, DECRST, XTSAVE, XTRESTORE, DECRQM ---- */

void modes_set(struct term *t, const struct csi *c, bool on)
{
	for (unsigned i = 0; i < c->n; i++) {
		int m = find(c->p[i], c->prefix != '?');

		if (m >= 0)
			put(t, (enum mode)m, on);
	}
}

void modes_save(struct term *t, const struct csi *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		int m = find(c->p[i], false);
		uint64_t bit = UINT64_C(1) << (m < 0 ? 0 : m);

		if (m >= 0)
			t->modes_saved = (t->modes_saved & ~bit) | (t->modes & bit);
	}
}

void modes_restore(struct term *t, const struct csi *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		int m = find(c->p[i], false);

		if (m >= 0)
			put(t, (enum mode)m, t->modes_saved >> m & 1);
	}
}

static bool shown_as_set(const struct term *t, int m)
{
	if (m == MODE_ALT47 || m == MODE_ALT1047 || m == MODE_ALT1049)
		return !on_primary(t);
	return mode_on(t, (enum mode)m);
}

void modes_report(struct term *t, const struct csi *c)
{
	int m = find(csi_param(c, 0), c->prefix != '?');
	int state = m < 0 ? 0 : shown_as_set(t, m) ? 1 : 2;

	reply(t, "\033[%s%u;%d$y", c->prefix == '?' ? "?" : "", csi_param(c, 0), state);
}

bool term_mode(const struct term *t, unsigned number, bool ansi)
{
	int m = find(number, ansi);

	return m >= 0 && mode_on(t, (enum mode)m);
}

size_t term_modes(const struct term *t, bool ansi, uint16_t *numbers, size_t max)
{
	size_t n = 0;

	for (int m = 0; m < MODES; m++)
		if (info[m].ansi == ansi && mode_on(t, (enum mode)m) && n < max)
			numbers[n++] = info[m].number;
	return n;
}
