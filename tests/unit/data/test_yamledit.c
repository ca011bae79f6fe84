#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/yamledit.h"

/* "set a.b", "plain a.b", "list a.b" (value: items by |, "" is none), "yaml a.b",
 * "append a.b", "remove a.b". `after` NULL: refused, and the text as before. */
struct row {
	const char *before, *edit, *value, *after;
};

static void split_path(const char *edit, struct strv *path)
{
	struct str rest = str_from(str_z(edit), str_find(str_z(edit), ' ') + 1), piece;

	while (str_split(&rest, '.', &piece))
		strv_addn(path, piece);
}

static bool run(struct yamledit *ed, const char *edit, const char *value, struct err *e)
{
	own_strv struct strv path = {0}, items = {0};
	struct str rest = str_z(value), piece;
	const char *const *p;

	split_path(edit, &path);
	p = (const char *const *)path.v;
	if (str_starts(str_z(edit), STR("set ")))
		return yamledit_set(ed, p, str_z(value), e);
	if (str_starts(str_z(edit), STR("plain ")))
		return yamledit_set_plain(ed, p, value, e);
	if (str_starts(str_z(edit), STR("yaml ")))
		return yamledit_set_yaml(ed, p, str_z(value), e);
	if (str_starts(str_z(edit), STR("append ")))
		return yamledit_append(ed, p, str_z(value), e);
	if (str_starts(str_z(edit), STR("remove ")))
		return yamledit_remove(ed, p, e);
	while (*value && str_split(&rest, '|', &piece))
		strv_addn(&items, piece);
	return yamledit_set_list(ed, p, &items, e);
}

static void check_row(const struct row *r)
{
	struct yamledit ed = {0};
	own_err struct err e = {0};
	bool ok;

	if (!yamledit_open(&ed, str_z(r->before), "f.yaml", &e))
		fail_msg("%s\n%s", r->before, buf_z(&e.msg));
	ok = run(&ed, r->edit, r->value ? r->value : "", &e);
	if (ok != (r->after != NULL))
		fail_msg("%s\n-- %s %s: %s", r->before, r->edit, r->value,
			ok ? buf_z(&ed.text) : buf_z(&e.msg));
	if (strcmp(buf_z(&ed.text), r->after ? r->after : r->before) != 0)
		fail_msg("-- %s %s\n%s--- wanted\n%s---", r->edit, r->value, buf_z(&ed.text),
			r->after);
	if (!ok)
		assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
	yamledit_close(&ed);
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_row(&rows[i]);
}

