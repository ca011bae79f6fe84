#include "term/engine.h"

/* Strings: OSC, DCS, APC, and SOS and PM, which are skipped. All are gathered up to
 * a bound and done at their end. */

void string_begin(struct term *t, enum string_kind kind)
{
	t->ps.state = ST_STRING;
	t->ps.string = (uint8_t)kind;
	t->ps.string_lost = t->ps.string_c2 = false;
	t->ps.buf_n = 0;
}

static struct str so_far(const struct parser *ps)
{
	return str_n(ps->buf ? ps->buf : "", ps->buf_n);
}

/* Only a clipboard may be long, raw or in tmux's passthrough. */
static uint32_t string_limit(const struct parser *ps)
{
	struct str s = so_far(ps);

	if (ps->string == STRING_OSC && str_starts(s, STR("52;")))
		return LONG_STRING_MAX;
	if (ps->string == STRING_DCS && str_starts(s, STR("tmux;")))
		return LONG_STRING_MAX + 64;
	return ps->string == STRING_APC ? STRING_KEEP : STRING_MAX;
}

static bool string_room(struct term *t, uint32_t more)
{
	struct parser *ps = &t->ps;
	uint32_t need = ps->buf_n + more, limit = string_limit(ps), to = ps->buf_cap;
	char *p;

	if (need > limit || ps->string_lost)
		return false;
	if (need <= ps->buf_cap)
		return true;
	while (to < need)
		to = to ? to * 2 : 256;
	p = tmem_resize(&t->mem, ps->buf, ps->buf_cap, to);
	if (!p)
		return false;
	ps->buf = p;
	ps->buf_cap = to;
	return true;
}

/* Of a kitty picture (APC) only the beginning matters; any other string that is
 * too long is lost whole. */
static void string_put(struct term *t, const uint8_t *p, size_t n)
{
	struct parser *ps = &t->ps;

	if (ps->string == STRING_APC && n > STRING_KEEP - ps->buf_n)
		n = STRING_KEEP - ps->buf_n;
	if (n > LONG_STRING_MAX || !string_room(t, (uint32_t)n)) {
		ps->string_lost = true;
		return;
	}
	if (n)
		memcpy(ps->buf + ps->buf_n, p, n);
	ps->buf_n += (uint32_t)n;
}

/* The first bytes say how long the string may be: they go in first, so that the
 * pieces in which it comes make no difference. */
static void string_add(struct term *t, const uint8_t *p, size_t n)
{
	struct parser *ps = &t->ps;
	size_t head = ps->buf_n < 8 ? 8 - ps->buf_n : 0;

	if (ps->string == STRING_SKIP)
		return;
	if (head && head < n) {
		string_put(t, p, head);
		p += head;
		n -= head;
	}
	if (!ps->string_lost)
		string_put(t, p, n);
}

static void string_free(struct term *t)
{
	struct parser *ps = &t->ps;

	ps->buf_n = 0;
	if (ps->buf_cap <= STRING_KEEP)
		return;
	tmem_free(&t->mem, ps->buf, ps->buf_cap);
	ps->buf = NULL;
	ps->buf_cap = 0;
}

static void string_end(struct term *t, bool bel)
{
	struct parser *ps = &t->ps;
	struct str s = so_far(ps);

	ps->state = ST_GROUND;
	t->last_char = 0;
	if (ps->string == STRING_OSC && !ps->string_lost)
		osc_dispatch(t, s, bel);
	else if (ps->string == STRING_DCS && !ps->string_lost)
		dcs_dispatch(t, s);
	else if (ps->string == STRING_APC)
		apc_dispatch(t, s);
	string_free(t);
}

static void string_abort(struct term *t)
{
	t->ps.state = ST_GROUND;
	string_free(t);
}

void parser_fini(struct term *t)
{
	tmem_free(&t->mem, t->ps.buf, t->ps.buf_cap);
	t->ps.buf = NULL;
	t->ps.buf_cap = 0;
}

static void string_byte(struct term *t, uint8_t c)
{
	struct parser *ps = &t->ps;
	bool c2 = ps->string_c2;

	ps->string_c2 = c == 0xC2;
	if (c == 0x1B) {
		ps->state = ST_STR_ESC;
	} else if (c == 0x18 || c == 0x1A) {
		string_abort(t);
	} else if (c == 0x07 && ps->string == STRING_OSC) {
		string_end(t, true);
	} else if (c == 0x9C && c2) { /* U+009C, a C1 ST */
		ps->buf_n -= ps->buf_n && !ps->string_lost && ps->string != STRING_SKIP;
		string_end(t, false);
	} else if (c >= 0x20 || ps->string == STRING_DCS || ps->string == STRING_APC) {
		string_add(t, &c, 1);
	}
}

/* Takes the run of bytes that mean nothing to a string's end. */
size_t string_run(struct term *t, const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= 0x20 && p[i] < 0xC2)
		i++;
	if (i && t->ps.string_c2 && p[0] == 0x9C)
		i = 0;
	if (i) {
		t->ps.string_c2 = false;
		string_add(t, p, i);
		return i;
	}
	string_byte(t, p[0]);
	return 1;
}

/* The byte behind an ESC inside a string: ST ends it, and so does any other
 * sequence, which then runs: true. In tmux's passthrough each ESC is doubled. */
bool string_esc(struct term *t, uint8_t c)
{
	struct parser *ps = &t->ps;
	static const uint8_t esc = 0x1B;

	if (c == 0x1B && ps->string == STRING_DCS && str_starts(so_far(ps), STR("tmux;"))) {
		ps->state = ST_STRING;
		string_add(t, &esc, 1);
		return false;
	}
	if (c == 0x18 || c == 0x1A) {
		string_abort(t);
		return false;
	}
	string_end(t, false);
	return c != '\\';
}
