#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/yaml.h"

static void refused(struct str text, const char *why)
{
	own_yaml struct yaml_doc d = {0};
	own_err struct err e = {0};

	if (yaml_parse(&d, text, "f.yaml", &e))
		fail_msg("accepted: %.*s", STRF(text));
	assert_int_equal(e.kind, ERR_METADATA_CORRUPTION);
	if (strcmp(buf_z(&e.msg), why) != 0)
		fail_msg("%s, wanted %s", buf_z(&e.msg), why);
	assert_string_equal(e.fields[0].value, "f.yaml");
}

static void test_refused(void **state)
{
	(void)state;
	refused(STR("a: 1\nb: 2\na: 3\n"), "f.yaml:3: key a stands twice, first on line 1");
	refused(STR("x: {a: 1, \"a\": 2}\n"), "f.yaml:1: key a stands twice, first on line 1");
	refused(STR("[a]: 1\n"), "f.yaml:1: a key is a list or a map");
	refused(STR("? {a: 1}\n: 1\n"), "f.yaml:1: a key is a list or a map");
	refused(STR("a: 1\n---\nb: 1\n"), "f.yaml:2: more than one document");
	refused(STR("a: *b\n"), "f.yaml:1: alias *b names nothing");
	refused(STR("a: &b [*b]\n"), "f.yaml:1: alias *b stands inside what it names");
	refused(STR("a: 1\nb: \xFF\n"), "f.yaml:2: not valid UTF-8");
	refused(STR("a: \xED\xA0\x80\n"), "f.yaml:1: not valid UTF-8");
	refused(STR("a: 1\n\0b: 2\n"), "f.yaml:2: holds a NUL character");
	refused(STR("a: \"\\0\"\n"), "f.yaml:1: holds a NUL character");
	refused(STR("a: 1\nb: \033[2J\n"), "f.yaml:2: control characters are not allowed");
	refused(STR("a:\n\t- b\n"), "f.yaml:2: found character that cannot start any token while "
				    "scanning for the next token");
	refused(STR("a: 'open\n"),
		"f.yaml:2: found unexpected end of stream while scanning a quoted scalar");
	refused(STR("\xEF\xBB\xBF"
		    "a: 1\nb: \x01\n"),
		"f.yaml:2: control characters are not allowed");
}

static void test_depth(void **state)
{
	own_buf struct buf b = {0};
	own_yaml struct yaml_doc d = {0};

	(void)state;
	for (int i = 0; i < 64; i++)
		buf_putc(&b, '[');
	for (int i = 0; i < 64; i++)
		buf_putc(&b, ']');
	assert_true(yaml_parse(&d, buf_view(&b), "f.yaml", NULL));
	buf_splice(&b, 0, 0, STR("["));
	buf_putc(&b, ']');
	refused(buf_view(&b), "f.yaml:1: nested more than 64 deep");
	buf_clear(&b);
	for (int i = 0; i < 100000; i++)
		buf_putc(&b, '[');
	refused(buf_view(&b), "f.yaml:1: nested more than 64 deep");
	buf_clear(&b);
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "- ");
	refused(buf_view(&b), "f.yaml:1: nested more than 64 deep");
	buf_clear(&b);
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "{a: ");
	refused(buf_view(&b), "f.yaml:1: nested more than 64 deep");
}

static void test_size(void **state)
{
	own_buf struct buf b = {0};

	(void)state;
	buf_puts(&b, "a: ");
	while (b.n <= YAML_MAX_SIZE)
		buf_putc(&b, 'x');
	refused(buf_view(&b), "f.yaml:1: larger than 4194304 bytes");
	buf_clear(&b);
	for (int i = 0; i < 200001; i++)
		buf_puts(&b, "- a\n");
	refused(buf_view(&b), "f.yaml:200000: more than 200000 values, aliases expanded");
}

/* Nine levels of nine aliases each: 400 bytes that mean 387 million nodes. */
static void test_alias_bomb(void **state)
{
	own_buf struct buf b = {0};

	(void)state;
	buf_puts(&b, "a: &a [x,x,x,x,x,x,x,x,x]\n");
	for (char c = 'b'; c < 'j'; c++) {
		buf_printf(&b, "%c: &%c [", c, c);
		for (int i = 0; i < 9; i++)
			buf_printf(&b, "%s*%c", i ? "," : "", c - 1);
		buf_puts(&b, "]\n");
	}
	refused(buf_view(&b), "f.yaml:6: more than 200000 values, aliases expanded");
}

