#include <stdarg.h>

#include "term/engine.h"

/* Answers go out at once and in order, and hold nothing a guest chose
 * (contract/threats.md T7): numbers, our name, and the viewer's colours. */

void reply_bytes(struct term *t, struct str s)
{
	if (t->ev.reply && s.n)
		t->ev.reply(t->ev_ctx, s);
}

void reply(struct term *t, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is above */
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < sizeof(text))
		reply_bytes(t, str_n(text, (size_t)n));
}

/* DA1: a VT220-class terminal (62) with ANSI colour (22) and a clipboard (52).
 * DA2: VT220, version 10, as ghostty answers. DA3: unit 0. */
void report_da(struct term *t, const struct csi *c)
{
	if (csi_param(c, 0))
		return;
	if (c->prefix == '>')
		reply(t, "\033[>1;10;0c");
	else if (c->prefix == '=')
		reply(t, "\033P!|00000000\033\\");
	else
		reply(t, "\033[?62;22;52c");
}

void report_version(struct term *t)
{
	reply(t, "\033P>|%.*s\033\\", (int)t->identity.n, t->identity.p);
}

/* The page behind it is the VT420's; DA1 says that we are none (xterm at its level 2). */
static void cursor_position(struct term *t, bool dec)
{
	bool origin = mode_on(t, MODE_DECOM);
	unsigned y = t->cur.y - (origin ? t->top : 0u), x = t->cur.x - (origin ? t->left : 0u);

	reply(t, dec ? "\033[?%u;%uR" : "\033[%u;%uR", y + 1, x + 1);
}

static void report_scheme(struct term *t)
{
	reply(t, "\033[?997;%dn", t->dark ? 1 : 2);
}

/* DSR and its private forms (xterm ctlseqs "Device Status Report"). */
void report_dsr(struct term *t, const struct csi *c)
{
	unsigned n = csi_param(c, 0);

	if (!c->prefix) {
		if (n == 5)
			reply(t, "\033[0n");
		else if (n == 6)
			cursor_position(t, false);
		return;
	}
	switch (n) {
	case 6:
		cursor_position(t, true);
		break;
	case 15: /* no printer */
		reply(t, "\033[?13n");
		break;
	case 25: /* user-defined keys: locked */
		reply(t, "\033[?21n");
		break;
	case 26: /* keyboard: North American, ready, LK201 */
		reply(t, "\033[?27;1;0;0n");
		break;
	case 996:
		report_scheme(t);
		break;
	case 998:
		reply(t, "\033[?999;%dn", t->visible ? 1 : 2);
		break;
	}
}

/* DECREQTPARM: 9600 baud, no parity; the multiplier 1 as xterm says. */
void report_term_params(struct term *t, unsigned kind)
{
	if (kind <= 1)
		reply(t, "\033[%u;1;1;128;128;1;0x", kind + 2);
}

void report_size(struct term *t)
{
	reply(t, "\033[48;%u;%u;%u;%ut", t->rows, t->cols, t->rows * t->cell_h,
		t->cols * t->cell_w);
}

/* ---- the title stack ---- */

static void title_push(struct term *t)
{
	unsigned max = sizeof(t->title_stack) / sizeof(*t->title_stack);

	if (t->title_n == max)
		return;
	if (text_set(t, &t->title_stack[t->title_n], str_n(t->title.p, t->title.n), STRING_KEEP) ||
		!t->title.n)
		t->title_n++;
}

static void title_pop(struct term *t)
{
	struct text_field *top;

	if (!t->title_n)
		return;
	top = &t->title_stack[--t->title_n];
	if (text_set(t, &t->title, str_n(top->p, top->n), STRING_KEEP))
		t->changes |= TERM_CHANGED_TITLE;
	text_set(t, top, STR(""), 0);
}

/* XTWINOPS. Only what tells sizes, and the title stack: a title is never told,
 * since what is told comes back as typed input. */
void report_window(struct term *t, const struct csi *c)
{
	switch (csi_param(c, 0)) {
	case 14:
		reply(t, "\033[4;%u;%ut", t->rows * t->cell_h, t->cols * t->cell_w);
		break;
	case 16:
		reply(t, "\033[6;%u;%ut", t->cell_h, t->cell_w);
		break;
	case 18:
		reply(t, "\033[8;%u;%ut", t->rows, t->cols);
		break;
	case 19:
		reply(t, "\033[9;%u;%ut", t->rows, t->cols);
		break;
	case 22:
		if (csi_param(c, 1) != 1)
			title_push(t);
		break;
	case 23:
		if (csi_param(c, 1) != 1)
			title_pop(t);
		break;
	}
}

/* ---- DECRQCRA, in test builds (it reads the screen) ---- */

static unsigned checksum_cell(const struct term *t, cell_t c)
{
	unsigned sum = cell_is_cluster(c) ? 0 : cell_text(c),
		 attrs = t->styles.v[cell_style(c)].attrs;

	sum = sum ? sum : ' ';
	sum += attrs & ATTR_PROTECTED ? 4 : 0;
	sum += attrs & ATTR_INVISIBLE ? 8 : 0;
	sum += attrs & ATTR_UL ? 0x10 : 0;
	sum += attrs & ATTR_INVERSE ? 0x20 : 0;
	sum += attrs & ATTR_BLINK ? 0x40 : 0;
	sum += attrs & ATTR_BOLD ? 0x80 : 0;
	return sum;
}

static unsigned bound(unsigned value, unsigned fallback, unsigned max)
{
	value = value ? value : fallback;
	return value > max ? max : value;
}

/* xterm's checksum: the negated sum of the characters and their attributes; a place
 * where nothing was written counts as a blank at the beginning only. */
void report_checksum(struct term *t, const struct csi *c)
{
	bool origin = mode_on(t, MODE_DECOM);
	unsigned dy = origin ? t->top : 0u, dx = origin ? t->left : 0u, sum = 0;
	bool first = true;
	unsigned top = bound(csi_param(c, 2), 1, t->rows) + dy;
	unsigned left = bound(csi_param(c, 3), 1, t->cols) + dx;
	unsigned bottom = bound(csi_param(c, 4), t->rows, t->rows) + dy;
	unsigned right = bound(csi_param(c, 5), t->cols, t->cols) + dx;

	if (!t->checksum)
		return;
	for (unsigned y = top - 1; y < bottom && y < t->rows; y++)
		for (unsigned x = left - 1; x < right && x < t->cols; x++, first = false)
			if (first || row_at(t, y)->c[x])
				sum += checksum_cell(t, row_at(t, y)->c[x]);
	reply(t, "\033P%u!~%04X\033\\", csi_param(c, 0), (0u - sum) & 0xFFFF);
}
