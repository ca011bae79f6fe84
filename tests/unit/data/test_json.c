#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/json.h"

static void test_read(void **state)
{
	own_json json_t *j = NULL;

	(void)state;
	assert_true(json_read(
		STR("{\"a\": \"x\", \"n\": 9223372036854775807, \"t\": true}"), "f", &j, NULL));
	assert_string_equal(json_get_str(j, "a"), "x");
	assert_null(json_get_str(j, "n"));
	assert_true(json_get_int(j, "n") == INT64_MAX);
	assert_int_equal(json_get_int(j, "a"), 0);
	assert_true(json_get_bool(j, "t"));
	assert_false(json_get_bool(j, "a"));
	assert_null(json_get_str(NULL, "a"));
}

static void test_refused(void **state)
{
	static const struct {
		struct str text;
		const char *where;
	} rows[] = {
		{{"", 0}, "f.json:1: "},
		{{"{\"a\": 1", 7}, "f.json:1: "},
		{{"{\"a\": 1, \"a\": 2}", 16}, "f.json:1: "},
		{{"{}\n{}", 5}, "f.json:2: "},
		{{"\n\n{\"a\": \"\xFF\"}", 12}, "f.json:3: "},
		{{"{\"a\": \"\\u0000\"}", 15}, "f.json:1: "},
		{{"{\"a\": 9223372036854775808}", 26}, "f.json:1: "},
		{{"{\"a\": 1e999}", 12}, "f.json:1: "},
		{{"{\"a\": \"\n\"}", 10}, "f.json:"},
		{{"{\"a\": 1,}", 9}, "f.json:1: "},
		{{"{\"a\": \"\033[2J\"}", 13}, "f.json:1: "},
		{{"1", 1}, "f.json:1: "},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_err struct err e = {0};
		json_t *j = NULL;

		assert_false(json_read(rows[i].text, "f.json", &j, &e));
		assert_null(j);
		assert_int_equal(e.kind, ERR_METADATA_CORRUPTION);
		assert_true(str_starts(buf_view(&e.msg), str_z(rows[i].where)));
		assert_null(strchr(buf_z(&e.msg), '\033'));
	}
}

static void test_depth(void **state)
{
	own_buf struct buf b = {0};
	json_t *j = NULL;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_putc(&b, '[');
	assert_false(json_read(buf_view(&b), "f", &j, NULL));
}

static void build(struct json_out *j)
{
	jout_object(j);
	jout_kv_str(j, "s", STR("a\"\\\n\t\001\x7F\xC2\x9B\xC3\xA9\xFF"));
	jout_kv_z(j, "none", NULL);
	jout_kv_i64(j, "min", INT64_MIN);
	jout_key(j, "max");
	jout_u64(j, UINT64_MAX);
	jout_kv_bool(j, "yes", true);
	jout_key(j, "list");
	jout_array(j);
	jout_z(j, "x");
	jout_null(j);
	jout_object(j);
	jout_end(j);
	jout_array(j);
	jout_end(j);
	jout_raw(j, STR("{\"raw\":1}"));
	jout_end(j);
	jout_end(j);
}

static void test_written(void **state)
{
	own_buf struct buf b = {0};
	struct json_out j = {.out = &b};

	(void)state;
	build(&j);
	assert_string_equal(buf_z(&b),
		"{\"s\":\"a\\\"\\\\\\n\\t\\u0001\\u007f\\u009b\xC3\xA9\\ufffd\",\"none\":null,"
		"\"min\":-9223372036854775808,\"max\":18446744073709551615,\"yes\":true,"
		"\"list\":[\"x\",null,{},[],{\"raw\":1}]}");
	assert_int_equal(j.depth, 0);
}

static void test_pretty(void **state)
{
	own_buf struct buf b = {0};
	struct json_out j = {.out = &b, .pretty = 2};

	(void)state;
	jout_object(&j);
	jout_key(&j, "a");
	jout_array(&j);
	jout_i64(&j, 1);
	jout_i64(&j, 2);
	jout_end(&j);
	jout_key(&j, "b");
	jout_object(&j);
	jout_end(&j);
	jout_end(&j);
	assert_string_equal(buf_z(&b), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_pretty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