static void test_marks(void **state)
{
	static const char text[] =
		"\xEF\xBB\xBF# \xC3\xA9\r\n\xC3\xA9\xC3\xA9: \"\xE6\xBC\xA2\" # c\r\n"
		"b: |\r\n  x\r\n  y\r\n\r\nc:\r\n- 1\r\n- {k: v}\r\n";
	own_yaml struct yaml_doc d = {0};
	const struct yaml_node *n;

	(void)state;
	assert_true(yaml_parse(&d, str_z(text), "f.yaml", NULL));
	n = yaml_get(d.root, "\xC3\xA9\xC3\xA9");
	assert_non_null(n);
	assert_memory_equal(text + n->start, "\"\xE6\xBC\xA2\"", 5);
	assert_int_equal(n->end - n->start, 5);
	assert_int_equal(n->line, 2);
	n = yaml_get(d.root, "b");
	assert_true(str_eqz(n->text, "x\ny\n"));
	assert_memory_equal(text + n->start, "|\r\n  x\r\n  y", n->end - n->start);
	assert_int_equal(n->end - n->start, 11);
	n = yaml_get(d.root, "c");
	assert_memory_equal(text + n->start, "- 1\r\n- {k: v}", n->end - n->start);
	assert_int_equal(n->end - n->start, 13);
}

static void test_words(void **state)
{
	static const struct {
		const char *text;
		bool null;
		int boolean; /* -1: none */
	} rows[] = {
		{"a: \n", true, -1},
		{"a: ~\n", true, -1},
		{"a: null\n", true, -1},
		{"a: 'null'\n", false, -1},
		{"a: ''\n", false, -1},
		{"a: true\n", false, 1},
		{"a: Yes\n", false, 1},
		{"a: off\n", false, 0},
		{"a: 'true'\n", false, -1},
		{"a: !!str true\n", false, -1},
		{"a: 1\n", false, -1},
		{"a: y\n", false, -1},
		{"b: 1\n", true, -1},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_yaml struct yaml_doc d = {0};
		bool v = false, is;

		assert_true(yaml_parse(&d, str_z(rows[i].text), "f", NULL));
		assert_int_equal(yaml_null(yaml_get(d.root, "a")), rows[i].null);
		is = yaml_bool(yaml_get(d.root, "a"), &v);
		assert_int_equal(is ? v : -1, rows[i].boolean);
	}
}

static void test_empty(void **state)
{
	static const char *const texts[] = {
		"", "\n", "# c\n", "---\n", "---\n...\n", "\xEF\xBB\xBF", "\r\n"};

	(void)state;
	for (size_t i = 0; i < countof(texts); i++) {
		own_yaml struct yaml_doc d = {0};

		assert_true(yaml_parse(&d, str_z(texts[i]), "f", NULL));
		assert_null(d.root);
	}
}

