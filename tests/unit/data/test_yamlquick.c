/* The short way through plain YAML, held against libyaml. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "../../fuzz/yaml_trees.h"
#include "data/yamlquick.h"

/* True when the short way took it; then libyaml must agree. */
static bool agrees(struct str text)
{
	own_yaml struct yaml_doc quick = {0}, full = {0};

	if (!yaml_quick(&quick, text))
		return false;
	if (!yaml_parse_any(&full, text, "t", NULL) || !full.root ||
		quick.body_end != full.body_end || !trees_identical(quick.root, full.root))
		fail_msg("libyaml reads this otherwise:\n%.*s", STRF(text));
	return true;
}

static const char *const taken[] = {
	"a: b",
	"a: b\n",
	"a:   b c\n",
	"a: 'it''s'\nb: ''\nc: \"yes\"\n",
	"a: []\nb: {}\n",
	"# one\n\na: b\n   \n# two  \nc: d\n  # three\n",
	"a:\n- b\n- c\nd: e\n",
	"a:\n    - b\n    -   'c: d'\n# x\n    - e\nd: e\n",
	"m:\n    l:\n        - a\n        - b\n    k: v\n    z:\n    - q\nx: 1\n",
	"a: http://x:80/y#z\n",
	"a: b,c]{d}\n",
	"a: (x) $y ~/z\n",
	"a: ~\n",
	"a: \xc3\xa9t\xc3\xa9\nb: \xe6\x97\xa5\n",
};

static const char *const left_alone[] = {
	"",
	"# only\n",
	"a:\n",
	"a: \n",
	"a: b \n",
	"a: b # c\n",
	"a: b: c\n",
	"a: b:\n",
	"a: b\n  c\n",
	"a: &x b\n",
	"a: *x\n",
	"a: !!str b\n",
	"a: |\n  b\n",
	"a: >\n  b\n",
	"a: [b]\n",
	"a: {b: c}\n",
	"a: 'b\n  c'\n",
	"a: 'b' c\n",
	"a: \"b\\n\"\n",
	"a: \"b\"c\"\n",
	"a: @b\n",
	"a: `b\n",
	"a: - b\n",
	"a: b\na: c\n",
	"a: b\r\n",
	"a:\tb\n",
	"\ta: b\n",
	"---\na: b\n",
	"a: b\n...\n",
	("\xef\xbb\xbf"
	 "a: b\n"),
	" a: b\n",
	"a:\n  - b\n  c: d\n",
	"a:\n  - b: c\n",
	"a:\n  - - b\n",
	"a:\n  -\n",
	"a b: c\n",
	"? a\n",
	"a: \xff\n",
	"a: \xc2\x85\n",
	"a: \xe2\x80\xa8\n",
	"a: b\n c: d\n",
	"a:\n  b: c\n d: e\n",
	"a: %b\n",
	"a: b\n# c\n  d\n",
};

static void shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(taken); i++)
		if (!agrees(str_z(taken[i])))
			fail_msg("not taken:\n%s", taken[i]);
	for (size_t i = 0; i < countof(left_alone); i++)
		if (agrees(str_z(left_alone[i])))
			fail_msg("taken:\n%s", left_alone[i]);
	assert_false(agrees(str_n("a: b\0\n", 6)));
}

static unsigned next(unsigned *x)
{
	*x = *x * 1664525u + 1013904223u;
	return *x >> 8;
}

/* Texts of the shapes above with some characters changed. */
static void mutants(void **state)
{
	static const char alphabet[] = "ab:- #'\"[]{}\n\n  ,&*!|>%@`?~.1\\\t\xc3";
	size_t took = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 60000; seed++) {
		own_buf struct buf b = {0};
		unsigned x = seed;

		buf_puts(&b, taken[next(&x) % countof(taken)]);
		if (next(&x) % 2) {
			buf_puts(&b, "\nq: r\ns:\n  t: u\n  v:\n  - w\n");
		} else {
			buf_puts(&b, "\nz");
			buf_puts(&b, taken[next(&x) % countof(taken)]);
		}
		for (unsigned k = next(&x) % 4; k--;) {
			size_t at = next(&x) % (b.n + 1);
			size_t cut = next(&x) % 3 == 0 && at < b.n;
			char c = alphabet[next(&x) % (sizeof(alphabet) - 1)];

			buf_splice(&b, at, at + cut, str_n(&c, next(&x) % 4 != 0));
		}
		took += agrees(buf_view(&b));
	}
	if (took < 10000)
		fail_msg("only %zu of the texts were taken", took);
}

static void limits(void **state)
{
	own_buf struct buf many = {0}, deep = {0}, key = {0};

	(void)state;
	buf_puts(&many, "a:\n");
	for (int i = 0; i < 70; i++)
		buf_puts(&many, "- x\n");
	assert_false(agrees(buf_view(&many)));
	for (int i = 0; i < 10; i++)
		buf_printf(&deep, "%*sa:\n", i, "");
	buf_puts(&deep, "          a: b\n");
	assert_false(agrees(buf_view(&deep)));
	for (int i = 0; i < 2000; i++)
		buf_putc(&key, 'k');
	buf_puts(&key, ": v\n");
	assert_false(agrees(buf_view(&key)));
	buf_splice(&key, 0, 1999, STR(""));
	for (int i = 0; i < 3000; i++)
		buf_splice(&key, 3, 3, STR("long "));
	assert_true(agrees(buf_view(&key)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(mutants),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