static void test_set(void **state)
{
	static const struct row rows[] = {
		{"a: 1\nb: 2\n", "set a", "x", "a: x\nb: 2\n"},
		{"a: 1 # one\nb: 2\n", "set a", "x", "a: x # one\nb: 2\n"},
		{"a:   'one'   # c\n", "set a", "one", "a:   'one'   # c\n"},
		{"a:   'one'   # c\n", "set a", "two", "a:   two   # c\n"},
		{"a: \"x\"\n", "set a", "true", "a: \"true\"\n"},
		{"a: true\n", "set a", "true", "a: \"true\"\n"},
		{"a: \"4\"\n", "plain a", "4", "a: 4\n"},
		{"a: 4\n", "plain a", "4", "a: 4\n"},
		{"a:\nb: 2\n", "set a", "x", "a: x\nb: 2\n"},
		{"a: # none\nb: 2\n", "set a", "x", "a: x # none\nb: 2\n"},
		{"a: ~\n", "set a", "", "a: \"\"\n"},
		{"a:\n  one\nb: 2\n", "set a", "x", "a:\n  x\nb: 2\n"},
		{"a: one\n  two\n  three # c\nb: 2\n", "set a", "x", "a: x # c\nb: 2\n"},
		{"a: \"one\n  two\"\nb: 2\n", "set a", "x", "a: x\nb: 2\n"},
		{"a: |\n  one\n  two\n\n\n# c\nb: 2\n", "set a", "x", "a: x\n\n\n# c\nb: 2\n"},
		{"a: |+ # keep\n  one\n\nb: 2\n", "set a", "x", "a: x # keep\nb: 2\n"},
		{"a: >-\n  one\n  two\nb: 2\n", "set a", "x\ny\n", "a: |\n    x\n    y\nb: 2\n"},
		{"a: 1 # c\nb: 2\n", "set a", "x\ny", "a: |- # c\n    x\n    y\nb: 2\n"},
		{"a:\n  - 1\n  - 2\nb: 2\n", "set a", "x", "a: x\nb: 2\n"},
		{"a: [1, 2] # c\nb: 2\n", "set a", "x", "a: x # c\nb: 2\n"},
		{"a: [1,\n  2] # c\nb: 2\n", "set a", "x", "a: x # c\nb: 2\n"},
		{"a: 1", "set a", "x", "a: x"},
		{"a: 1", "set b", "x", "a: 1\nb: x"},
		{"a: 1", "set b", "x\ny\n", "a: 1\nb: |\n    x\n    y\n"},
		{"a: 1\n\n# the end\n", "set b", "x", "a: 1\nb: x\n\n# the end\n"},
		{"", "set a.b", "x", "a:\n    b: x\n"},
		{"# only this", "set a", "x", "# only this\na: x\n"},
		{"---\n", "set a", "x", "---\na: x\n"},
		{"---", "set a", "x", "---\na: x\n"},
		{"--- # start\n...\n# after\n", "set a", "x", "--- # start\na: x\n...\n# after\n"},
		{"---\na: 1\n...\n", "set b", "x", "---\na: 1\nb: x\n...\n"},
		{"~\n", "set a", "x", "a: x\n"},
		{"%YAML 1.1\n---\na: 1\n", "set a", "x", "%YAML 1.1\n---\na: x\n"},
		{"\xEF\xBB\xBF"
		 "a: 1\n",
			"set a", "x",
			"\xEF\xBB\xBF"
			"a: x\n"},
		{"\xEF\xBB\xBF", "set a", "x",
			"\xEF\xBB\xBF"
			"a: x\n"},
		{"\xEF\xBB\xBF# \xC3\xA9\n\xC3\xA9: 1\n", "set \xC3\xA9", "\xC3\xBC",
			"\xEF\xBB\xBF# \xC3\xA9\n\xC3\xA9: \xC3\xBC\n"},
		{"a: 1\r\nb: 2\r\n", "set c", "x", "a: 1\r\nb: 2\r\nc: x\r\n"},
		{"a: 1\r\nb: 2\r\n", "set a", "x\ny", "a: |-\r\n    x\r\n    y\r\nb: 2\r\n"},
		{"a: 1\rb: 2\r", "set a", "x", "a: x\rb: 2\r"},
		{"a:\t1\t# c\n", "set a", "x", "a:\tx\t# c\n"},
		{"'a b': 1\n\"c\": 2\n", "set a b", "x", "'a b': x\n\"c\": 2\n"},
		{"a:\n  b: 1\n  c:\n    d: 1\n", "set a.c.e", "x",
			"a:\n  b: 1\n  c:\n    d: 1\n    e: x\n"},
		{"a:\n  b: 1\n\nz: 1\n", "set a.c", "x", "a:\n  b: 1\n  c: x\n\nz: 1\n"},
		{"a:\n  b: 1\n", "set c.d", "x", "a:\n  b: 1\nc:\n  d: x\n"},
		{"a:\nb: 1\n", "set a.c.d", "x", "a:\n    c:\n        d: x\nb: 1\n"},
		{"a: {} # c\nb: 1\n", "set a.c", "x", "a: # c\n    c: x\nb: 1\n"},
		{"a: 1\n", "set a.b", "x", NULL},
		{"a: [1]\n", "set a.b", "x", NULL},
		{"- a\n", "set a", "x", NULL},
		{"just text\n", "set a", "x", NULL},
		{"? a\n: 1\n? b\n: 2\n", "set a", "x", "? a\n: x\n? b\n: 2\n"},
		{"a: !!str 1\n", "set a", "x", "a: x\n"},
		{"a: 1\n", "set true", "x", "a: 1\n\"true\": x\n"},
		{"a: 1\n", "set x: y", "x", "a: 1\n'x: y': x\n"},
		{"a: |\n  one", "set b", "x", NULL},
	};

	(void)state;
	check_rows(rows, countof(rows));
}

