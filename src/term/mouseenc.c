#include "term/engine.h"
#include "term/input.h"

#include "base/utf8.h"

/* xterm ctlseqs, "Mouse Tracking". */
enum { MOVED = 32 };

bool term_wants_mouse(const struct term *t)
{
	return mode_on(t, MODE_X10) || mode_on(t, MODE_M1000) || mode_on(t, MODE_M1002) ||
	       mode_on(t, MODE_M1003);
}

static unsigned button_code(enum term_button b)
{
	static const uint8_t codes[] = {3, 0, 1, 2, 64, 65, 66, 67, 128, 129, 130, 131};

	return codes[b];
}

static bool is_wheel(enum term_button b)
{
	return b >= BUTTON_WHEEL_UP && b <= BUTTON_WHEEL_RIGHT;
}

static bool wanted(const struct term *t, const struct term_mouse *m)
{
	if (mode_on(t, MODE_X10))
		return m->action == MOUSE_PRESS && m->button >= BUTTON_LEFT &&
		       m->button <= BUTTON_RIGHT;
	if (m->action == MOUSE_RELEASE && is_wheel(m->button))
		return false;
	if (m->action != MOUSE_MOVE)
		return m->button != BUTTON_NONE && term_wants_mouse(t);
	return mode_on(t, MODE_M1003) || (mode_on(t, MODE_M1002) && m->button != BUTTON_NONE);
}

static unsigned code(const struct term *t, const struct term_mouse *m, bool sgr)
{
	unsigned c = button_code(m->button);

	if (m->action == MOUSE_RELEASE && !sgr)
		c = 3;
	if (m->action == MOUSE_MOVE)
		c += MOVED;
	if (!mode_on(t, MODE_X10))
		c += (m->mods & MOD_SHIFT ? 4u : 0) + (m->mods & MOD_ALT ? 8u : 0) +
		     (m->mods & MOD_CTRL ? 16u : 0);
	return c;
}

static void sgr(const struct term *t, const struct term_mouse *m, bool pixels, struct buf *out)
{
	buf_printf(out, "\033[<%u;%u;%u%c", code(t, m, true), (pixels ? m->px : m->col) + 1,
		(pixels ? m->py : m->row) + 1, m->action == MOUSE_RELEASE ? 'm' : 'M');
}

static void one_value(struct buf *out, unsigned v, bool utf8)
{
	char tmp[4];

	if (utf8)
		buf_add(out, tmp, utf8_encode(v, tmp));
	else
		buf_putc(out, (char)v);
}

/* One byte a value: what does not fit is not told. */
static void bytes(const struct term *t, const struct term_mouse *m, struct buf *out)
{
	bool utf8 = mode_on(t, MODE_M1005);
	unsigned max = utf8 ? 2015 : 223;

	if (m->col + 1 > max || m->row + 1 > max)
		return;
	buf_puts(out, "\033[M");
	one_value(out, code(t, m, false) + 32, utf8);
	one_value(out, m->col + 33, utf8);
	one_value(out, m->row + 33, utf8);
}

/* Mode 1007: a wheel that nobody wants scrolls a full-screen program by its arrows. */
static void wheel_arrows(const struct term *t, const struct term_mouse *m, struct buf *out)
{
	static const char finals[] = "ABDC";

	if (on_primary(t) || !mode_on(t, MODE_ALTSCROLL) || m->action != MOUSE_PRESS ||
		!is_wheel(m->button))
		return;
	for (int i = 0; i < 3; i++)
		buf_printf(out, "\033%c%c", mode_on(t, MODE_DECCKM) ? 'O' : '[',
			finals[m->button - BUTTON_WHEEL_UP]);
}

void term_mouse(const struct term *t, const struct term_mouse *m, struct buf *out)
{
	if (!term_wants_mouse(t)) {
		wheel_arrows(t, m, out);
		return;
	}
	if (!wanted(t, m))
		return;
	if (mode_on(t, MODE_M1016) || mode_on(t, MODE_M1006))
		sgr(t, m, mode_on(t, MODE_M1016), out);
	else if (mode_on(t, MODE_M1015))
		buf_printf(out, "\033[%u;%u;%uM", code(t, m, false) + 32, m->col + 1, m->row + 1);
	else
		bytes(t, m, out);
}

void term_focus(const struct term *t, bool in, struct buf *out)
{
	if (mode_on(t, MODE_FOCUS))
		buf_puts(out, in ? "\033[I" : "\033[O");
}
