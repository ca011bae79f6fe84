/* The worst that can be sent, in bounded time and memory (contract/threats.md T13).
 * The time limits are a hundred times what an idle machine needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "term/invariant.h"
#include "term/term.h"
#include "term/textout.h"

enum { STORM = 1 << 18 };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Feeds `piece` over and over, 256 KiB in all, to a terminal of 120×40. */
static void storm(const char *start, struct str piece)
{
	struct term *t = term_new(&(struct term_options){.cols = 120, .rows = 40});
	double from = now();

	term_feed(t, start, strlen(start));
	for (size_t n = 0; n < STORM; n += piece.n)
		term_feed(t, piece.p, piece.n);
	assert_null(term_invariant(t));
	assert_true(term_memory(t) < 24u << 20);
	if (now() - from > 5)
		print_message("%.*s took %.1f s\n", STRF(piece), now() - from);
	assert_true(now() - from < 20);
	term_free(t);
}

static void sequences(void **state)
{
	(void)state;
	storm("", STR("\033[999999999;999999999H"));
	storm("x", STR("x\033[65535b"));
	storm("", STR("\033[65535S"));
	storm("", STR("\033[65535T"));
	storm("", STR("\033[65535L\033[65535M"));
	storm("", STR("\033[2J"));
	storm("\033[?69h\033[2;119s\033[2;39r", STR("\033[S\033[T"));
	storm("\033[?69h\033[2;119s", STR("\033[9'}\033[9'~"));
	storm("\033[4h", STR("abc日\033[H"));
	storm("", STR("\033[?1049h\033[?1049l"));
	storm("\033[?1045h", STR("\033[65535D"));
	storm("", STR("\033#8\033c"));
	storm("\033[1\"q", STR("x\033[?2J"));
	storm("\033[?40h", STR("\033[?3h\033[?3l"));
}

static void strings(void **state)
{
	(void)state;
	storm("\033]", STR("endless"));
	storm("\033]52;c;", STR("QUJDREVG"));
	storm("\033P", STR("\033\033tmux"));
	storm("\033_G", STR("AAAAAAAA"));
	storm("\033X", STR("aaaaaaaa"));
	storm("\033[", STR("1;1:1;1"));
	storm("", STR("\033]8;id=a;http://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaa\033\\x"));
	storm("", STR("\033[22t\033]2;title\a"));
	storm("", STR("\033P+q4D73;4D73;4D73;4D73\033\\"));
}

static void marks(void **state)
{
	(void)state;
	storm("e", STR("\xcc\x81"));
	storm("", STR("e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86"));
	storm("\xd8\x80", STR("\xd8\x80"));
	storm("👩", STR("\xe2\x80\x8d👩"));
	storm("", STR("🇩"));
	storm("\033[?2027l", STR("e\xcc\x81"));
}

/* Ever new styles, links and clusters: the tables must not grow with them. */
static void ever_new(void **state)
{
	struct term *t = term_new(&(struct term_options){.cols = 120, .rows = 40});
	char piece[128];

	(void)state;
	for (unsigned i = 0; i < 300000; i++) {
		int n = snprintf(piece, sizeof(piece),
			"\033[38;2;%u;%u;%um\033]8;;http://x/%u\033\\a\xcd%c\xcd%c", i & 255,
			i >> 8 & 255, i >> 16 & 255, i, 0x80 + (int)(i & 31),
			0x80 + (int)(i >> 5 & 31));

		term_feed(t, piece, (size_t)n);
	}
	assert_null(term_invariant(t));
	assert_true(term_memory(t) < 16u << 20);
	term_free(t);
}

/* A terminal that may take little memory stays usable, and says so by losing history. */
static void little_memory(void **state)
{
	static const char text[] = "\033[31mline\xcc\x81 日本\033[m of text\r\n";
	struct term *t = term_new(&(struct term_options){.cols = 80, .rows = 24, .memory = 60000});
	struct term_line l;

	(void)state;
	assert_non_null(t);
	for (unsigned i = 0; i < 20000; i++)
		term_feed(t, text, sizeof(text) - 1);
	assert_null(term_invariant(t));
	assert_true(term_memory(t) <= 60000);
	assert_false(term_resize(t, 2000, 200));
	assert_int_equal(term_cols(t), 80);
	assert_true(term_line(t, term_screen_row(t), NULL, &l));
	term_free(t);
}

/* What is kept of a history that is full does not depend on the pieces that bytes come in. */
static void pieces(void **state)
{
	struct term_options o = {.cols = 17, .rows = 4, .history = 16384};
	struct term *whole = term_new(&o), *single = term_new(&o);

	(void)state;
	assert_non_null(whole);
	assert_non_null(single);
	for (unsigned i = 0; i < 2000; i++) {
		char line[100];
		/* Behind SS3 the rest of a piece, into the next row, is written on another
		 * way than pieces of its own. */
		int n = snprintf(line, sizeof(line), "\033[3%um%u %s%.*s\r\n", i % 8, i,
			i % 3 ? "\033O" : "", (int)(i * 7 % 70),
			"....................................."
			".................................");

		term_feed(whole, line, (size_t)n);
		for (int k = 0; k < n; k++)
			term_feed(single, line + k, 1);
		assert_int_equal(term_first_row(single), term_first_row(whole));
	}
	assert_true(term_first_row(whole) > 1000);
	term_free(whole);
	term_free(single);
}

static void impossible_sizes(void **state)
{
	(void)state;
	assert_null(term_new(&(struct term_options){.cols = 5000, .rows = 10}));
	assert_null(term_new(&(struct term_options){.cols = 4000, .rows = 4000}));
}

