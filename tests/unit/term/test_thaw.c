#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "term/freeze.h"
#include "term/rowcode.h"
#include "term/term.h"

/* What claims to be a frozen terminal may come from anywhere: rows of history hold what
 * the engine itself could have put there, or nothing is thawed. */

static void frozen_history(struct buf *out, const char *first)
{
	struct term *t = term_new(&(struct term_options){.cols = 12, .rows = 2});

	assert_non_null(t);
	term_feed(t, first, strlen(first));
	term_feed(t, "\r\n2\r\n3", 6);
	term_freeze(t, out);
	term_free(t);
}

static bool thaws(const struct buf *frozen)
{
	struct term *t = term_thaw(&(struct term_options){0}, buf_view(frozen));

	term_free(t);
	return t != NULL;
}

static size_t place_of(const struct buf *frozen, const char *text)
{
	size_t i = 0, n = strlen(text);

	while (i + n <= frozen->n && memcmp(frozen->p + i, text, n) != 0)
		i++;
	assert_true(i + n <= frozen->n);
	return i;
}

/* Puts `by` for the byte at `at` behind the only `text`. */
static bool thaws_with(const char *line, const char *text, size_t at, char by)
{
	own_buf struct buf frozen = {0};

	frozen_history(&frozen, line);
	assert_true(thaws(&frozen));
	frozen.p[place_of(&frozen, text) + at] = by;
	return thaws(&frozen);
}

static void plain_rows_are_ascii(void **state)
{
	(void)state;
	assert_true(thaws_with("needle", "needle", 0, 'N'));
	assert_false(thaws_with("needle", "needle", 0, '\xff'));
	assert_false(thaws_with("needle", "needle", 5, '\x1b'));
	assert_false(thaws_with("needle", "needle", 5, '\x7f'));
}

static void other_rows_hold_no_controls(void **state)
{
	(void)state;
	assert_true(thaws_with("needle\xc3\xa9", "needle", 0, 'N'));
	assert_false(thaws_with("needle\xc3\xa9", "needle", 0, '\x1b'));
	/* 1: a blank left for a wide character; only the last column has one */
	assert_false(thaws_with("needle\xc3\xa9", "needle", 0, '\1'));
}

/* Nor do the texts of cells with more than one code point, links and titles. */
static void texts_hold_no_controls(void **state)
{
	static const char cluster[] = "e\xcc\x81",
			  link[] = "\033]8;id=needle;http://haystack\033\\x",
			  title[] = "\033]2;needle\a";

	(void)state;
	assert_true(thaws_with(cluster, "e\xcc\x81", 0, 'a'));
	assert_false(thaws_with(cluster, "e\xcc\x81", 0, '\x1b'));
	assert_true(thaws_with(link, "haystack", 0, 'H'));
	assert_false(thaws_with(link, "haystack", 0, '\a'));
	assert_false(thaws_with(link, "needle", 0, '\a'));
	assert_true(thaws_with(title, "needle", 0, 'N'));
	assert_false(thaws_with(title, "needle", 0, '\x1b'));
}

/* What a row's cells look like stands in front of its text, from left to right. */
static void looks_do_not_overlap(void **state)
{
	static const char line[] = "\033[1mneedle\033[3mpoint\033[m";
	own_buf struct buf frozen = {0};
	struct rowrun run;
	char *last;

	(void)state;
	frozen_history(&frozen, line);
	last = frozen.p + place_of(&frozen, "needlepoint") - sizeof(run);
	memcpy(&run, last, sizeof(run));
	assert_int_equal(run.start, 6);
	run.len--;
	memcpy(last, &run, sizeof(run));
	assert_true(thaws(&frozen));
	run.start--;
	memcpy(last, &run, sizeof(run));
	assert_false(thaws(&frozen));
}

