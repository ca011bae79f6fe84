#include "term/engine.h"

/* CSI ? u, CSI > flags u, CSI < n u, CSI = flags ; how u
 * (sw.kovidgoyal.net/kitty/keyboard-protocol, "Progressive enhancement"). The
 * stack holds what was in use before each push; a full one loses its oldest. */

enum { ALL_FLAGS = 31 };

static void push(struct screen *s, unsigned flags)
{
	if (s->kitty_n == KITTY_DEPTH) {
		memmove(s->kitty, s->kitty + 1, KITTY_DEPTH - 1);
		s->kitty_n--;
	}
	s->kitty[s->kitty_n++] = s->kitty_now;
	s->kitty_now = (uint8_t)flags;
}

static void pop(struct screen *s, unsigned n)
{
	for (; n && s->kitty_n; n--)
		s->kitty_now = s->kitty[--s->kitty_n];
	if (n)
		s->kitty_now = 0;
}

static void set(struct screen *s, unsigned flags, unsigned how)
{
	if (how == 1)
		s->kitty_now = (uint8_t)flags;
	else if (how == 2)
		s->kitty_now |= (uint8_t)flags;
	else if (how == 3)
		s->kitty_now &= (uint8_t)~flags;
}

void kitty_keys(struct term *t, const struct csi *c)
{
	unsigned flags = csi_param(c, 0);

	if (c->prefix == '?') {
		reply(t, "\033[?%uu", t->scr->kitty_now);
		return;
	}
	if (c->prefix == '<')
		pop(t->scr, csi_count(c, 0));
	else if (flags > ALL_FLAGS)
		return;
	else if (c->prefix == '>')
		push(t->scr, flags);
	else
		set(t->scr, flags, csi_count(c, 1));
	t->changes |= TERM_CHANGED_MODES;
}
