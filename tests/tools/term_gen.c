#include "tools/term_gen.h"

#include <stdio.h>

/* splitmix64 */
static uint64_t next(struct gen *g)
{
	uint64_t z = g->seed += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

uint32_t gen_random(struct gen *g, uint32_t below)
{
	return (uint32_t)((next(g) >> 32) % below);
}

static unsigned small(struct gen *g)
{
	static const unsigned odd[] = {1, 1, 2, 2, 3, 4, 5, 8, 9, 10, 40, 100, 300, 65535, 99999};

	if (gen_random(g, 3))
		return 1 + gen_random(g, g->rows);
	return odd[gen_random(g, sizeof(odd) / sizeof(*odd))];
}

static unsigned column(struct gen *g)
{
	return gen_random(g, 12) ? 1 + gen_random(g, g->cols) : gen_random(g, 300);
}

static void ascii(struct gen *g, struct buf *out)
{
	unsigned n = 1 + gen_random(g, gen_random(g, 6) ? 8 : g->cols + 10);

	for (unsigned i = 0; i < n; i++)
		buf_putc(out, (char)(gen_random(g, 5) ? 'a' + gen_random(g, 26)
						      : 0x20 + gen_random(g, 95)));
}

static void unicode(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"日", "本", "語", "한", "é", "ß", "я", "e\xcc\x81",
		"a\xcc\x80\xcc\x81", "👍", "👍🏽", "👩‍👩‍👧", "❤️", "❤", "🇩🇪",
		"🇩", "─", "█", "\xcc\x81", "☺️", "ｱ", "Ａ", "각", "ㄱ",
		"\xe1\x84\x80\xe1\x85\xa1", "🏳️‍🌈", "\xc2\xad", "नि", "\xe2\x80\x8b",
		"1️⃣", "#️⃣", "☕", "ä", "😀😀", "ｶﾞ", "ไทย",
		"\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf", "\xe2\x80\x8d"};
	size_t kinds = sizeof(bits) / sizeof(*bits) - (g->flags & GEN_AGREED ? 1 : 0);
	unsigned n = 1 + gen_random(g, 4);

	if (g->flags & GEN_AGREED && g->flags & GEN_CHARSETS) /* there they reach beyond ASCII */
		buf_puts(out, "\033(B\017");
	for (unsigned i = 0; i < n; i++)
		buf_puts(out, bits[gen_random(g, (uint32_t)kinds)]);
}

static void sgr(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"0", "1", "2", "3", "4", "4:3", "5", "7", "8", "9", "21",
		"22", "23", "24", "25", "27", "28", "29", "31", "39", "42", "49", "53", "55", "93",
		"101", "38;5;200", "48;5;17", "38;2;1;2;3", "48:2::4:5:6", "58:5:9", "59",
		"38:2:7:8:9", "4:0", "0", "58;2;9;8;7", "4:5"};
	unsigned n = 1 + gen_random(g, 3);

	buf_puts(out, "\033[");
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? ";" : "",
			bits[gen_random(g, sizeof(bits) / sizeof(*bits))]);
	buf_putc(out, 'm');
}

static void mode(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"?45", "4", "20", "?1", "?25", "?5", "?12", "?1000",
		"?1002", "?1006", "?2004", "?1004", "4", "?1045", "?7", "?7", "?2027", "?6", "?6"};
	size_t n = sizeof(bits) / sizeof(*bits) - (g->flags & GEN_AGREED ? 5 : 0);

	buf_printf(out, "\033[%s%c", bits[gen_random(g, (uint32_t)n)], "hl"[gen_random(g, 2)]);
}

static void margins(struct gen *g, struct buf *out)
{
	switch (gen_random(g, 5)) {
	case 0:
		buf_printf(out, "\033[?69%c", "hhl"[gen_random(g, 3)]);
		break;
	case 1:
	case 2:
		buf_printf(out, "%s\033[%u;%us", g->flags & GEN_AGREED ? "\033[?69h" : "",
			column(g), column(g));
		break;
	case 3:
		if (g->flags & GEN_COLUMNS)
			buf_printf(out, "\033[%u'%c", small(g), "}~"[gen_random(g, 2)]);
		break;
	default:
		if (g->flags & GEN_COLUMNS)
			buf_printf(out, "\033%c", "69"[gen_random(g, 2)]);
	}
}

static void alt(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"47", "1047", "1049", "1048"};
	/* In ghostty SPA holds a screen, and for what clears it on the way. */
	const char *off = g->flags & GEN_GUARD && g->flags & GEN_AGREED ? "\033[1\"q\033[\"q" : "";

	buf_printf(out, "%s\r\033[m\033[?%s%c%s", off, bits[gen_random(g, 4)],
		"hl"[gen_random(g, 2)], off);
}

static void report(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"\033[c", "\033[>c", "\033[5n", "\033[6n", "\033[?6n",
		"\033[?7$p", "\033[4$p", "\033P$qr\033\\", "\033P$qm\033\\", "\033[18t", "\033[?u",
		"\033P$q q\033\\", "\033[?9999$p"};

	buf_puts(out, bits[gen_random(g, sizeof(bits) / sizeof(*bits))]);
}

static void charset(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"\033(0", "\033(B", "\033)0", "\016", "\017", "\033(A",
		"\033*0", "\033n", "\033(B\017", "\033(B\017", "\033N"};
	bool shift = !(g->flags & GEN_AGREED);

	buf_puts(out, bits[gen_random(g, sizeof(bits) / sizeof(*bits) - 1 + shift)]);
}

