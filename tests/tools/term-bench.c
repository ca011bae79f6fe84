/* term-bench [--cols 120] [--rows 40] [--mb 100] [--peer LIBRARY] FILE…
 * term-bench --mem LINES | --reflow LINES | --freeze LINES | --fresh N
 *
 * Feeds each file over and over in pieces of 64 KiB and prints one JSON line for
 * it. --mem: the bytes the engine takes with so many lines of 120 columns in
 * history; --reflow: the time to resize them to 100 columns and back; --freeze: size
 * and time of the whole state as bytes and back; --fresh:
 * bytes and time of a new terminal of 80×24. --peer feeds another library instead:
 * libghostty-vt (a path with "ghostty") or libvterm.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

#include "term/freeze.h"
#include "term/term.h"

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
		term_rows_clean(t);
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

	if (!p) {
		fprintf(stderr, "term-bench: %s\n", dlerror());
		exit(1);
	}
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

static char *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	long size;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	p = size > 0 ? malloc((size_t)size) : NULL;
	*n = p ? fread(p, 1, (size_t)size, f) : 0;
	fclose(f);
	return p;
}

static bool bench_file(
	const struct peer *p, const char *path, unsigned cols, unsigned rows, size_t mb)
{
	size_t n, left = mb << 20, fed = 0;
	char *bytes = read_file(path, &n);
	void *t = bytes && n ? p->start(cols, rows) : NULL;
	double from, spent;

	if (!t) {
		fprintf(stderr, "term-bench: cannot use %s\n", path);
		free(bytes);
		return false;
	}
	from = now();
	while (fed < left) {
		for (size_t at = 0; at < n && fed < left; at += 65536) {
			size_t piece = n - at < 65536 ? n - at : 65536;

			p->feed(t, bytes + at, piece);
			fed += piece;
		}
	}
	spent = now() - from;
	printf("{\"file\":\"%s\",\"bytes\":%zu,\"seconds\":%.3f,\"mb_s\":%.1f}\n", path, fed, spent,
		(double)fed / 1e6 / spent);
	p->stop(t);
	free(bytes);
	return true;
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

static bool load_peer(struct peer *p, const char *path)
{
	lib = dlopen(path, RTLD_NOW);
	if (!lib) {
		fprintf(stderr, "term-bench: %s\n", dlerror());
		return false;
	}
	*p = strstr(path, "ghostty") ? (struct peer){ghost_start, ghost_feed, ghost_stop}
				     : (struct peer){vterm_start, vterm_feed, vterm_stop};
	return true;
}

int main(int argc, char **argv)
{
	struct peer peer = {our_start, our_feed, our_stop};
	unsigned cols = 120, rows = 40;
	size_t mb = 100;
	bool ok = argc > 1;
	int i = 1;

	for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
		unsigned v = (unsigned)strtoul(argv[i + 1], NULL, 10);

		if (!strcmp(argv[i], "--mem"))
			return bench_mem(v);
		if (!strcmp(argv[i], "--reflow"))
			return bench_reflow(v);
		if (!strcmp(argv[i], "--freeze"))
			return bench_freeze(v);
		if (!strcmp(argv[i], "--fresh"))
			return bench_fresh(v ? v : 1);
		if (!strcmp(argv[i], "--cols"))
			cols = v;
		else if (!strcmp(argv[i], "--rows"))
			rows = v;
		else if (!strcmp(argv[i], "--mb"))
			mb = v;
		else if (strcmp(argv[i], "--peer") != 0 || !load_peer(&peer, argv[i + 1]))
			return 2;
	}
	for (; i < argc; i++)
		ok = bench_file(&peer, argv[i], cols, rows, mb) && ok;
	return ok ? 0 : 1;
}