static void test_flow(void **state)
{
	static const struct row rows[] = {
		{"{a: 1, b: 2}\n", "set a", "x", "{a: x, b: 2}\n"},
		{"{a: 1, b: 2}\n", "set a", "x, y", "{a: 'x, y', b: 2}\n"},
		{"{a: 1}\n", "set b", "x", "{a: 1, b: x}\n"},
		{"{}\n", "set b", "x", "{b: x}\n"},
		{"{a}\n", "set a", "x", "{a: x}\n"},
		{"{a, b}\n", "set c", "x", "{a, b, c: x}\n"},
		{"{a: , b: 2}\n", "set a", "x", "{a: x , b: 2}\n"},
		{"a: {b: 1, # c\n  d: 2,}\n", "set a.e", "x", "a: {b: 1, # c\n  d: 2, e: x,}\n"},
		{"{\"a\":1, \"b\":\"x\"}\n", "set b", "y", "{\"a\":1, \"b\":\"y\"}\n"},
		{"{\"a\": 1}\n", "set b.c", "y", "{\"a\": 1, \"b\": {\"c\": \"y\"}}\n"},
		{"{a: {b: 1}}\n", "list a.c", "x|y z", "{a: {b: 1, c: [x, y z]}}\n"},
		{"{a: {}}\n", "set a.b", "x", "{a: {b: x}}\n"},
		{"{a: 1, b: 2, c: 3}\n", "remove a", NULL, "{b: 2, c: 3}\n"},
		{"{a: 1, b: 2, c: 3}\n", "remove b", NULL, "{a: 1, c: 3}\n"},
		{"{a: 1, b: 2, c: 3}\n", "remove c", NULL, "{a: 1, b: 2}\n"},
		{"{a: 1, b: 2, c: 3,}\n", "remove c", NULL, "{a: 1, b: 2,}\n"},
		{"{a: 1, # about a\n b: 2}\n", "remove b", NULL, "{a: 1, # about a\n }\n"},
		{"{a: 1,}\n", "remove a", NULL, "{}\n"},
		{"x: {a: 1}\ny: 2\n", "remove x.a", NULL, "y: 2\n"},
		{"a: [x, 'y'] # c\n", "append a", "z", "a: [x, 'y', z] # c\n"},
		{"a: []\n", "append a", "z", "a:\n    - z\n"},
		{"a: [{b: 1}]\n", "append a", "b: 2\nc: 3\n", "a: [{b: 1}, {b: 2, c: 3}]\n"},
		{"{a: []}\n", "append a", "z", "{a: [z]}\n"},
		{"a: [x, y]\n", "list a", "x|z", "a: [x, z]\n"},
		{"a: [x, y]\n", "list a", "", "a: []\n"},
	};

	(void)state;
	check_rows(rows, countof(rows));
}