static void string(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"\033]2;title\007", "\033]0;x\033\\",
		"\033]8;;http://a\007", "\033]8;;\033\\", "\033_Gabc\033\\", "\033Xsos\033\\",
		"\033^pm\033\\", "\033P1;2|x\033\\", "\033]133;C\007", "\033]66;s=2;abc\007",
		"\033]1337;File=:AAAA\007", "\033]9;4;1;50\007"};

	buf_puts(out, bits[gen_random(g, sizeof(bits) / sizeof(*bits))]);
}

/* Whether CUB, BS and tabs are left out. */
static bool margins_differ(const struct gen *g)
{
	return g->flags & GEN_AGREED && g->flags & GEN_MARGINS;
}

static void move(struct gen *g, struct buf *out)
{
	unsigned kind = gen_random(g, 16);

	if (kind < 4)
		buf_printf(out, "\033[%u;%u%c", small(g), column(g), "Hf"[kind & 1]);
	else if (kind < 6)
		buf_printf(out, "\033[%u%c", column(g), "G`"[kind & 1]);
	else if (kind < 8)
		buf_printf(out, "\033[%u%c", 1 + gen_random(g, 4),
			"IZ"[kind & 1 || margins_differ(g)]);
	else
		buf_printf(out, "\033[%u%c", small(g),
			"ABCEFdaeD"[gen_random(g, 9 - margins_differ(g))]);
}

static void edit(struct gen *g, struct buf *out)
{
	unsigned kind = gen_random(g, 12);
	char what;

	if (kind < 5) /* not where a wrap is due: there libghostty-vt is not like xterm */
		buf_printf(out, "\033[%uG\033[%u%c", column(g), gen_random(g, 3),
			"JK"[gen_random(g, 4) > 0]);
	else if (kind == 5)
		buf_printf(out, "%c\033[%ub", 'a' + gen_random(g, 26), 1 + gen_random(g, 12));
	else {
		what = "@PLMXST"[gen_random(g, 7)];
		if (what == 'P' && margins_differ(g)) /* outside them, likewise */
			buf_printf(out, "\033[%uG", column(g));
		buf_printf(out, "\033[%u%c", small(g), what);
	}
}

static void control(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {"\r\n", "\r\n", "\r\n", "\n", "\r", "\013", "\033D",
		"\r\033M", "\033E", "\0337", "\0338", "\033H", "\033[3g", "\033[r", "\b", "\t",
		"\t"};

	buf_puts(out,
		bits[gen_random(g, sizeof(bits) / sizeof(*bits) - (margins_differ(g) ? 3 : 0))]);
}

/* SPA, EPA, and DECSCA, which ends what SPA began: for ghostty only where it protects. */
static void guard(struct gen *g, struct buf *out)
{
	static const char *const bits[] = {
		"\033V", "\033W", "\033[1\"q", "\033[1\"q\033[\"q", "\033[\"q"};

	buf_puts(out, bits[gen_random(g, g->flags & GEN_AGREED ? 4 : 5)]);
}

static void protect(struct gen *g, struct buf *out)
{
	if (g->flags & GEN_GUARD && gen_random(g, 3))
		guard(g, out);
	else if (gen_random(g, 2))
		buf_printf(out, "\033[%u\"q", g->flags & GEN_GUARD ? 1 : gen_random(g, 3));
	else
		buf_printf(out, "\033[%uG\033[?%u%c", column(g), gen_random(g, 3),
			"JK"[gen_random(g, 2)]);
}

static void rare(struct gen *g, struct buf *out)
{
	switch (gen_random(g, 6)) {
	case 0:
		buf_puts(out, g->flags & GEN_SOFT_RESET ? "\033[!p" : "x");
		break;
	case 1:
		buf_puts(out, "\033[m\033#8");
		break;
	case 2:
		buf_puts(out, "\033c");
		break;
	case 3:
		buf_puts(out, "\033[3J");
		break;
	default:
		buf_printf(out, "\033[%u;%ur", small(g), small(g));
	}
}

static void resize(struct gen *g, struct buf *out)
{
	buf_printf(out, "%s\033<%u,%u>", g->flags & GEN_RESIZE_ANYWHERE ? "" : "\r",
		2 + gen_random(g, 2 * g->cols), 1 + gen_random(g, 2 * g->rows));
}

bool gen_resize(struct str token, unsigned *cols, unsigned *rows)
{
	if (str_starts(token, STR("\r")))
		token = str_from(token, 1);
	return str_starts(token, STR("\033<")) && sscanf(token.p, "\033<%u,%u>", cols, rows) == 2;
}

typedef void (*maker)(struct gen *g, struct buf *out);

void gen_token(struct gen *g, struct buf *out)
{
	static const struct {
		maker make;
		uint16_t weight, flag;
	} makers[] = {{ascii, 30, 0}, {control, 16, 0}, {move, 16, 0}, {edit, 14, 0},
		{unicode, 14, GEN_UNICODE}, {sgr, 8, GEN_STYLES}, {mode, 4, GEN_MODES},
		{margins, 6, GEN_MARGINS}, {alt, 2, GEN_ALT}, {report, 2, GEN_REPORTS},
		{charset, 2, GEN_CHARSETS}, {protect, 2, GEN_PROTECT}, {string, 2, GEN_STRINGS},
		{rare, 2, 0}, {resize, 6, GEN_RESIZE | GEN_RESIZE_ANYWHERE}};
	unsigned total = 0, pick;
	size_t n = sizeof(makers) / sizeof(*makers);

	for (size_t i = 0; i < n; i++)
		if (!makers[i].flag || (g->flags & makers[i].flag))
			total += makers[i].weight;
	pick = gen_random(g, total);
	for (size_t i = 0; i < n; i++) {
		if (makers[i].flag && !(g->flags & makers[i].flag))
			continue;
		if (pick < makers[i].weight) {
			makers[i].make(g, out);
			return;
		}
		pick -= makers[i].weight;
	}
}
