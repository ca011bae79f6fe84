#include <stdarg.h>

#include "term/engine.h"

/* SGR (ECMA-48 §8.3.117; xterm ctlseqs "CSI Pm m"; 4:x and 58 from kitty's
 * underlines; colours by ISO 8613-6 in the forms 38;5;n 38:5:n 38;2;r;g;b
 * 38:2:r:g:b and 38:2:space:r:g:b). */

static bool is_sub(const struct csi *c, unsigned i)
{
	return i < c->n && (c->sub >> i & 1);
}

/* How many subparameters follow parameter i. */
static unsigned subs(const struct csi *c, unsigned i)
{
	unsigned n = 0;

	while (is_sub(c, i + 1 + n))
		n++;
	return n;
}

static uint32_t rgb(unsigned r, unsigned g, unsigned b)
{
	return COLOR_RGB | (r & 255) << 16 | (g & 255) << 8 | (b & 255);
}

/* The colour behind 38, 48 or 58 at i; *used is how many parameters it took. */
static bool extended(const struct csi *c, unsigned i, uint32_t *color, unsigned *used)
{
	unsigned n = subs(c, i), kind = csi_param(c, i + 1), skip;

	*used = n;
	if (n) {				    /* colons */
		skip = kind == 2 && n >= 5 ? 1 : 0; /* the colour space, mostly empty */
		if (kind == 5 && n >= 2)
			*color = COLOR_INDEX | (csi_param(c, i + 2) & 255);
		else if (kind == 2 && n >= 4)
			*color = rgb(csi_param(c, i + 2 + skip), csi_param(c, i + 3 + skip),
				csi_param(c, i + 4 + skip));
		else
			return false;
		return true;
	}
	if (kind == 5 && i + 2 < c->n) {
		*used = 2;
		*color = COLOR_INDEX | (csi_param(c, i + 2) & 255);
		return true;
	}
	if (kind == 2 && i + 4 < c->n) {
		*used = 4;
		*color = rgb(csi_param(c, i + 2), csi_param(c, i + 3), csi_param(c, i + 4));
		return true;
	}
	*used = c->n; /* cut short: nothing that follows can be trusted */
	return false;
}

/* One we do not know is an underline still (ghostty, xterm.js). */
static void underline(struct style *s, unsigned kind)
{
	kind = kind > UL_DASHED ? UL_SINGLE : kind;
	s->attrs = (uint16_t)((s->attrs & ~ATTR_UL) | kind << ATTR_UL_SHIFT);
}

static void set_attr(struct style *s, unsigned bits, bool on)
{
	s->attrs = (uint16_t)(on ? s->attrs | bits : s->attrs & ~bits);
}

static void attribute(struct style *s, unsigned n)
{
	static const uint16_t on[] = {[1] = ATTR_BOLD,
		[2] = ATTR_FAINT,
		[3] = ATTR_ITALIC,
		[5] = ATTR_BLINK,
		[6] = ATTR_BLINK,
		[7] = ATTR_INVERSE,
		[8] = ATTR_INVISIBLE,
		[9] = ATTR_STRIKE};

	switch (n) {
	case 0:
		*s = (struct style){.attrs = s->attrs & ATTR_PROTECTED};
		break;
	case 21:
		underline(s, UL_DOUBLE);
		break;
	case 22:
		set_attr(s, ATTR_BOLD | ATTR_FAINT, false);
		break;
	case 24:
		underline(s, UL_NONE);
		break;
	case 23:
	case 25:
	case 27:
	case 28:
	case 29:
		set_attr(s, on[n - 20], false);
		break;
	case 53:
	case 55:
		set_attr(s, ATTR_OVERLINE, n == 53);
		break;
	default:
		if (n <= 9)
			set_attr(s, on[n], true);
	}
}

static void color(struct style *s, unsigned n)
{
	if (n >= 30 && n <= 37)
		s->fg = COLOR_INDEX | (n - 30);
	else if (n == 39)
		s->fg = 0;
	else if (n >= 40 && n <= 47)
		s->bg = COLOR_INDEX | (n - 40);
	else if (n == 49)
		s->bg = 0;
	else if (n == 59)
		s->ul = 0;
	else if (n >= 90 && n <= 97)
		s->fg = COLOR_INDEX | (n - 90 + 8);
	else if (n >= 100 && n <= 107)
		s->bg = COLOR_INDEX | (n - 100 + 8);
	else
		attribute(s, n);
}

/* Handles parameter i; returns how many behind it belong to it. */
static unsigned one(struct style *s, const struct csi *c, unsigned i)
{
	unsigned n = c->p[i], used = subs(c, i);
	uint32_t value;

	if (n == 38 || n == 48 || n == 58) {
		if (extended(c, i, &value, &used))
			*(n == 38 ? &s->fg : n == 48 ? &s->bg : &s->ul) = value;
	} else if (n == 4) {
		underline(s, used ? c->p[i + 1] : UL_SINGLE);
	} else if (!used) {
		color(s, n);
	}
	return used;
}

void sgr_apply(struct term *t, const struct csi *c)
{
	for (unsigned i = 0; i < c->n; i++)
		i += one(&t->cur.pen, c, i);
	t->cur.pen_state = PEN_STALE;
}

/* A text in a fixed array that is long enough for any style. */
struct out {
	char *p;
	size_t n, cap;
};

static __attribute__((format(printf, 2, 3))) void add(struct out *o, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is above */
	n = o->n < o->cap ? vsnprintf(o->p + o->n, o->cap - o->n, fmt, ap) : 0;
	va_end(ap);
	o->n += n > 0 ? (size_t)n : 0;
}

static void color_text(struct out *o, unsigned base, uint32_t c)
{
	if (color_is_rgb(c)) {
		add(o, ";%u:2::%u:%u:%u", base + 8, c >> 16 & 255, c >> 8 & 255, c & 255);
	} else if (color_is_index(c) && (c & 255) < 8 && base < 50) {
		add(o, ";%u", base + (c & 255));
	} else if (color_is_index(c) && (c & 255) < 16 && base < 50) {
		add(o, ";%u", base + 60 + (c & 255) - 8);
	} else if (color_is_index(c)) {
		add(o, ";%u:5:%u", base + 8, c & 255);
	}
}

size_t sgr_text(char *to, size_t cap, const struct style *s)
{
	static const struct {
		uint16_t bits;
		uint8_t n;
	} attrs[] = {{ATTR_BOLD, 1}, {ATTR_FAINT, 2}, {ATTR_ITALIC, 3}, {ATTR_UL, 4},
		{ATTR_BLINK, 5}, {ATTR_INVERSE, 7}, {ATTR_INVISIBLE, 8}, {ATTR_STRIKE, 9},
		{ATTR_OVERLINE, 53}};
	unsigned ul = (s->attrs & ATTR_UL) >> ATTR_UL_SHIFT;
	struct out o = {to, 0, cap};

	add(&o, "0");
	for (size_t i = 0; i < sizeof(attrs) / sizeof(*attrs); i++) {
		if (!(s->attrs & attrs[i].bits))
			continue;
		if (attrs[i].n == 4 && ul != UL_SINGLE)
			add(&o, ";4:%u", ul);
		else
			add(&o, ";%u", attrs[i].n);
	}
	color_text(&o, 30, s->fg);
	color_text(&o, 40, s->bg);
	color_text(&o, 50, s->ul);
	return o.n < cap ? o.n : cap - 1;
}