static void test_lists(void **state)
{
	static const struct row rows[] = {
		{"a: []\nb: 1\n", "list a", "x|y", "a:\n    - x\n    - \"y\"\nb: 1\n"},
		{"a: [] # none\nb: 1\n", "list a", "x", "a: # none\n    - x\nb: 1\n"},
		{"a:\n- x\n- y\nb: 1\n", "list a", "x|z", "a:\n- x\n- z\nb: 1\n"},
		{"a:\n  - 'x' # first\n  # about y\n  - y\nb: 1\n", "list a", "x|z",
			"a:\n  - 'x' # first\n  - z\nb: 1\n"},
		{"a:\n  - 'x' # first\n\n  # about why\n  - why\nb: 1\n", "list a", "new|x|why",
			"a:\n  - new\n  - 'x' # first\n\n  # about why\n  - why\nb: 1\n"},
		{"a:\n  - 'x'\n  - 'q'\n  - 'z'\n", "list a", "x|z", "a:\n  - 'x'\n  - 'z'\n"},
		{"a:\n  - 'q'\n  - 'w'\n  - 'e'\n", "list a", "w|e|q",
			"a:\n  - 'w'\n  - 'e'\n  - q\n"},
		{"a: # all\n  # the first\n  - q\nb: 1\n", "list a", "", "a: [] # all\nb: 1\n"},
		{"a:\n  - q\n", "list a", "q", "a:\n  - q\n"},
		{"a: echo hi # one\nb: 1\n", "list a", "echo hi|echo ho",
			"a: # one\n    - echo hi\n    - echo ho\nb: 1\n"},
		{"a:\n  - |\n    one\n    two\n\n  - q\n", "list a", "one\ntwo\n|w",
			"a:\n  - |\n    one\n    two\n  - w\n"},
		{"a:\n  - q\n  - w", "list a", "q|e", "a:\n  - q\n  - e"},
		{"a:\n  - q", "list a", "q|x\ny\n", "a:\n  - q\n  - |\n    x\n    y\n"},
		{"a:\n  - q", "append a", "w", "a:\n  - q\n  - w"},
		{"a:\r\n  - q\r\n", "list a", "q|w", "a:\r\n  - q\r\n  - w\r\n"},
		{"p:\n- mode: system\n  script: |\n    x\n\n# end\n", "append p",
			"mode: user\nscript: |\n  y\n  z\n",
			"p:\n- mode: system\n  script: |\n    x\n- mode: user\n  script: |\n    "
			"y\n    z\n\n# end\n"},
		{"p:\n# - none\nq: 1\n", "append p", "mode: user\nx: 1",
			"p:\n    - mode: user\n      x: 1\n# - none\nq: 1\n"},
		{"q: 1\n", "append p", "s: |\n  x\n", "q: 1\np:\n    - s: |\n        x\n"},
		{"q: 1\n", "append p", "s: |\n  x", "q: 1\np:\n    - s: |\n        x\n"},
		{"q: 1\n", "append p", "a: 1\n", "q: 1\np:\n    - a: 1\n"},
		{"q:\n- 1\n", "append p", "# c\na: 1\n", "q:\n- 1\np:\n- # c\n  a: 1\n"},
		{"p: 1\n", "append p", "x", NULL},
		{"p: {a: 1}\n", "append p", "x", NULL},
		{"a:\n  -\n  - x\n", "append a", "z", "a:\n  -\n  - x\n  - z\n"},
		{"a:\n  - - x\n    - y\n", "append a", "z", "a:\n  - - x\n    - y\n  - z\n"},
		{"a: !!seq\n  - x\n", "list a", "x|z", "a:\n    - x\n    - z\n"},
	};

	(void)state;
	check_rows(rows, countof(rows));
}

static void test_yaml(void **state)
{
	static const struct row rows[] = {
		{"m:\n- a: 1\nz: 1\n", "yaml m", "- location: /x\n  writable: true\n",
			"m:\n- location: /x\n  writable: true\nz: 1\n"},
		{"z: 1\n", "yaml m", "[]", "z: 1\nm: []\n"},
		{"m: []\nz: 1\n", "yaml m", "- location: /x\n", "m:\n    - location: /x\nz: 1\n"},
		{"c:\n  system: true\n  user: true\n", "yaml c", "{system: false, user: false}",
			"c: {system: false, user: false}\n"},
		{"c: x\n", "yaml c", "system: false\nuser: false\n",
			"c:\n    system: false\n    user: false\n"},
		{"c: {a: 1}\n", "yaml c.b", "- 1\n- x: y\n", "c: {a: 1, b: [1, {x: y}]}\n"},
		{"c: 1\n", "yaml c", "|\n  a\n  b\n", "c: |\n      a\n      b\n"},
		{"c: 1\n", "yaml c", "", "c: null\n"},
		{"c: 1\r\n", "yaml c", "a: 1\r\nb: 2\r\n", "c:\r\n    a: 1\r\n    b: 2\r\n"},
	};

	(void)state;
	check_rows(rows, countof(rows));
}

