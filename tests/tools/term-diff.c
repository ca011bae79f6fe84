/* term-diff LIBRARY [--seed N] [--runs N] [--tokens N] [--flags BITS] [--cols N] [--rows N]
 *
 * Feeds seeded streams (term_gen.h) to the engine and to libghostty-vt, loaded
 * from LIBRARY (the shared library of npm libghostty-vt, beside which its shim
 * lies), and compares rows, styles, cursor and history. A stream that differs is
 * made smaller by leaving tokens out and printed. --replay FILE (last) compares the
 * bytes of a file instead; --write DIR (with - for LIBRARY) writes the streams for
 * tests/term/xtermjs.mjs; --cases 1 prints the streams on which both agree as cases.
 */
#include <stdio.h>

#include "term/term.h"
#include "tools/ghost.h"
#include "tools/term_gen.h"
#include "tools/term_json.h"

/* ---- both as text ---- */

static bool with_wrap, with_history;

static void put_style(struct buf *out, const struct style *s)
{
	if (!style_is_default(s))
		buf_printf(out, "{%x,%x,%x,%x}", s->fg, s->bg, s->ul, s->attrs & 0xEFF);
}

/* A row under way: its text with each change of look written in front of the cell. */
struct printed_row {
	struct buf *out;
	struct style last;
};

static void put_cell(void *ctx, const struct style *look, struct str text, bool tail)
{
	struct printed_row *r = ctx;
	struct style s = *look;

	s.attrs &= (uint16_t)~ATTR_PROTECTED;
	if (!style_eq(&s, &r->last))
		put_style(r->out, &s), r->last = s;
	buf_str(r->out, tail ? STR("<") : text.n ? text : STR(" "));
}

static void our_line(struct buf *out, const struct term_line *l, unsigned cols)
{
	struct printed_row r = {out, {0}};
	char tmp[4];

	for (unsigned x = 0; x < cols; x++) {
		cell_t c = x < l->n ? l->c[x] : 0;

		put_cell(&r, &l->styles[cell_style(c)], term_cell_text(l, c, tmp),
			cell_kind(c) == CELL_TAIL);
	}
	buf_printf(out, "|%s\n", with_wrap && l->wrapped ? "+" : "");
}

static void ours(struct buf *out, struct term *t)
{
	struct term_cursor c = term_cursor(t);
	struct rowview v = {0};
	struct term_line l;
	uint64_t screen = term_screen_row(t), from = with_history ? term_first_row(t) : screen;

	buf_printf(out, "%u,%u %c%c %s %d\n", c.row, c.col, c.pending_wrap ? 'W' : '-',
		c.visible ? 'v' : '-', term_alternate(t) ? "alt" : "pri",
		term_alternate(t) ? 0 : (int)(screen - from));
	for (uint64_t row = term_alternate(t) ? screen : from; row < screen + term_rows(t); row++)
		if (term_line(t, row, &v, &l))
			our_line(out, &l, term_cols(t));
	term_view_fini(t, &v);
}

static void ghost_line(struct buf *out, ghost g, bool history, unsigned y, unsigned cols)
{
	struct printed_row r = {out, {0}};
	bool wrap = ghost_row(g, history, y, cols, put_cell, &r);

	buf_printf(out, "|%s\n", with_wrap && wrap ? "+" : "");
}

static void theirs(struct buf *out, ghost g, unsigned cols, unsigned rows)
{
	struct ghost_state s = ghost_state(g);
	size_t history = with_history && !s.alternate ? s.history : 0;

	buf_printf(out, "%u,%u %c%c %s %d\n", s.cursor.row, s.cursor.col,
		s.cursor.pending_wrap ? 'W' : '-', s.cursor.visible ? 'v' : '-',
		s.alternate ? "alt" : "pri", (int)history);
	for (unsigned i = 0; i < history; i++)
		ghost_line(out, g, true, i, cols);
	for (unsigned i = 0; i < rows; i++)
		ghost_line(out, g, false, i, cols);
}

/* ---- streams ---- */

struct stream {
	struct buf bytes;
	size_t ends[4096];
	bool skip[4096];
	unsigned n;
	unsigned cols, rows;
	bool resize;
};

static struct str token(const struct stream *s, unsigned i)
{
	size_t from = i ? s->ends[i - 1] : 0;

	return str_n(s->bytes.p + from, s->ends[i] - from);
}

static unsigned new_cols(struct str t)
{
	unsigned c = 0, r = 0;

	sscanf(t.p, "\033<%u,%u>", &c, &r);
	return c << 16 | r;
}

