/* term-bench [--cols 120] [--rows 40] [--mb 100] [--peer LIBRARY] FILE…
 * term-bench --mem LINES | --reflow LINES | --freeze LINES | --find LINES | --fresh N
 *
 * Feeds each file over and over in pieces of 64 KiB and prints one JSON line for
 * it. --mem: the bytes the engine takes with so many lines of 120 columns in
 * history; --reflow: the time to resize them to 100 columns and back; --freeze: size
 * and time of the whole state as bytes and back; --find: the time to look through them for
 * what is not there; --fresh: bytes and time of a new terminal of 80×24. --peer feeds another
 * library instead: libghostty-vt or libvterm.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "term/freeze.h"
#include "term/term.h"
#include "term/textout.h"
#include "tools/tool_options.h"

static const struct tool tool = {"term-bench",
	"[--cols N] [--rows N] [--mb N] [--peer LIBRARY] FILE... |"
	" --mem LINES | --reflow LINES | --freeze LINES | --find LINES | --fresh N"};

struct peer {
	void *(*start)(unsigned cols, unsigned rows);
	void (*feed)(void *t, const char *p, size_t n);
	void (*stop)(void *t);
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- ours ---- */

static void *our_start(unsigned cols, unsigned rows)
{
	return term_new(&(struct term_options){.cols = cols, .rows = rows});
}

static void our_feed(void *t, const char *p, size_t n)
{
	struct term_frame f;

	term_feed(t, p, n);
	if (term_frame(t, 0, &f)) /* as a painter would, once a piece */
		term_frame_done(t);
}

static void our_stop(void *t)
{
	term_free(t);
}

/* ---- theirs ---- */

static void *lib;

static void *symbol(const char *name)
{
	void *p = dlsym(lib, name);

	if (!p)
		tool_refuse(&tool, "--peer: %s", dlerror());
	return p;
}

struct ghost_options {
	uint16_t cols, rows;
	size_t scrollback;
};

static void *ghost_start(unsigned cols, unsigned rows)
{
	int (*make)(const void *, void **, struct ghost_options);
	struct ghost_options o = {(uint16_t)cols, (uint16_t)rows, 8 << 20};
	void *t = NULL;

	*(void **)&make = symbol("ghostty_terminal_new");
	make(NULL, &t, o);
	return t;
}

static void ghost_feed(void *t, const char *p, size_t n)
{
	static void (*write)(void *, const void *, size_t);

	if (!write)
		*(void **)&write = symbol("ghostty_terminal_vt_write");
	write(t, p, n);
}

static void ghost_stop(void *t)
{
	void (*drop)(void *);

	*(void **)&drop = symbol("ghostty_terminal_free");
	drop(t);
}

static void *vterm_start(unsigned cols, unsigned rows)
{
	void *(*make)(int, int), *(*screen)(void *), (*utf8)(void *, int), (*reset)(void *, int),
		(*alt)(void *, int);
	void *t, *s;

	*(void **)&make = symbol("vterm_new");
	*(void **)&screen = symbol("vterm_obtain_screen");
	*(void **)&utf8 = symbol("vterm_set_utf8");
	*(void **)&reset = symbol("vterm_screen_reset");
	*(void **)&alt = symbol("vterm_screen_enable_altscreen");
	t = make((int)rows, (int)cols);
	utf8(t, 1);
	s = screen(t);
	alt(s, 1);
	reset(s, 1);
	return t;
}

static void vterm_feed(void *t, const char *p, size_t n)
{
	static size_t (*write)(void *, const char *, size_t);

	if (!write)
		*(void **)&write = symbol("vterm_input_write");
	write(t, p, n);
}

static void vterm_stop(void *t)
{
	void (*drop)(void *);

	*(void **)&drop = symbol("vterm_free");
	drop(t);
}

/* ---- measuring ---- */

static void bench_file(
	const struct peer *p, const char *path, unsigned cols, unsigned rows, uint64_t mb)
{
	own_buf struct buf bytes = {0};
	uint64_t left = mb << 20, fed = 0;
	double from, spent;
	void *t;

	tool_read(&tool, NULL, path, &bytes);
	if (!bytes.n)
		tool_refuse(&tool, "%s: is empty", path);
	t = p->start(cols, rows);
	if (!t)
		tool_refuse(&tool, "no terminal of %ux%u to be had", cols, rows);
	from = now();
	while (fed < left) {
		for (size_t at = 0; at < bytes.n && fed < left; at += 65536) {
			size_t piece = bytes.n - at < 65536 ? bytes.n - at : 65536;

			p->feed(t, bytes.p + at, piece);
			fed += piece;
		}
	}
	spent = now() - from;
	printf("{\"file\":\"%s\",\"bytes\":%" PRIu64 ",\"seconds\":%.3f,\"mb_s\":%.1f}\n", path,
		fed, spent, (double)fed / 1e6 / spent);
	p->stop(t);
}

static struct term *with_lines(unsigned lines)
{
	struct term *t = term_new(&(struct term_options){.cols = 120, .rows = 40});
	char line[128];

