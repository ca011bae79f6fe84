/* term-diff LIBRARY [--seed N] [--runs N] [--tokens N] [--flags BITS] [--cols N] [--rows N]
 *
 * Feeds seeded streams (term_gen.h) to the engine and to libghostty-vt, loaded
 * from LIBRARY (the shared library of npm libghostty-vt, beside which its shim
 * lies), and compares rows, styles, cursor and history. A stream that differs is
 * made smaller by leaving tokens out and printed. --replay FILE (last) compares the
 * bytes of a file instead; --write DIR (with - for LIBRARY) writes the streams for
 * tests/term/xtermjs.mjs; --cases 1 prints the streams on which both agree as cases.
 */
#include <dlfcn.h>

#include "base/utf8.h"
#include "term/term.h"
#include "tools/term_gen.h"
#include "tools/term_json.h"

/* ---- libghostty-vt's C API, by its documentation ---- */

typedef void *ghost;
struct ghost_options {
	uint16_t cols, rows;
	size_t scrollback;
};
struct ghost_point {
	int tag, pad;
	uint16_t x;
	uint32_t y;
	uint64_t rest;
};
struct ghost_ref {
	size_t size;
	void *node;
	uint16_t x, y;
};
struct ghost_color {
	int tag, pad;
	uint8_t v[8];
};
struct ghost_style {
	size_t size;
	struct ghost_color fg, bg, ul;
	uint8_t bold, italic, faint, blink, inverse, invisible, strike, overline;
	int underline;
};
static struct {
	int (*make)(const void *alloc, ghost *out, const struct ghost_options *o);
	void (*drop)(ghost g);
	void (*write)(ghost g, const void *p, size_t n);
	int (*resize)(ghost g, uint16_t cols, uint16_t rows, uint32_t w, uint32_t h);
	int (*get)(ghost g, int what, void *out);
	int (*ref)(ghost g, const struct ghost_point *p, struct ghost_ref *out);
	int (*cell)(const struct ghost_ref *r, uint64_t *out);
	int (*row)(const struct ghost_ref *r, uint64_t *out);
	int (*style)(const struct ghost_ref *r, struct ghost_style *out);
	int (*graphemes)(const struct ghost_ref *r, uint32_t *buf, size_t n, size_t *out);
	int (*cell_get)(uint64_t cell, int what, void *out);
	int (*row_get)(uint64_t row, int what, void *out);
} api;

static void *symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	if (!p) {
		fprintf(stderr, "%s: %s\n", name, dlerror());
		exit(1);
	}
	return p;
}

static void load(const char *path)
{
	own_buf struct buf shim_path = {0};
	void *lib = dlopen(path, RTLD_NOW | RTLD_GLOBAL), *shim;
	const char *dot = strrchr(path, '.');

	buf_printf(&shim_path, "%.*s-shim.so", dot ? (int)(dot - path) : 0, path);
	shim = lib ? dlopen(buf_z(&shim_path), RTLD_NOW) : NULL;
	if (!shim) {
		fprintf(stderr, "term-diff: %s\n", dlerror());
		exit(1);
	}
	*(void **)&api.make = symbol(shim, "ghostty_terminal_new_p");
	*(void **)&api.drop = symbol(lib, "ghostty_terminal_free");
	*(void **)&api.write = symbol(lib, "ghostty_terminal_vt_write");
	*(void **)&api.resize = symbol(lib, "ghostty_terminal_resize");
	*(void **)&api.get = symbol(lib, "ghostty_terminal_get");
	*(void **)&api.ref = symbol(shim, "ghostty_terminal_grid_ref_p");
	*(void **)&api.cell = symbol(lib, "ghostty_grid_ref_cell");
	*(void **)&api.row = symbol(lib, "ghostty_grid_ref_row");
	*(void **)&api.style = symbol(lib, "ghostty_grid_ref_style");
	*(void **)&api.graphemes = symbol(lib, "ghostty_grid_ref_graphemes");
	*(void **)&api.cell_get = symbol(lib, "ghostty_cell_get");
	*(void **)&api.row_get = symbol(lib, "ghostty_row_get");
}

/* ---- both as text ---- */

static bool with_wrap, with_history;

static void put_style(struct buf *out, const struct style *s)
{
	if (!style_is_default(s))
		buf_printf(out, "{%x,%x,%x,%x}", s->fg, s->bg, s->ul, s->attrs & 0xEFF);
}