static bool differs(const struct stream *s, struct buf *a, struct buf *b)
{
	struct term *t = term_new(&(struct term_options){.cols = s->cols, .rows = s->rows});
	unsigned cols = s->cols, rows = s->rows;
	ghost g = ghost_new(cols, rows);

	for (unsigned i = 0; i < s->n; i++) {
		struct str bytes = token(s, i);

		if (s->skip[i])
			continue;
		if (str_starts(bytes, STR("\033<"))) {
			cols = new_cols(bytes) >> 16;
			rows = new_cols(bytes) & 0xFFFF;
			term_resize(t, cols, rows);
			ghost_resize(g, cols, rows);
			continue;
		}
		term_feed(t, bytes.p, bytes.n);
		ghost_feed(g, bytes);
		if (str_eqz(bytes, "\033c"))
			ghost_feed(g, STR("\033[?2027h"));
	}
	buf_clear(a);
	buf_clear(b);
	ours(a, t);
	theirs(b, g, cols, rows);
	term_free(t);
	ghost_free(g);
	return !str_eq(buf_view(a), buf_view(b));
}

static void make_stream(struct stream *s, uint64_t seed, unsigned tokens, unsigned flags)
{
	struct gen g = {.seed = seed * 7919 + 13, .cols = s->cols, .rows = s->rows, .flags = flags};

	buf_clear(&s->bytes);
	for (s->n = 0; s->n < tokens; s->n++) {
		if (s->resize && gen_random(&g, 20) == 0)
			buf_printf(&s->bytes, "\033<%u,%u>", 2 + gen_random(&g, 2 * s->cols),
				1 + gen_random(&g, 2 * s->rows));
		else
			gen_token(&g, &s->bytes);
		s->ends[s->n] = s->bytes.n;
		s->skip[s->n] = false;
	}
}

static void shrink(struct stream *s, struct buf *a, struct buf *b)
{
	for (unsigned size = s->n / 2; size; size /= 2)
		for (unsigned i = 0; i < s->n; i += size) {
			bool was[4096];

			memcpy(was, s->skip, sizeof(was));
			for (unsigned k = i; k < i + size && k < s->n; k++)
				s->skip[k] = true;
			if (!differs(s, a, b))
				memcpy(s->skip, was, sizeof(was));
		}
	differs(s, a, b);
}

static void show(
	const struct stream *s, const struct buf *a, const struct buf *b, unsigned long seed)
{
	printf("--- seed %lu %ux%u: ", seed, s->cols, s->rows);
	for (unsigned i = 0; i < s->n; i++) {
		struct str bytes = token(s, i);

		for (size_t k = 0; !s->skip[i] && k < bytes.n; k++) {
			unsigned char c = (unsigned char)bytes.p[k];

			if (c < 0x20 || c == 0x7F)
				printf("\\x%02x", c);
			else
				putchar(c);
		}
		if (!s->skip[i])
			putchar(' ');
	}
	printf("\nours:\n%stheirs:\n%s", buf_z(a), buf_z(b));
}

/* Streams and what the engine makes of them as files, for a peer that is no library:
 * SEED.bin, and SEED.txt with the cursor and the rows. */
static void write_stream(struct stream *s, const char *dir, unsigned long seed, struct buf *a)
{
	struct term *t = term_new(&(struct term_options){.cols = s->cols, .rows = s->rows});
	struct term_cursor c;
	struct term_line l;
	char path[512];
	FILE *f;

	term_feed(t, s->bytes.p, s->bytes.n);
	c = term_cursor(t);
	buf_clear(a);
	buf_printf(a, "%u,%u %s\n", c.row, c.pending_wrap ? c.col + 1 : c.col,
		term_alternate(t) ? "alternate" : "normal");
	for (unsigned y = 0; y < s->rows; y++) {
		size_t from = a->n;

		if (term_line(t, term_screen_row(t) + y, NULL, &l))
			term_line_text(a, &l);
		while (a->n > from && a->p[a->n - 1] == ' ')
			buf_cut(a, a->n - 1);
		buf_putc(a, '\n');
	}
	term_free(t);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%lu.%s", dir, seed, i ? "txt" : "bin");
		f = fopen(path, "wb");
		if (f) {
			fwrite(i ? a->p : s->bytes.p, 1, i ? a->n : s->bytes.n, f);
			fclose(f);
		}
	}
}