/* A line in history, which a budget of 16 KiB soon fills. */
static void feed_line(struct term *t, unsigned i)
{
	char line[200];
	int n = snprintf(line, sizeof(line), "%u\033[3%um%.*s\r\n", i, i % 8, (int)(i * 37 % 120),
		"........................................................................"
		"................................................");

	term_feed(t, line, (size_t)n);
}

/* A full history comes back whole, and goes row by row as the original's does. */
static void full_history(void **state)
{
	struct term_options o = {.cols = 132, .rows = 4, .history = 16384};
	struct term *t = term_new(&o), *u;
	own_buf struct buf frozen = {0};
	uint64_t first = 0;

	(void)state;
	assert_non_null(t);
	for (unsigned i = 0; i < 3000; i++) {
		feed_line(t, i);
		if (i % 100 != 0)
			continue;
		buf_clear(&frozen);
		term_freeze(t, &frozen);
		u = term_thaw(&o, buf_view(&frozen));
		assert_non_null(u);
		for (unsigned k = 0; k < 100; k++) {
			assert_int_equal(term_first_row(u), term_first_row(t));
			assert_int_equal(term_screen_row(u), term_screen_row(t));
			feed_line(u, i + 1 + k);
			feed_line(t, i + 1 + k);
		}
		i += 100;
		first = term_first_row(t);
		term_free(u);
	}
	assert_true(first > 1000);
	term_free(t);
}

/* A viewer with less room for history keeps its end. */
static void less_history(void **state)
{
	struct term *t = term_new(&(struct term_options){.cols = 132, .rows = 4, .history = 65536}),
		    *u;
	own_buf struct buf frozen = {0};

	(void)state;
	assert_non_null(t);
	for (unsigned i = 0; i < 3000; i++)
		feed_line(t, i);
	term_freeze(t, &frozen);
	u = term_thaw(&(struct term_options){.history = 4096}, buf_view(&frozen));
	assert_non_null(u);
	assert_int_equal(term_screen_row(u), term_screen_row(t));
	assert_true(term_first_row(u) > term_first_row(t));
	assert_true(term_first_row(u) < term_screen_row(u));
	term_free(u);
	term_free(t);
}

/* Where a screen was left lies on it also when it was left at another size. */
static void left_then_smaller(void **state)
{
	static const char bytes[] = "\033[4;100H\033[?47h\033[4;100H\033[?47l\033[?47h";
	struct term *t = term_new(&(struct term_options){.cols = 132, .rows = 4}), *u;
	own_buf struct buf frozen = {0};

	(void)state;
	assert_non_null(t);
	term_feed(t, bytes, sizeof(bytes) - 1);
	assert_true(term_resize(t, 80, 2));
	term_freeze(t, &frozen);
	u = term_thaw(&(struct term_options){0}, buf_view(&frozen));
	assert_non_null(u);
	term_free(u);
	term_free(t);
}

/* A string that is too long is lost whole, also when its end comes after the thaw. */
static void long_strings(void **state)
{
	struct term *t = term_new(&(struct term_options){0}), *u;
	own_buf struct buf frozen = {0}, in = {0};

	(void)state;
	assert_non_null(t);
	buf_puts(&in, "\033]2;kept\a\033]2;");
	for (unsigned i = 0; i < 70000; i++)
		buf_putc(&in, 'x');
	term_feed(t, in.p, in.n);
	term_freeze(t, &frozen);
	u = term_thaw(&(struct term_options){0}, buf_view(&frozen));
	assert_non_null(u);
	term_feed(u, "y\a", 2);
	assert_true(str_eqz(term_title(u), "kept"));
	term_free(u);
	term_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_rows_are_ascii),
		cmocka_unit_test(other_rows_hold_no_controls),
		cmocka_unit_test(texts_hold_no_controls),
		cmocka_unit_test(looks_do_not_overlap),
		cmocka_unit_test(full_history),
		cmocka_unit_test(less_history),
		cmocka_unit_test(left_then_smaller),
		cmocka_unit_test(long_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