static void our_line(struct buf *out, const struct term_line *l, unsigned cols)
{
	struct style last = {0};
	char tmp[4];

	for (unsigned x = 0; x < cols; x++) {
		cell_t c = x < l->n ? l->c[x] : 0;
		struct style s = l->styles[cell_style(c)];
		struct str text = term_cell_text(l, c, tmp);

		s.attrs &= (uint16_t)~ATTR_PROTECTED;
		if (!style_eq(&s, &last))
			put_style(out, &s), last = s;
		if (cell_kind(c) == CELL_TAIL)
			buf_putc(out, '<');
		else if (text.n)
			buf_str(out, text);
		else
			buf_putc(out, ' ');
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

static uint32_t ghost_color(const struct ghost_color *c)
{
	if (c->tag == 1)
		return COLOR_INDEX | c->v[0];
	if (c->tag == 2)
		return COLOR_RGB | (uint32_t)c->v[0] << 16 | (uint32_t)c->v[1] << 8 | c->v[2];
	return 0;
}

static struct style ghost_style(const struct ghost_ref *r, uint64_t cell, int tag)
{
	struct ghost_style g = {.size = sizeof(g)};
	struct style s = {0};
	uint8_t rgb[8] = {0};

	if (tag == 2 && api.cell_get(cell, 10, rgb) == 0)
		return (struct style){.bg = COLOR_INDEX | rgb[0]};
	if (tag == 3 && api.cell_get(cell, 11, rgb) == 0)
		return (struct style){
			.bg = COLOR_RGB | (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2]};
	if (api.style(r, &g) != 0)
		return s;
	s.fg = ghost_color(&g.fg);
	s.bg = ghost_color(&g.bg);
	s.ul = ghost_color(&g.ul);
	s.attrs = (uint16_t)(g.bold * ATTR_BOLD | g.faint * ATTR_FAINT | g.italic * ATTR_ITALIC |
			     g.blink * ATTR_BLINK | g.inverse * ATTR_INVERSE |
			     g.invisible * ATTR_INVISIBLE | g.strike * ATTR_STRIKE |
			     g.overline * ATTR_OVERLINE | g.underline << ATTR_UL_SHIFT);
	return s;
}

static void ghost_line(struct buf *out, ghost g, int tag, unsigned y, unsigned cols)
{
	struct style last = {0};
	bool wrap = false;

	for (unsigned x = 0; x < cols; x++) {
		struct ghost_point p = {.tag = tag, .x = (uint16_t)x, .y = y};
		struct ghost_ref r = {.size = sizeof(r)};
		uint64_t cell = 0, row = 0;
		uint32_t cp = 0, more[128];
		int content = 0, wide = 0;
		struct style s;
		size_t n = 0;
		char tmp[4];

		if (api.ref(g, &p, &r) != 0) {
			buf_puts(out, "?");
			continue;
		}
		api.cell(&r, &cell);
		api.cell_get(cell, 2, &content);
		api.cell_get(cell, 3, &wide);
		if (content < 2)
			api.cell_get(cell, 1, &cp);
		s = ghost_style(&r, cell, content);
		if (!style_eq(&s, &last))
			put_style(out, &s), last = s;
		if (content == 1)
			api.graphemes(&r, more, 128, &n);
		if (wide == 2)
			buf_putc(out, '<');
		else if (!cp)
			buf_putc(out, ' ');
		else if (!n)
			buf_add(out, tmp, utf8_encode(cp, tmp));
		for (size_t i = 0; i < n; i++)
			buf_add(out, tmp, utf8_encode(more[i], tmp));
		if (x == 0 && api.row(&r, &row) == 0)
			api.row_get(row, 1, &wrap);
	}
	buf_printf(out, "|%s\n", with_wrap && wrap ? "+" : "");
}

static void theirs(struct buf *out, ghost g, unsigned cols, unsigned rows)
{
	uint16_t x = 0, y = 0;
	bool pending = false, visible = false;
	int alt = 0;
	size_t history = 0;

	api.get(g, 3, &x);
	api.get(g, 4, &y);
	api.get(g, 5, &pending);
	api.get(g, 6, &alt);
	api.get(g, 7, &visible);
	api.get(g, 15, &history);
	if (!with_history || alt)
		history = 0;
	buf_printf(out, "%u,%u %c%c %s %d\n", y, x, pending ? 'W' : '-', visible ? 'v' : '-',
		alt ? "alt" : "pri", (int)history);
	for (unsigned i = 0; i < history; i++)
		ghost_line(out, g, 3, i, cols);
	for (unsigned i = 0; i < rows; i++)
		ghost_line(out, g, 0, i, cols);
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
	struct ghost_options o = {(uint16_t)s->cols, (uint16_t)s->rows, 100000000};
	unsigned cols = s->cols, rows = s->rows;
	ghost g = NULL;

	api.make(NULL, &g, &o);
	api.write(g, "\033[?2027h", 8); /* it is on at our start */
	for (unsigned i = 0; i < s->n; i++) {
		struct str bytes = token(s, i);

		if (s->skip[i])
			continue;
		if (str_starts(bytes, STR("\033<"))) {
			cols = new_cols(bytes) >> 16;
			rows = new_cols(bytes) & 0xFFFF;
			term_resize(t, cols, rows);
			api.resize(g, (uint16_t)cols, (uint16_t)rows, 8, 16);
			continue;
		}
		term_feed(t, bytes.p, bytes.n);
		api.write(g, bytes.p, bytes.n);
		if (str_eqz(bytes, "\033c"))
			api.write(g, "\033[?2027h", 8);
	}
	buf_clear(a);
	buf_clear(b);
	ours(a, t);
	theirs(b, g, cols, rows);
	term_free(t);
	api.drop(g);
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
		load(argv[1]);
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
