#include "tools/ghost.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>

#include "base/utf8.h"
#include "term/input.h"

/* ---- libghostty-vt's C API, by its documentation ---- */

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
enum { POINT_ACTIVE = 0, POINT_HISTORY = 3 };
enum {
	AT_COLS = 1,
	AT_ROWS = 2,
	AT_COL = 3,
	AT_ROW = 4,
	AT_PENDING = 5,
	AT_SCREEN = 6,
	AT_VISIBLE = 7,
	AT_HISTORY = 15
};
enum { HAS_CODEPOINT = 1, HAS_CONTENT = 2, HAS_WIDE = 3, HAS_BG_INDEX = 10, HAS_BG_RGB = 11 };
enum { CONTENT_CLUSTER = 1, CONTENT_BG_INDEX = 2, CONTENT_BG_RGB = 3 };
enum { WIDE_TAIL = 2, ROW_WRAP = 1 };
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

void ghost_load(const char *path)
{
	own_buf struct buf shim_path = {0};
	void *lib = dlopen(path, RTLD_NOW | RTLD_GLOBAL), *shim;
	const char *dot = strrchr(path, '.');

	buf_printf(&shim_path, "%.*s-shim.so", dot ? (int)(dot - path) : 0, path);
	shim = lib ? dlopen(buf_z(&shim_path), RTLD_NOW) : NULL;
	if (!shim) {
		fprintf(stderr, "libghostty-vt: %s\n", dlerror());
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

ghost ghost_new(unsigned cols, unsigned rows)
{
	struct ghost_options o = {(uint16_t)cols, (uint16_t)rows, 100000000};
	ghost g = NULL;

	if (api.make(NULL, &g, &o) != 0) {
		fprintf(stderr, "libghostty-vt: no terminal of %ux%u\n", cols, rows);
		exit(1);
	}
	ghost_feed(g, STR("\033[?2027h"));
	return g;
}

void ghost_free(ghost g)
{
	api.drop(g);
}

void ghost_feed(ghost g, struct str bytes)
{
	api.write(g, bytes.p, bytes.n);
}

void ghost_resize(ghost g, unsigned cols, unsigned rows)
{
	api.resize(g, (uint16_t)cols, (uint16_t)rows, 8, 16);
}

struct ghost_state ghost_state(ghost g)
{
	struct ghost_state s = {0};
	uint16_t cols = 0, rows = 0, col = 0, row = 0;
	int screen = 0;

	api.get(g, AT_COLS, &cols);
	api.get(g, AT_ROWS, &rows);
	api.get(g, AT_COL, &col);
	api.get(g, AT_ROW, &row);
	api.get(g, AT_PENDING, &s.cursor.pending_wrap);
	api.get(g, AT_SCREEN, &screen);
	api.get(g, AT_VISIBLE, &s.cursor.visible);
	api.get(g, AT_HISTORY, &s.history);
	s.cols = cols;
	s.rows = rows;
	s.cursor.col = col;
	s.cursor.row = row;
	s.alternate = screen != 0;
	return s;
}

static uint32_t color(const struct ghost_color *c)
{
	if (c->tag == 1)
		return COLOR_INDEX | c->v[0];
	if (c->tag == 2)
		return COLOR_RGB | (uint32_t)c->v[0] << 16 | (uint32_t)c->v[1] << 8 | c->v[2];
	return 0;
}

static struct style look(const struct ghost_ref *r, uint64_t cell, int content)
{
	struct ghost_style g = {.size = sizeof(g)};
	struct style s = {0};
	uint8_t rgb[8] = {0};

	if (content == CONTENT_BG_INDEX && api.cell_get(cell, HAS_BG_INDEX, rgb) == 0)
		return (struct style){.bg = COLOR_INDEX | rgb[0]};
	if (content == CONTENT_BG_RGB && api.cell_get(cell, HAS_BG_RGB, rgb) == 0)
		return (struct style){
			.bg = COLOR_RGB | (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2]};
	if (api.style(r, &g) != 0)
		return s;
	s.fg = color(&g.fg);
	s.bg = color(&g.bg);
	s.ul = color(&g.ul);
	s.attrs = (uint16_t)(g.bold * ATTR_BOLD | g.faint * ATTR_FAINT | g.italic * ATTR_ITALIC |
			     g.blink * ATTR_BLINK | g.inverse * ATTR_INVERSE |
			     g.invisible * ATTR_INVISIBLE | g.strike * ATTR_STRIKE |
			     g.overline * ATTR_OVERLINE | g.underline << ATTR_UL_SHIFT);
	return s;
}

static void ghost_text(struct buf *out, const struct ghost_ref *r, uint64_t cell, int content)
{
	uint32_t cp[128] = {0};
	size_t n = 1;
	char tmp[4];

	buf_clear(out);
	if (content == CONTENT_CLUSTER)
		api.graphemes(r, cp, 128, &n);
	else if (content == 0)
		api.cell_get(cell, HAS_CODEPOINT, cp);
	for (size_t i = 0; i < n && cp[0]; i++)
		buf_add(out, tmp, utf8_encode(cp[i], tmp));
}

bool ghost_row(ghost g, bool history, unsigned y, unsigned cols, ghost_cell_fn *fn, void *ctx)
{
	own_buf struct buf text = {0};
	bool wrap = false;

	for (unsigned x = 0; x < cols; x++) {
		struct ghost_point p = {
			.tag = history ? POINT_HISTORY : POINT_ACTIVE, .x = (uint16_t)x, .y = y};
		struct ghost_ref r = {.size = sizeof(r)};
		uint64_t cell = 0, row = 0;
		int content = 0, wide = 0;
		struct style s = {0};

		if (api.ref(g, &p, &r) != 0) {
			fn(ctx, &s, STR("?"), false);
			continue;
		}
		api.cell(&r, &cell);
		api.cell_get(cell, HAS_CONTENT, &content);
		api.cell_get(cell, HAS_WIDE, &wide);
		s = look(&r, cell, content);
		ghost_text(&text, &r, cell, content);
		fn(ctx, &s, buf_view(&text), wide == WIDE_TAIL);
		if (x == 0 && api.row(&r, &row) == 0)
			api.row_get(row, ROW_WRAP, &wrap);
	}
	return wrap;
}

uint16_t ghost_mods(unsigned mods)
{
	return (uint16_t)((mods & ~6u) | (mods & MOD_ALT ? 4 : 0) | (mods & MOD_CTRL ? 2 : 0));
}

void ghost_show(struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (isprint((unsigned char)bytes.p[i]))
			putchar(bytes.p[i]);
		else
			printf("\\x%02x", (unsigned char)bytes.p[i]);
}