static void test_scalars_written(void **state)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{"", "\"\""},
		{"abc", "abc"},
		{"a b", "a b"},
		{" a", "' a'"},
		{"a ", "'a '"},
		{"true", "\"true\""},
		{"No", "\"No\""},
		{"null", "\"null\""},
		{"~", "\"~\""},
		{"y", "\"y\""},
		{"1", "\"1\""},
		{"-1", "\"-1\""},
		{"1.5", "\"1.5\""},
		{"1e5", "\"1e5\""},
		{".5", "\".5\""},
		{"0x1F", "\"0x1F\""},
		{"0o17", "\"0o17\""},
		{"1_000", "\"1_000\""},
		{"8080:80", "\"8080:80\""},
		{"2026-11-22", "\"2026-11-22\""},
		{".inf", "\".inf\""},
		{"=", "\"=\""},
		{"<<", "\"<<\""},
		{"1.2.3", "1.2.3"},
		{"127.0.0.1", "127.0.0.1"},
		{"4GiB", "4GiB"},
		{"-y", "-y"},
		{"-", "'-'"},
		{"- a", "'- a'"},
		{"01a20256-263a-7b77-9aee-ae5c574a9e77", "01a20256-263a-7b77-9aee-ae5c574a9e77"},
		{"2026-11-22T08:18:50.03037953Z", "2026-11-22T08:18:50.03037953Z"},
		{"template:default", "template:default"},
		{"a: b", "'a: b'"},
		{"a:", "'a:'"},
		{"a #b", "'a #b'"},
		{"a#b", "a#b"},
		{"#a", "'#a'"},
		{"{{binary}} x", "'{{binary}} x'"},
		{"it's", "it's"},
		{"'it", "'''it'"},
		{"echo \"done: yes\" # kept", "'echo \"done: yes\" # kept'"},
		{"command -v sh >/dev/null 2>&1", "command -v sh >/dev/null 2>&1"},
		{"@home", "'@home'"},
		{"`x`", "'`x`'"},
		{"%a", "'%a'"},
		{"*a", "'*a'"},
		{"&a", "'&a'"},
		{"!a", "'!a'"},
		{"|", "'|'"},
		{">", "'>'"},
		{"? a", "'? a'"},
		{"---", "'---'"},
		{"... x", "'... x'"},
		{"a\tb", "\"a\\tb\""},
		{"\033[31m", "\"\\u001B[31m\""},
		{"\xC2\x85", "\"\\u0085\""},
		{"caf\xC3\xA9", "caf\xC3\xA9"},
		{"\xEF\xBB\xBFx", "\"\\uFEFFx\""},
		{"a\r\nb", "\"a\\r\\nb\""},
		{"a\nb", "|-\n    a\n    b"},
		{"a\nb\n", "|\n    a\n    b"},
		{"a\n\n", "|+\n    a\n"},
		{"a\n\nb\n", "|\n    a\n\n    b"},
		{" a\nb", "\" a\\nb\""},
		{"\na", "\"\\na\""},
		{"\n", "\"\\n\""},
		{"a\n  ", "\"a\\n  \""},
		{"a\n# b\n- c", "|-\n    a\n    # b\n    - c"},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_buf struct buf b = {0};
		own_yaml struct yaml_doc d = {0};

		yaml_put_scalar(&b, str_z(rows[i].value), 4);
		assert_string_equal(buf_z(&b), rows[i].want);
		buf_clear(&b);
		yaml_put_pair(&b, 2, "k", str_z(rows[i].value));
		buf_puts(&b, "  z: 1\n");
		assert_true(yaml_parse(&d, buf_view(&b), "f", NULL));
		assert_true(str_eqz(yaml_get(d.root, "k")->text, rows[i].value));
		assert_false(yaml_null(yaml_get(d.root, "k")));
	}
}

static void test_lists_written(void **state)
{
	own_buf struct buf b = {0};
	own_strv struct strv v = {0};

	(void)state;
	yaml_put_list(&b, 0, "none", &v);
	strv_add(&v, "x");
	strv_add(&v, "a\nb\n");
	strv_add(&v, "");
	yaml_put_list(&b, 0, "some", &v);
	assert_string_equal(
		buf_z(&b), "none: []\nsome:\n    - x\n    - |\n      a\n      b\n    - \"\"\n");
}

static void test_same(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"a: 'x'\n", "a: x\n", true},
		{"a: 'true'\n", "a: true\n", false},
		{"a: ''\n", "a:\n", false},
		{"a: [1, 2]\n", "a:\n- 1\n- 2\n", true},
		{"a: [1, 2]\n", "a: [2, 1]\n", false},
		{"a: 1\nb: 2\n", "b: 2\na: 1\n", false},
		{"", "~\n", true},
		{"a: &x 1\nb: *x\n", "a: 1\nb: 1\n", true},
		{"a: {}\n", "a: []\n", false},
		{"a: 1\n", "a: 1\nb: 1\n", false},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_yaml struct yaml_doc a = {0}, b = {0};

		assert_true(yaml_parse(&a, str_z(rows[i].a), "f", NULL));
		assert_true(yaml_parse(&b, str_z(rows[i].b), "f", NULL));
		assert_int_equal(yaml_same(a.root, b.root), rows[i].same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_alias_bomb),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_scalars_written),
		cmocka_unit_test(test_lists_written),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
