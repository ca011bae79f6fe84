#include "term/colorname.h"
#include "term/engine.h"

/* OSC 4 10 11 12 104 110 111 112 (xterm ctlseqs "Operating System Commands").
 * A colour is "#" and 3, 6, 9 or 12 hex digits, "rgb:r/g/b" with 1-4 each, or a name. */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n hex digits as a value of 8 bits; scaled, as XParseColor does for rgb:. */
static int channel(struct str s, bool scale)
{
	unsigned v = 0, max;

	if (!s.n || s.n > 4)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (hex(s.p[i]) < 0)
			return -1;
		v = v << 4 | (unsigned)hex(s.p[i]);
	}
	max = (1u << (4 * s.n)) - 1;
	if (scale)
		return (int)((v * 255 + max / 2) / max);
	return (int)(s.n == 1 ? v << 4 : s.n == 2 ? v : v >> (4 * s.n - 8));
}

static bool parse_color(struct str s, uint32_t *rgb)
{
	bool slash = str_starts(s, STR("rgb:"));
	struct str rest = str_from(s, slash ? 4 : 1), piece;
	int c[3];

	if (!slash && (!s.n || s.p[0] != '#'))
		return colorname_find(s, rgb);
	if (!slash && (rest.n % 3 || rest.n > 12))
		return false;
	for (int i = 0; i < 3; i++) {
		if (slash && !str_split(&rest, '/', &piece))
			return false;
		if (!slash)
			piece = str_n(s.p + 1 + (size_t)i * rest.n / 3, rest.n / 3);
		c[i] = channel(piece, slash);
		if (c[i] < 0)
			return false;
	}
	*rgb = (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | (uint32_t)c[2];
	return !slash || !rest.p;
}

/* xterm's default: 16 colours, a cube of 6×6×6, 24 greys. */
static uint32_t default_color(unsigned i)
{
	static const uint32_t base[16] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE,
		0xCD00CD, 0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF,
		0xFF00FF, 0x00FFFF, 0xFFFFFF};
	static const uint8_t level[6] = {0, 95, 135, 175, 215, 255};
	unsigned grey = 8 + 10 * (i - 232);

	if (i < 16)
		return base[i];
	if (i >= 232)
		return grey << 16 | grey << 8 | grey;
	i -= 16;
	return (uint32_t)level[i / 36] << 16 | (uint32_t)level[i / 6 % 6] << 8 | level[i % 6];
}

uint32_t term_palette(const struct term *t, unsigned i)
{
	return t->pal.indexed ? t->pal.indexed[i & 255] : default_color(i & 255);
}

int32_t term_dynamic_color(const struct term *t, unsigned which)
{
	uint32_t c = which < DYNAMICS ? t->pal.dynamic[which] : 0;

	return c & PALETTE_SET ? (int32_t)(c & 0xFFFFFF) : -1;
}

void palette_fini(struct term *t)
{
	tmem_free(&t->mem, t->pal.indexed, 256 * sizeof(uint32_t));
	t->pal.indexed = NULL;
}

void palette_reset(struct term *t)
{
	palette_fini(t);
	for (int i = 0; i < DYNAMICS; i++)
		t->pal.dynamic[i] = 0;
	t->changes |= TERM_CHANGED_COLORS;
}

static void set_indexed(struct term *t, unsigned i, uint32_t rgb)
{
	if (!t->pal.indexed) {
		uint32_t *p = tmem_alloc(&t->mem, 256 * sizeof(*p));

		if (!p)
			return;
		for (unsigned k = 0; k < 256; k++)
			p[k] = default_color(k);
		t->pal.indexed = p;
	}
	t->pal.indexed[i] = rgb;
	t->changes |= TERM_CHANGED_COLORS;
}

static void tell(struct term *t, const char *what, uint32_t c, bool bel)
{
	unsigned r = c >> 16 & 255, g = c >> 8 & 255, b = c & 255;

	reply(t, "\033]%s;rgb:%02x%02x/%02x%02x/%02x%02x%s", what, r, r, g, g, b, b,
		bel ? "\a" : "\033\\");
}