static void quote(struct str s)
{
	printf(" \"");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c == 0x1B)
			printf("\\e");
		else if (c < 0x20 || c == 0x7F)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void quote_rows(struct term *t, const char *word, uint64_t from, uint64_t to)
{
	struct rowview v = {0};
	struct term_line l;

	printf("%s", word);
	for (uint64_t row = from; row < to; row++) {
		own_buf struct buf text = {0};

		if (term_line(t, row, &v, &l))
			term_line_text(&text, &l);
		quote(buf_view(&text));
	}
	putchar('\n');
	term_view_fini(t, &v);
}

/* A stream on which both agree, as a case for tests/unit/term/test_cases.c. */
static void print_case(const struct stream *s, unsigned long seed)
{
	struct term *t = term_new(&(struct term_options){.cols = s->cols, .rows = s->rows});
	struct term_cursor c;
	uint64_t screen;

	term_feed(t, s->bytes.p, s->bytes.n);
	c = term_cursor(t);
	screen = term_screen_row(t);
	printf("= %lu\nsize %ux%u\nin", seed, s->cols, s->rows);
	quote(buf_view(&s->bytes));
	putchar('\n');
	quote_rows(t, "rows", screen, screen + s->rows);
	quote_rows(t, "history", term_first_row(t), screen);
	printf("cursor %u %u%s%s\n\n", c.row, c.col, c.pending_wrap ? " pending" : "",
		c.visible ? "" : " hidden");
	term_free(t);
}

/* The bytes that a program wrote, compared after every 64th of them. */
static int replay(struct stream *s, const char *path, struct buf *a, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;
	int bad = 0;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&s->bytes, part, n);
	if (f)
		fclose(f);
	for (unsigned i = 0; i < 64; i++)
		s->ends[i] = s->bytes.n * (i + 1) / 64;
	for (s->n = 1; s->n <= 64 && bad < 3; s->n++)
		if (differs(s, a, b)) {
			printf("--- %s at byte %zu of %zu\nours:\n%stheirs:\n%s", path,
				s->ends[s->n - 1], s->bytes.n, buf_z(a), buf_z(b));
			bad++;
		}
	printf("%s: %s\n", path, bad ? "differs" : "same");
	buf_fini(&s->bytes);
	return bad != 0;
}

int main(int argc, char **argv)
{
	static struct stream s = {.cols = 10, .rows = 5};
	unsigned long seed = 1, runs = 1000, tokens = 40,
		      flags = GEN_ALL & ~(GEN_SOFT_RESET | GEN_COLUMNS), bad = 0, max = 5;
	own_buf struct buf a = {0}, b = {0};
	const char *dir = NULL;
	bool cases = false;

	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "-") != 0)
		ghost_load(argv[1]);
	for (int i = 2; i + 1 < argc; i += 2) {
		unsigned long v = strtoul(argv[i + 1], NULL, 0);

		if (!strcmp(argv[i], "--seed"))
			seed = v;
		else if (!strcmp(argv[i], "--runs"))
			runs = v;
		else if (!strcmp(argv[i], "--tokens"))
			tokens = v > 4096 ? 4096 : v;
		else if (!strcmp(argv[i], "--flags"))
			flags = v;
		else if (!strcmp(argv[i], "--cols"))
			s.cols = (unsigned)v;
		else if (!strcmp(argv[i], "--rows"))
			s.rows = (unsigned)v;
		else if (!strcmp(argv[i], "--wrap"))
			with_wrap = v;
		else if (!strcmp(argv[i], "--history"))
			with_history = v;
		else if (!strcmp(argv[i], "--resize"))
			s.resize = v;
		else if (!strcmp(argv[i], "--cases"))
			cases = v;
		else if (!strcmp(argv[i], "--write"))
			dir = argv[i + 1];
		else if (!strcmp(argv[i], "--replay"))
			return replay(&s, argv[i + 1], &a, &b);
		else if (!strcmp(argv[i], "--max"))
			max = v;
	}
	for (unsigned long i = 0; i < runs; i++) {
		make_stream(&s, seed + i, (unsigned)tokens, (unsigned)flags);
		if (dir) {
			write_stream(&s, dir, seed + i, &a);
			continue;
		}
		if (!differs(&s, &a, &b)) {
			if (cases)
				print_case(&s, seed + i);
			continue;
		}
		if (bad++ < max && !cases) {
			shrink(&s, &a, &b);
			show(&s, &a, &b, seed + i);
		}
	}
	if (!cases)
		printf("%lu of %lu streams differ\n", bad, runs);
	buf_fini(&s.bytes);
	return bad != 0;
}
