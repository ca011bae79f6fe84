/* term-replay [--cols N] [--rows N] [--scrollback BYTES] [--chunk N] [--resize C,R@B]… [FILE|-]
 *
 * Feeds the bytes to the engine, in one piece or in pieces of N bytes, and prints
 * what came of it as one JSON document (term_json.h). --resize 100,30@512 resizes
 * in front of byte 512.
 */
#include <stdio.h>

#include "base/num.h"
#include "tools/term_json.h"
#include "tools/tool_options.h"

enum { RESIZES = 64 };

static const struct tool tool = {"term-replay",
	"[--cols N] [--rows N] [--scrollback BYTES] [--chunk N] [--resize COLS,ROWS@BYTE]..."
	" [FILE|-]"};

struct options {
	struct term_options term;
	uint64_t history, chunk;
	const char *file;
	struct {
		unsigned cols, rows;
		size_t at;
	} resize[RESIZES];
	size_t n_resize;
};

static void on_reply(void *ctx, struct str s)
{
	buf_str(ctx, s);
}

static bool side(struct str *rest, char sep, unsigned *to)
{
	struct str piece;
	uint64_t v;

	if (!str_split(rest, sep, &piece) || !num_u64(piece, &v) || v < TERM_MIN || v > TERM_MAX)
		return false;
	*to = (unsigned)v;
	return true;
}

static bool read_resize(void *to, const char *value)
{
	struct options *o = to;
	struct str rest = str_z(value);
	unsigned cols, rows;
	uint64_t at;

	if (o->n_resize == RESIZES || !side(&rest, ',', &cols) || !side(&rest, '@', &rows) ||
		!num_u64(rest, &at) || cols * rows > TERM_MAX_CELLS)
		return false;
	o->resize[o->n_resize].cols = cols;
	o->resize[o->n_resize].rows = rows;
	o->resize[o->n_resize++].at = (size_t)at;
	return true;
}

static void parse(struct options *o, int argc, char **argv)
{
	const struct tool_option all[] = {
		{"--cols", TOOL_NUMBER, &o->term.cols, TERM_MIN, TERM_MAX, NULL, NULL},
		{"--rows", TOOL_NUMBER, &o->term.rows, TERM_MIN, TERM_MAX, NULL, NULL},
		{"--scrollback", TOOL_SIZE, &o->history, 0, UINT32_MAX, NULL, NULL},
		{"--chunk", TOOL_SIZE, &o->chunk, 0, UINT32_MAX, NULL, NULL},
		{"--resize", TOOL_OWN, o, 0, 0, read_resize,
			"COLS,ROWS@BYTE, the first two from 1 to 4096, at most 64 times"},
		{0}};
	int i = tool_options(&tool, all, argc, argv, 1);

	for (; i < argc; i = tool_options(&tool, all, argc, argv, i + 1)) {
		if (o->file)
			tool_refuse(&tool, "%s: a second file, behind %s", argv[i], o->file);
		o->file = argv[i];
	}
	tool_size(&tool, o->term.cols, o->term.rows);
	o->term.history = o->history ? (size_t)o->history : TERM_NO_HISTORY;
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
			n = (size_t)o->chunk;
		if (next < o->n_resize && n > o->resize[next].at - at)
			n = o->resize[next].at - at;
		term_feed(t, s.p + at, n);
		at += n;
	}
}

int main(int argc, char **argv)
{
	struct options o = {
		.term = {.cols = 80, .rows = 24, .checksum = true}, .history = TERM_HISTORY};
	struct term_events ev = {.reply = on_reply};
	own_buf struct buf in = {0}, out = {0}, replies = {0};
	struct term *t;

	parse(&o, argc, argv);
	tool_read(&tool, NULL, o.file ? o.file : "-", &in);
	t = term_new(&o.term);
	if (!t) {
		fprintf(stderr, "term-replay: out of memory\n");
		return 1;
	}
	term_set_events(t, &ev, &replies);
	term_viewer_colors(t, TERM_JSON_FG, TERM_JSON_BG, TERM_JSON_FG, true);
	feed(t, &o, buf_view(&in));
	term_json(&out, t, buf_view(&replies));
	fwrite(out.p, 1, out.n, stdout);
	term_free(t);
	return 0;
}