	for (unsigned i = 0; t && i < lines + 39; i++) {
		int n = snprintf(line, sizeof(line), "%06u ", i);

		for (; n < 120; n++)
			line[n] = (char)('a' + (i + (unsigned)n) % 26);
		term_feed(t, line, 120);
		if (i < lines + 38)
			term_feed(t, "\r\n", 2);
	}
	return t;
}

static int bench_mem(unsigned lines)
{
	struct term *t = with_lines(lines);

	printf("{\"lines\":%u,\"kept\":%u,\"bytes\":%zu}\n", lines,
		(unsigned)(term_screen_row(t) - term_first_row(t)), term_memory(t));
	term_free(t);
	return 0;
}

static int bench_reflow(unsigned lines)
{
	struct term *t = with_lines(lines);
	double a = now(), b, c;

	term_resize(t, 100, 40);
	b = now();
	term_resize(t, 120, 40);
	c = now();
	printf("{\"lines\":%u,\"narrower_ms\":%.2f,\"wider_ms\":%.2f}\n", lines, (b - a) * 1e3,
		(c - b) * 1e3);
	term_free(t);
	return 0;
}

static int bench_freeze(unsigned lines)
{
	struct term *t = with_lines(lines), *u;
	own_buf struct buf b = {0};
	double from = now(), frozen;

	term_freeze(t, &b);
	frozen = now();
	u = term_thaw(&(struct term_options){0}, buf_view(&b));
	printf("{\"lines\":%u,\"bytes\":%zu,\"freeze_ms\":%.2f,\"thaw_ms\":%.2f}\n", lines, b.n,
		(frozen - from) * 1e3, (now() - frozen) * 1e3);
	term_free(t);
	term_free(u);
	return u ? 0 : 1;
}

static int bench_find(unsigned lines)
{
	struct term *t = with_lines(lines);
	struct term_place last = {term_screen_row(t) + 39, 119};
	struct term_span m;
	double a = now(), b, c;
	bool found = term_find(t, STR("nowhere"), false, true, last, &m);

	b = now();
	found |= term_find(t, STR("nowhere"), true, true, last, &m);
	c = now();
	printf("{\"lines\":%u,\"find_ms\":%.2f,\"ignoring_case_ms\":%.2f}\n", lines, (b - a) * 1e3,
		(c - b) * 1e3);
	term_free(t);
	return found;
}

static int bench_fresh(unsigned n)
{
	double from = now();
	size_t bytes = 0;

	for (unsigned i = 0; i < n; i++) {
		struct term *t = term_new(&(struct term_options){.cols = 80, .rows = 24});

		bytes = term_memory(t);
		term_free(t);
	}
	printf("{\"bytes\":%zu,\"us\":%.2f}\n", bytes, (now() - from) * 1e6 / n);
	return 0;
}

static struct peer load_peer(const char *path)
{
	lib = dlopen(path, RTLD_NOW);
	if (!lib)
		tool_refuse(&tool, "--peer %s: %s", path, dlerror());
	if (dlsym(lib, "ghostty_terminal_new"))
		return (struct peer){ghost_start, ghost_feed, ghost_stop};
	if (!dlsym(lib, "vterm_new"))
		tool_refuse(&tool, "--peer %s: neither libghostty-vt nor libvterm", path);
	return (struct peer){vterm_start, vterm_feed, vterm_stop};
}

/* What is measured without a file. */
static const struct {
	const char *name;
	int (*run)(unsigned n);
	unsigned min;
} measures[] = {{"--mem", bench_mem, 0}, {"--reflow", bench_reflow, 0},
	{"--freeze", bench_freeze, 0}, {"--find", bench_find, 0}, {"--fresh", bench_fresh, 1}};
enum { MEASURES = sizeof(measures) / sizeof(*measures), NOT_ASKED = ~0 };

int main(int argc, char **argv)
{
	struct peer peer = {our_start, our_feed, our_stop};
	unsigned cols = 120, rows = 40, n[MEASURES];
	const char *library = NULL;
	uint64_t mb = 100;
	struct tool_option all[4 + MEASURES + 1] = {
		{"--cols", TOOL_NUMBER, &cols, TERM_MIN, TERM_MAX, NULL, NULL},
		{"--rows", TOOL_NUMBER, &rows, TERM_MIN, TERM_MAX, NULL, NULL},
		{"--mb", TOOL_SIZE, &mb, 1, 1 << 20, NULL, NULL},
		{"--peer", TOOL_TEXT, &library, 0, 0, NULL, NULL}};
	int i;

	for (size_t k = 0; k < MEASURES; k++) {
		n[k] = (unsigned)NOT_ASKED;
		all[4 + k] = (struct tool_option){measures[k].name, TOOL_NUMBER, &n[k],
			measures[k].min, 10000000, NULL, NULL};
	}
	i = tool_options(&tool, all, argc, argv, 1);
	tool_size(&tool, cols, rows);
	for (size_t k = 0; k < MEASURES; k++)
		if (n[k] != (unsigned)NOT_ASKED)
			return measures[k].run(n[k]);
	if (i == argc)
		tool_usage(&tool);
	if (library)
		peer = load_peer(library);
	for (; i < argc; i++)
		bench_file(&peer, argv[i], cols, rows, mb);
	return 0;
}