static void test_remove(void **state)
{
	static const struct row rows[] = {
		{"a: 1\nb: 2\n", "remove a", NULL, "b: 2\n"},
		{"# top\na: 1 # one\n\n# two\nb: 2\n", "remove a", NULL, "# top\n\n# two\nb: 2\n"},
		{"a: 1\n", "remove a", NULL, ""},
		{"a: 1\n", "remove x.y", NULL, "a: 1\n"},
		{"", "remove x", NULL, ""},
		{"a:\n  b:\n    c: 1\nd: 1\n", "remove a.b.c", NULL, "d: 1\n"},
		{"a:\n  b: 1\n  c: 1\n", "remove a.b", NULL, "a:\n  c: 1\n"},
		{"m:\n- x: 1\n  # c\n  y: 2\n# after\nz: 1\n", "remove m", NULL, "# after\nz: 1\n"},
		{"m: |\n  a\n\n  b\n\nz: 1\n", "remove m", NULL, "\nz: 1\n"},
		{"m: |+\n  a\n\nz: 1\n", "remove m", NULL, "z: 1\n"},
		{"m: [1,\n 2] # c\nz: 1\n", "remove m", NULL, "z: 1\n"},
		{"z: 1\nm: 2", "remove m", NULL, "z: 1\n"},
		{"? a\n: 1\n? b\n: 2\n", "remove a", NULL, "? b\n: 2\n"},
		{"\xEF\xBB\xBF"
		 "a: 1\nb: 2\n",
			"remove a", NULL,
			"\xEF\xBB\xBF"
			"b: 2\n"},
		{"a: 1\r\nb: 2\r\n", "remove a", NULL, "b: 2\r\n"},
	};

	(void)state;
	check_rows(rows, countof(rows));
}

static void test_anchors(void **state)
{
	static const struct row rows[] = {
		{"a: &x 1\nb: *x\n", "set a", "2", NULL},
		{"a: &x 1\nb: *x\n", "set b", "2", "a: &x 1\nb: \"2\"\n"},
		{"a: &x 1\nb: *x\n", "set c", "q", "a: &x 1\nb: *x\nc: q\n"},
		{"a: &x 1\nb: *x\n", "remove a", NULL, NULL},
		{"a: &x 1\nb: *x\n", "remove b", NULL, "a: &x 1\n"},
		{"a: &x {c: 1}\nb: *x\n", "set b.c", "2", NULL},
		{"a: &x {c: 1}\nb: *x\n", "set a.c", "2", NULL},
		{"a: &x {c: 1}\nb: *x\n", "remove b.c", NULL, NULL},
		{"a: &x\n  - 1\nb: *x\n", "append b", "2", NULL},
		{"a: &x\n  - 1\nb: *x\n", "append a", "2", NULL},
		{"a:\n  - &x 1\nb: *x\n", "list a", "q", NULL},
		{"a: &x 1\nz: &x 2\nb: *x\n", "remove z", NULL, NULL},
	};

	(void)state;
	check_rows(rows, countof(rows));
}

/* A file as a person keeps it, through a row of edits. */
static void test_story(void **state)
{
	static const char before[] = "# my project\n"
				     "id:   01a2   # do not touch\n"
				     "\n"
				     "slug: 'api'\n"
				     "x-notes: >\n"
				     "  folded\n"
				     "  text\n"
				     "\n"
				     "environment_configs:\n"
				     "- shared-dev   # everyone\n"
				     "\n"
				     "- \"codex\"\n"
				     "lima_commands: {start: ['a b', c]}\n"
				     "# bye\n";
	static const char after[] = "# my project\n"
				    "id:   01a2   # do not touch\n"
				    "\n"
				    "slug: api-2\n"
				    "x-notes: >\n"
				    "  folded\n"
				    "  text\n"
				    "\n"
				    "environment_configs:\n"
				    "- shared-dev   # everyone\n"
				    "- more\n"
				    "\n"
				    "- \"codex\"\n"
				    "lima_commands: {start: ['a b', c], stop: [x]}\n"
				    "updated_at: 2026-11-22T08:18:50.5Z\n"
				    "# bye\n";
	struct yamledit ed = {0};

	(void)state;
	assert_true(yamledit_open(&ed, str_z(before), "p.yaml", NULL));
	assert_true(run(&ed, "set slug", "api-2", NULL));
	assert_true(run(&ed, "list environment_configs", "shared-dev|more|codex", NULL));
	assert_true(run(&ed, "list lima_commands.stop", "x", NULL));
	assert_true(run(&ed, "set updated_at", "2026-11-22T08:18:50.5Z", NULL));
	assert_string_equal(buf_z(&ed.text), after);
	yamledit_close(&ed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_yaml),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_story),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
