/* term-diff LIBRARY [--seed N] [--runs N] [--tokens N] [--flags BITS] [--cols N] [--rows N]
 *           [--wrap 1] [--history 1] [--bare 1] [--max N] [--cases 1] [--write DIR] [--replay FILE]
 *
 * Feeds seeded streams (term_gen.h) to the engine and to libghostty-vt, loaded
 * from LIBRARY (ghost.h), and compares rows, styles, cursor and, when asked,
 * wrapping and history; or text and the cursor's place only (--bare). A stream that differs is made
 * smaller by leaving tokens out and printed. --replay FILE (last) compares the bytes of a file
 * instead. --write DIR writes each stream (SEED.bin), what the engine makes of it (SEED.txt) and
 * what the peer does (SEED.ghost; not with - for LIBRARY) for tests/term/xtermjs.mjs. --cases 1
 * prints the streams on which both agree as cases.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/term.h"
#include "tools/term_gen.h"
#include "tools/term_json.h"
#include "tools/term_peer.h"

/* ---- streams ---- */

struct stream {
	struct buf bytes;
	size_t ends[4096];
	bool skip[4096];
	unsigned n;
	unsigned cols, rows;
	struct peer_look look;
};

static struct str token(const struct stream *s, unsigned i)
{
	size_t from = i ? s->ends[i - 1] : 0;

	return str_n(s->bytes.p + from, s->ends[i] - from);
}

/* What the engine and, when there is one, the peer make of a stream. */
static void run(const struct stream *s, struct buf *a, struct buf *b)
{
	struct term *t = term_new(&(struct term_options){.cols = s->cols, .rows = s->rows});
	ghost g = b ? ghost_new(s->cols, s->rows) : NULL;
	unsigned cols = s->cols, rows = s->rows;

	for (unsigned i = 0; i < s->n; i++) {
		struct str bytes = token(s, i);
		bool sized = !s->skip[i] && gen_resize(bytes, &cols, &rows);

		if (s->skip[i])
			continue;
		if (sized) {
			bytes = STR("\r");
			bytes.n = *token(s, i).p == '\r';
		}
		term_feed(t, bytes.p, bytes.n);
		if (g)
			ghost_feed(g, bytes);
		if (sized)
			term_resize(t, cols, rows);
		if (g && sized)
			ghost_resize(g, cols, rows);
		if (g && str_eqz(bytes, "\033c"))
			ghost_feed(g, STR("\033[?2027h"));
	}
	buf_clear(a);
	our_text(a, t, s->look);
	term_free(t);
	if (g) {
		buf_clear(b);
		ghost_text(b, g, cols, rows, s->look);
		ghost_free(g);
	}
}

static bool differs(const struct stream *s, struct buf *a, struct buf *b)
{
	run(s, a, b);
	return !str_eq(buf_view(a), buf_view(b));
}

