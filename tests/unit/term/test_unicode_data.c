/* Unicode's own tests, from the machine's unicode-data: every line of
 * GraphemeBreakTest.txt against gcb_break(), and every sequence of emoji-test.txt as
 * one cell of two columns. Skipped where the data is not installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "term/term.h"
#include "term/uniprop.h"

#define UCD "/usr/share/unicode/"

/* "÷ 0020 × 0308 ÷ # …": the marks say where clusters end. */
static unsigned check_breaks(const char *line)
{
	struct gcb_state s = {0};
	unsigned wrong = 0;

	for (const char *p = line; *p && *p != '#';) {
		bool cut = !strncmp(p, "÷", 2);
		unsigned cp;
		int n = 0;

		p += 2;
		if (sscanf(p, " %x%n", &cp, &n) != 1 || !n)
			break;
		wrong += gcb_break(&s, uniprop_gcb(uniprop(cp))) != cut;
		p += n;
		p += *p == ' ';
	}
	return wrong;
}

static void grapheme_break_test(void **state)
{
	FILE *f = fopen(UCD "auxiliary/GraphemeBreakTest.txt", "r");
	unsigned lines = 0, wrong = 0;
	char line[1024];

	(void)state;
	if (!f)
		skip();
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "÷", 2) != 0)
			continue;
		lines++;
		if (check_breaks(line)) {
			print_message("%s", line);
			wrong++;
		}
	}
	fclose(f);
	assert_int_equal(wrong, 0);
	assert_true(lines > 500);
}

static bool is_one_wide_cell(struct str s)
{
	struct term *t = term_new(&(struct term_options){.cols = 20, .rows = 2});
	struct term_line l;
	char tmp[4];
	bool ok;

	term_feed(t, s.p, s.n);
	ok = term_cursor(t).col == 2 && term_line(t, 0, NULL, &l) &&
	     cell_kind(l.c[0]) == CELL_WIDE && str_eq(term_cell_text(&l, l.c[0], tmp), s);
	term_free(t);
	return ok;
}

static void emoji_test(void **state)
{
	FILE *f = fopen(UCD "emoji/emoji-test.txt", "r");
	unsigned lines = 0, wrong = 0;
	char line[1024];

	(void)state;
	if (!f)
		skip();
	while (fgets(line, sizeof(line), f)) {
		own_buf struct buf s = {0};
		const char *p = line;
		unsigned cp;
		int n;
		char tmp[4];

		if (!strstr(line, "; fully-qualified"))
			continue;
		while (sscanf(p, "%x%n", &cp, &n) == 1) {
			buf_add(&s, tmp, utf8_encode(cp, tmp));
			p += n;
		}
		lines++;
		if (!is_one_wide_cell(buf_view(&s))) {
			print_message("%s", line);
			wrong++;
		}
	}
	fclose(f);
	assert_int_equal(wrong, 0);
	assert_true(lines > 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grapheme_break_test), cmocka_unit_test(emoji_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
