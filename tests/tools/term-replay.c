/* term-replay [--cols N] [--rows N] [--scrollback BYTES] [--chunk N] [--resize C,R@B]… [FILE|-]
 *
 * Feeds the bytes to the engine, in one piece or in pieces of N bytes, and prints
 * what came of it as one JSON document (term_json.h). --resize 100,30@512 resizes
 * in front of byte 512.
 */
#include <stdio.h>

#include "base/num.h"
#include "tools/term_json.h"

struct options {
	struct term_options term;
	size_t chunk;
	const char *file;
	struct {
		unsigned cols, rows;
		size_t at;
	} resize[64];
	size_t n_resize;
};

static void on_reply(void *ctx, struct str s)
{
	buf_str(ctx, s);
}

static bool read_all(FILE *f, struct buf *b)
{
	char part[65536];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(b, part, n);
	return !ferror(f);
}

static bool number(const char *z, size_t *n)
{
	char *end;
	unsigned long long v;

	if (!z || *z < '0' || *z > '9')
		return false;
	v = strtoull(z, &end, 10);
	*n = (size_t)v;
	return !*end;
}

static bool resize_option(struct options *o, const char *z)
{
	unsigned cols, rows;
	unsigned long at;
	int end = 0;

	if (!z || o->n_resize == 64 || sscanf(z, "%u,%u@%lu%n", &cols, &rows, &at, &end) != 3 ||
		z[end])
		return false;
	o->resize[o->n_resize].cols = cols;
	o->resize[o->n_resize].rows = rows;
	o->resize[o->n_resize++].at = at;
	return true;
}

static bool option(struct options *o, const char *name, const char *value)
{
	size_t n = 0;

	if (!strcmp(name, "--resize"))
		return resize_option(o, value);
	if (!number(value, &n))
		return false;
	if (!strcmp(name, "--cols"))
		o->term.cols = n > TERM_MAX ? TERM_MAX + 1 : (unsigned)n;
	else if (!strcmp(name, "--rows"))
		o->term.rows = n > TERM_MAX ? TERM_MAX + 1 : (unsigned)n;
	else if (!strcmp(name, "--scrollback"))
		o->term.history = n ? n : TERM_NO_HISTORY;
	else if (!strcmp(name, "--chunk"))
		o->chunk = n;
	else
		return false;
	return true;
}

static bool parse(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1] == '-') {
			if (!option(o, argv[i], i + 1 < argc ? argv[i + 1] : NULL))
				return false;
			i++;
		} else if (o->file) {
			return false;
		} else {
			o->file = argv[i];
		}
	}
	return true;
}

static void feed(struct term *t, const struct options *o, struct str s)
{
	size_t at = 0, next = 0;

	for (;;) {
		size_t n = s.n - at;

		while (next < o->n_resize && o->resize[next].at <= at) {
			term_resize(t, o->resize[next].cols, o->resize[next].rows);
			next++;
		}
		if (at >= s.n)
			return;
		if (o->chunk && n > o->chunk)
			n = o->chunk;
		if (next < o->n_resize && n > o->resize[next].at - at)
			n = o->resize[next].at - at;
		term_feed(t, s.p + at, n);
		at += n;
	}
}

int main(int argc, char **argv)
{
	struct options o = {.term = {.checksum = true}};
	struct term_events ev = {.reply = on_reply};
	own_buf struct buf in = {0}, out = {0}, replies = {0};
	struct term *t;
	FILE *f = stdin;

	if (!parse(&o, argc, argv)) {
		fprintf(stderr, "usage: term-replay [--cols N] [--rows N] [--scrollback BYTES]"
				" [--chunk N] [--resize COLS,ROWS@BYTE]... [FILE|-]\n");
		return 2;
	}
	if (o.file && strcmp(o.file, "-") != 0)
		f = fopen(o.file, "rb");
	if (!f || !read_all(f, &in)) {
		perror(o.file ? o.file : "stdin");
		return 1;
	}
	t = term_new(&o.term);
	if (!t) {
		fprintf(stderr, "term-replay: that size is not possible\n");
		return 1;
	}
	term_set_events(t, &ev, &replies);
	term_viewer_colors(t, TERM_JSON_FG, TERM_JSON_BG, TERM_JSON_FG, true);
	feed(t, &o, buf_view(&in));
	term_json(&out, t, buf_view(&replies));
	fwrite(out.p, 1, out.n, stdout);
	term_free(t);
	if (f != stdin)
		fclose(f);
	return 0;
}