static void synchronized_frames(void **state)
{
	struct term *t = term_new(&(struct term_options){0});
	struct term_frame f;

	(void)state;
	assert_true(term_frame(t, 0, &f) && f.all);
	term_frame_done(t);
	term_feed(t, "\033[?2026hx", 9);
	assert_false(term_frame(t, 1000, &f));
	assert_false(term_frame(t, 1149, &f));
	assert_true(term_frame(t, 1150, &f));
	assert_true(term_row_dirty(t, 0));
	assert_false(term_row_dirty(t, 1));
	term_frame_done(t);
	assert_false(term_row_dirty(t, 0));
	assert_false(term_frame(t, 1151, &f));
	/* A held frame makes the feed stop where the update ends. */
	assert_int_equal(term_feed_frame(t, "ab\033[?2026lcd", 12), 10);
	assert_true(term_frame(t, 1152, &f));
	assert_false(f.all);
	term_frame_done(t);
	term_feed(t, "\033[24;1H\n\n", 9);
	assert_true(term_frame(t, 1153, &f));
	assert_int_equal(f.scrolled, 2);
	term_free(t);
}

/* A frame tells all that changed, and again until it is done: drawing may fail. */
static void frames(void **state)
{
	struct term *t = term_new(&(struct term_options){.cols = 20, .rows = 4});
	static const char bytes[] = "\033]2;a title\a\033]7;file://h/d\a\033]9;4;1;40\a\a"
				    "1\r\n2\r\n3\r\n4\r\n5\033[?25l";
	struct term_frame f;

	(void)state;
	assert_non_null(t);
	assert_true(term_frame(t, 0, &f));
	term_frame_done(t);
	assert_true(term_frame(t, 0, &f));
	assert_false(f.all);
	assert_int_equal(f.changes, 0);
	term_feed(t, bytes, sizeof(bytes) - 1);
	for (int i = 0; i < 2; i++) {
		assert_true(term_frame(t, 0, &f));
		assert_int_equal(f.changes & (TERM_CHANGED_TITLE | TERM_CHANGED_CWD |
						     TERM_CHANGED_PROGRESS | TERM_CHANGED_BELL),
			TERM_CHANGED_TITLE | TERM_CHANGED_CWD | TERM_CHANGED_PROGRESS |
				TERM_CHANGED_BELL);
		assert_true(str_eqz(f.title, "a title") && str_eqz(f.cwd, "file://h/d"));
		assert_true(f.progress.state == 1 && f.progress.percent == 40);
		assert_true(f.cols == 20 && f.rows == 4 && !f.alternate && f.scrolled == 1);
		assert_int_equal(f.screen_row - f.first_row, 1);
		assert_true(f.cursor.row == 3 && f.cursor.col == 1 && !f.cursor.visible);
	}
	term_frame_done(t);
	term_feed(t, "\033[?1049h", 8);
	assert_true(term_frame(t, 0, &f));
	assert_true(f.alternate && f.all && f.changes & TERM_CHANGED_SCREEN);
	term_free(t);
}

static void on_reply(void *ctx, struct str s)
{
	buf_str(ctx, s);
}

/* A program that asks for colours is answered, whatever the viewer told. */
static void viewer_colors(void **state)
{
	struct term *t = term_new(&(struct term_options){.light = true});
	struct str ask = STR("\033]10;?\a\033]11;?\a");
	own_buf struct buf out = {0};

	(void)state;
	assert_non_null(t);
	term_set_events(t, &(struct term_events){.reply = on_reply}, &out);
	term_feed(t, ask.p, ask.n);
	assert_true(str_eqz(
		buf_view(&out), "\033]10;rgb:0000/0000/0000\a\033]11;rgb:ffff/ffff/ffff\a"));
	buf_clear(&out);
	term_viewer_colors(t, 0x112233, -1, -1, true);
	term_feed(t, ask.p, ask.n);
	assert_true(str_eqz(
		buf_view(&out), "\033]10;rgb:1111/2222/3333\a\033]11;rgb:0000/0000/0000\a"));
	term_free(t);
}

/* What a viewer asks of a line that fills history: no pass over it is made for each of its
 * characters. */
static void ask(const char *start, const char *piece, const char *needle)
{
	struct term *t = term_new(&(struct term_options){.cols = 120, .rows = 40});
	struct term_place last;
	struct term_span span;
	own_buf struct buf uri = {0};
	double from;

	term_feed(t, start, strlen(start));
	for (size_t n = 0; n < 4 * STORM; n += strlen(piece))
		term_feed(t, piece, strlen(piece));
	last = (struct term_place){term_screen_row(t) + 20, 60};
	from = now();
	span = term_word_at(t, last);
	assert_true(span.from.row <= last.row && span.to.row >= last.row);
	term_link_at(t, last, &span, &uri);
	term_find(t, str_z(needle), false, true, last, &span);
	term_find(t, str_z(needle), true, false, (struct term_place){0}, &span);
	assert_true(now() - from < 20);
	term_free(t);
}

static void endless_lines(void **state)
{
	(void)state;
	ask("http://a", "))))))))", "))))a");
	ask("http://a", "((((", "((((a");
	ask("", "http://", "http://a");
	ask("", "://://", "://a");
	ask("", "aaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
	ask("\033]8;;http://b\a", "a", "b");
	ask("", "e\xcc\x81日", "日日");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sequences), cmocka_unit_test(strings),
		cmocka_unit_test(marks), cmocka_unit_test(endless_lines),
		cmocka_unit_test(ever_new), cmocka_unit_test(little_memory),
		cmocka_unit_test(pieces), cmocka_unit_test(impossible_sizes),
		cmocka_unit_test(synchronized_frames), cmocka_unit_test(frames),
		cmocka_unit_test(viewer_colors)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