static bool number(struct str s, unsigned *n)
{
	*n = 0;
	if (!s.n || s.n > 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*n = *n * 10 + (unsigned)(s.p[i] - '0');
	}
	return true;
}

static void indexed(struct term *t, struct str s, bool bel)
{
	struct str index, spec;
	char what[16];
	uint32_t rgb;
	unsigned i;

	while (str_split(&s, ';', &index) && str_split(&s, ';', &spec)) {
		if (!number(index, &i) || i > 255)
			continue;
		if (str_eqz(spec, "?")) {
			snprintf(what, sizeof(what), "4;%u", i);
			tell(t, what, term_palette(t, i), bel);
		} else if (parse_color(spec, &rgb)) {
			set_indexed(t, i, rgb);
		}
	}
}

static void reset_indexed(struct term *t, struct str s)
{
	struct str index;
	unsigned i;

	if (!s.n) {
		palette_fini(t);
		t->changes |= TERM_CHANGED_COLORS;
		return;
	}
	while (str_split(&s, ';', &index))
		if (number(index, &i) && i < 256 && t->pal.indexed)
			set_indexed(t, i, default_color(i));
}

/* The colour in use. The cursor's falls back to the text's; what nobody told is light grey
 * on black or black on white: a program that asks waits for an answer. */
static uint32_t dynamic_now(const struct term *t, unsigned which)
{
	uint32_t c = t->pal.dynamic[which];

	if (!(c & PALETTE_SET))
		c = t->pal.initial[which];
	if (c & PALETTE_SET)
		return c & 0xFFFFFF;
	if (which == DYNAMIC_CURSOR)
		return dynamic_now(t, DYNAMIC_FG);
	if ((which == DYNAMIC_BG) == t->dark)
		return 0x000000;
	return which == DYNAMIC_BG ? 0xFFFFFF : 0xE5E5E5;
}

/* OSC 10 and on: each further value belongs to the next number. */
static void dynamics(struct term *t, unsigned n, struct str s, bool bel)
{
	struct str spec;
	char what[8];
	uint32_t rgb;

	for (; n < 10 + DYNAMICS && str_split(&s, ';', &spec); n++) {
		if (str_eqz(spec, "?")) {
			snprintf(what, sizeof(what), "%u", n);
			tell(t, what, dynamic_now(t, n - 10), bel);
		} else if (parse_color(spec, &rgb)) {
			t->pal.dynamic[n - 10] = rgb | PALETTE_SET;
			t->changes |= TERM_CHANGED_COLORS;
		}
	}
}

void palette_osc(struct term *t, unsigned n, struct str s, bool bel)
{
	if (n == 4)
		indexed(t, s, bel);
	else if (n == 104)
		reset_indexed(t, s);
	else if (n < 10 + DYNAMICS)
		dynamics(t, n, s, bel);
	else if (n >= 110 && n < 110 + DYNAMICS) {
		t->pal.dynamic[n - 110] = 0;
		t->changes |= TERM_CHANGED_COLORS;
	}
}

static uint32_t told(int32_t rgb)
{
	return rgb < 0 ? 0 : (uint32_t)rgb | PALETTE_SET;
}

void term_viewer_colors(struct term *t, int32_t fg, int32_t bg, int32_t cursor, bool dark)
{
	t->pal.initial[DYNAMIC_FG] = told(fg);
	t->pal.initial[DYNAMIC_BG] = told(bg);
	t->pal.initial[DYNAMIC_CURSOR] = told(cursor);
	if (t->dark != dark && mode_on(t, MODE_SCHEME))
		reply(t, "\033[?997;%dn", dark ? 1 : 2);
	t->dark = dark;
}

void term_viewer_visible(struct term *t, bool visible)
{
	if (t->visible != visible && mode_on(t, MODE_VISIBLE))
		reply(t, "\033[?999;%dn", visible ? 1 : 2);
	t->visible = visible;
}