static void make_stream(struct stream *s, uint64_t seed, unsigned tokens, unsigned flags)
{
	struct gen g = {.seed = seed * 7919 + 13, .cols = s->cols, .rows = s->rows, .flags = flags};

	buf_clear(&s->bytes);
	for (s->n = 0; s->n < tokens; s->n++) {
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

/* One file of a stream, for a peer that is no library. */
static void write_file(const char *dir, unsigned long seed, const char *ending, struct str s)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%lu.%s", dir, seed, ending);
	f = fopen(path, "wb");
	if (!f || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static void write_stream(
	struct stream *s, const char *dir, unsigned long seed, struct buf *a, struct buf *b)
{
	s->look.plain = true;
	run(s, a, b);
	write_file(dir, seed, "bin", buf_view(&s->bytes));
	write_file(dir, seed, "txt", buf_view(a));
	if (b)
		write_file(dir, seed, "ghost", buf_view(b));
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

/* Cuts the bytes of a file at its resizes and into pieces of a 64th. */
static void cut_tokens(struct stream *s)
{
	size_t piece = s->bytes.n / 64 + 1, at = 0;
	struct str all = buf_view(&s->bytes);

	for (s->n = 0; at < all.n && s->n < 4096; s->n++) {
		struct str rest = str_from(all, at);
		unsigned cols, rows;
		size_t n = gen_resize(rest, &cols, &rows) ? str_find(rest, '>') + 1 : 1;

		while (n == 1 || (n < piece && n < rest.n)) {
			if (n >= rest.n || gen_resize(str_from(rest, n), &cols, &rows))
				break;
			n++;
		}
		at += n;
		s->ends[s->n] = at;
	}
}

/* The bytes that a program wrote, compared after every piece of them. */
static int replay(struct stream *s, const char *path, struct buf *a, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;
	int bad = 0;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&s->bytes, part, n);
	if (!f || fclose(f) != 0) {
		perror(path);
		return 1;
	}
	cut_tokens(s);
	for (unsigned all = s->n, i = 1; i <= all && bad < 3; i++) {
		s->n = i;
		if (differs(s, a, b)) {
			printf("--- %s at byte %zu of %zu\nours:\n%stheirs:\n%s", path,
				s->ends[i - 1], s->bytes.n, buf_z(a), buf_z(b));
			bad++;
		}
	}
	printf("%s: %s\n", path, bad ? "differs" : "same");
	buf_fini(&s->bytes);
	return bad != 0;
}

struct options {
	unsigned long seed, runs, tokens, flags, max;
	bool cases, library;
	const char *dir, *file;
};

static bool number_option(struct options *o, struct stream *s, const char *name, unsigned long v)
{
	if (!strcmp(name, "--seed"))
		o->seed = v;
	else if (!strcmp(name, "--runs"))
		o->runs = v;
	else if (!strcmp(name, "--tokens"))
		o->tokens = v > 4096 ? 4096 : v;
	else if (!strcmp(name, "--flags"))
		o->flags = v;
	else if (!strcmp(name, "--max"))
		o->max = v;
	else if (!strcmp(name, "--cases"))
		o->cases = v;
	else if (!strcmp(name, "--cols"))
		s->cols = (unsigned)v;
	else if (!strcmp(name, "--rows"))
		s->rows = (unsigned)v;
	else if (!strcmp(name, "--wrap"))
		s->look.wrap = v;
	else if (!strcmp(name, "--bare"))
		s->look.bare = v;
	else if (!strcmp(name, "--history"))
		s->look.history = v;
	else
		return false;
	return true;
}

static bool options(struct options *o, struct stream *s, int argc, char **argv)
{
	for (int i = 2; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--write"))
			o->dir = argv[i + 1];
		else if (!strcmp(argv[i], "--replay"))
			o->file = argv[i + 1];
		else if (!number_option(o, s, argv[i], strtoul(argv[i + 1], NULL, 0)))
			return false;
	}
	return argc >= 2 && argc % 2 == 0;
}

int main(int argc, char **argv)
{
	static struct stream s = {.cols = 10, .rows = 5};
	struct options o = {.seed = 1, .runs = 1000, .tokens = 40, .flags = GEN_GHOSTTY, .max = 5};
	own_buf struct buf a = {0}, b = {0};
	unsigned long bad = 0;

	if (!options(&o, &s, argc, argv)) {
		fprintf(stderr, "term-diff: see the head of tests/tools/term-diff.c\n");
		return 2;
	}
	o.library = strcmp(argv[1], "-") != 0;
	if (o.library)
		ghost_load(argv[1]);
	if (o.file)
		return replay(&s, o.file, &a, &b);
	for (unsigned long seed = o.seed; seed < o.seed + o.runs; seed++) {
		make_stream(&s, seed, (unsigned)o.tokens, (unsigned)o.flags);
		if (o.dir) {
			write_stream(&s, o.dir, seed, &a, o.library ? &b : NULL);
		} else if (!differs(&s, &a, &b)) {
			if (o.cases)
				print_case(&s, seed);
		} else if (bad++ < o.max && !o.cases) {
			shrink(&s, &a, &b);
			show(&s, &a, &b, seed);
		}
	}
	if (!o.cases && !o.dir)
		printf("%lu of %lu streams differ\n", bad, o.runs);
	buf_fini(&s.bytes);
	return bad != 0;
}
