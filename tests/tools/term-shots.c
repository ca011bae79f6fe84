/* term-shots [--cols N] [--rows N] [--peer LIBRARY] [--plain] RECORD MOMENTS
 *
 * Feeds what term-host recorded to the engine, or to libghostty-vt (ghost.h), and
 * prints what it shows at each moment that the script took a shot of: "== NAME" and
 * the screen (shot.h). --plain leaves out whether rows go on in the next.
 */
#include <stdio.h>

#include "tools/ghost.h"
#include "tools/shot.h"

struct replay {
	struct term *t; /* or */
	ghost g;
	unsigned cols, rows;
	bool plain;
	struct str bytes;
	size_t fed;
	struct buf out;
};

static bool read_all(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char part[65536];
	size_t n;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(b, part, n);
	if (!f)
		return perror(path), false;
	fclose(f);
	return true;
}

static void feed_to(struct replay *r, size_t to)
{
	size_t n = to < r->bytes.n ? to - r->fed : r->bytes.n - r->fed;

	if (r->t)
		term_feed(r->t, r->bytes.p + r->fed, n);
	else
		ghost_feed(r->g, str_n(r->bytes.p + r->fed, n));
	r->fed += n;
}

static void put_cell(void *ctx, const struct style *look, struct str text, bool tail)
{
	shot_cell(ctx, look, text, tail);
}

static void shot_ghost(struct replay *r)
{
	struct ghost_state s = ghost_state(r->g);
	long history = s.alternate ? 0 : (long)s.history;
	struct shot_row row = {0};

	shot_head(&r->out, s.cols, s.rows, s.alternate, &s.cursor);
	for (long y = -history; y < (long)s.rows; y++) {
		bool wrap = ghost_row(
			r->g, y < 0, (unsigned)(y < 0 ? y + history : y), s.cols, put_cell, &row);

		shot_row_end(&row, &r->out, y, wrap && !r->plain);
	}
	shot_row_fini(&row);
}

static void shot(struct replay *r, const char *name)
{
	buf_printf(&r->out, "== %s\n", name);
	if (r->t)
		shot_term(&r->out, r->t, r->plain);
	else
		shot_ghost(r);
}

static bool moment(struct replay *r, const char *line)
{
	char what[16] = "", name[64] = "";
	unsigned cols, rows;
	size_t at;

	if (sscanf(line, "%zu %15s %63s", &at, what, name) < 2)
		return false;
	feed_to(r, at);
	if (!strcmp(what, "shot")) {
		shot(r, name);
	} else if (sscanf(line, "%zu resize %u %u", &at, &cols, &rows) == 3) {
		if (r->t)
			return term_resize(r->t, cols, rows);
		ghost_resize(r->g, cols, rows);
	}
	return true;
}

static int usage(void)
{
	fprintf(stderr, "usage: term-shots [--cols N] [--rows N] [--peer LIBRARY] [--plain]"
			" RECORD MOMENTS\n");
	return 2;
}

/* The index of RECORD; argc when something is wrong. */
static int options(struct replay *r, const char **peer, int argc, char **argv)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		const char *v = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--plain")) {
			r->plain = true;
			continue;
		}
		if (!strcmp(argv[i], "--cols"))
			r->cols = (unsigned)strtoul(v, NULL, 10);
		else if (!strcmp(argv[i], "--rows"))
			r->rows = (unsigned)strtoul(v, NULL, 10);
		else if (!strcmp(argv[i], "--peer"))
			*peer = v;
		else
			return argc;
		i++;
	}
	return argc - i == 2 ? i : argc;
}

static bool run(struct replay *r, struct str moments)
{
	struct str line;
	bool ok = true;

	while (str_split(&moments, '\n', &line)) {
		own_buf struct buf z = {0};

		buf_str(&z, line);
		if (line.n && !moment(r, buf_z(&z))) {
			fprintf(stderr, "term-shots: not a moment: %s\n", buf_z(&z));
			ok = false;
		}
	}
	return ok;
}

int main(int argc, char **argv)
{
	struct replay r = {.cols = 80, .rows = 24};
	own_buf struct buf bytes = {0}, moments = {0};
	const char *peer = NULL;
	int i = options(&r, &peer, argc, argv);
	bool ok;

	if (i >= argc)
		return usage();
	if (!read_all(argv[i], &bytes) || !read_all(argv[i + 1], &moments))
		return 1;
	if (peer) {
		ghost_load(peer);
		r.g = ghost_new(r.cols, r.rows);
	} else {
		r.t = term_new(&(struct term_options){.cols = r.cols, .rows = r.rows});
	}
	r.bytes = buf_view(&bytes);
	ok = run(&r, buf_view(&moments));
	fwrite(r.out.p, 1, r.out.n, stdout);
	term_free(r.t);
	if (r.g)
		ghost_free(r.g);
	buf_fini(&r.out);
	return !ok;
}
