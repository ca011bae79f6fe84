/* Unicode's own tests, from the machine's unicode-data: every line of
 * GraphemeBreakTest.txt against gcb_break(), every sequence of emoji-test.txt as one
 * cell of two columns, every simple folding of CaseFolding.txt. Skipped where the data
 * is not installed. */
#include <limits.h>
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

enum verdict { NO_TEST, RIGHT, WRONG };

static void each_line(const char *path, enum verdict (*check)(const char *line), unsigned at_least)
{
	FILE *f = fopen(path, "r");
	unsigned lines = 0, wrong = 0;
	char line[1024];

	if (!f)
		skip();
	while (fgets(line, sizeof(line), f)) {
		enum verdict v = check(line);

		lines += v != NO_TEST;
		wrong += v == WRONG;
		if (v == WRONG)
			print_message("%s", line);
	}
	fclose(f);
	assert_int_equal(wrong, 0);
	assert_in_range(lines, at_least, UINT_MAX);
}

/* "÷ 0020 × 0308 ÷ # …": the marks say where clusters end. */
static enum verdict breaks(const char *line)
{
	struct gcb_state s = {0};
	enum verdict v = NO_TEST;

	for (const char *p = line; !strncmp(p, "÷", 2) || !strncmp(p, "×", 2);) {
		bool cut = !strncmp(p, "÷", 2);
		unsigned cp;
		int n = 0;

		p += 2;
		if (sscanf(p, " %x%n", &cp, &n) != 1 || !n)
			break;
		if (gcb_break(&s, uniprop_gcb(uniprop(cp))) != cut)
			return WRONG;
		v = RIGHT;
		p += n;
		p += *p == ' ';
	}
	return v;
}

static void grapheme_break_test(void **state)
{
	(void)state;
	each_line(UCD "auxiliary/GraphemeBreakTest.txt", breaks, 600);
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

static enum verdict emoji(const char *line)
{
	own_buf struct buf s = {0};
	unsigned cp;
	char tmp[4];
	int n;

	if (!strstr(line, "; fully-qualified"))
		return NO_TEST;
	for (const char *p = line; sscanf(p, "%x%n", &cp, &n) == 1; p += n)
		buf_add(&s, tmp, utf8_encode(cp, tmp));
	return is_one_wide_cell(buf_view(&s)) ? RIGHT : WRONG;
}

static void emoji_test(void **state)
{
	(void)state;
	each_line(UCD "emoji/emoji-test.txt", emoji, 3000);
}

/* "0041; C; 0061; # …". What folds to a letter folds no further. */
static enum verdict folding(const char *line)
{
	unsigned from, to;
	char status;

	if (sscanf(line, "%x; %c; %x;", &from, &status, &to) != 3 || !strchr("CS", status))
		return NO_TEST;
	return utf8_fold(from) == to && utf8_fold(to) == to ? RIGHT : WRONG;
}

static void case_folding(void **state)
{
	unsigned folded = 0, fold_lines = 1454; /* of Unicode 15's file, by grep -c */

	(void)state;
	each_line(UCD "CaseFolding.txt", folding, fold_lines);
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++)
		folded += utf8_fold(cp) != cp;
	assert_int_equal(folded, fold_lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(grapheme_break_test),
		cmocka_unit_test(emoji_test), cmocka_unit_test(case_folding)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
