/* The stream scanner against jansson: what both accept, and what both refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/json.h"
#include "data/jsonscan.h"

struct feed {
	struct str rest;
	size_t step;
};

static int more(void *arg, struct str *chunk, struct err *e)
{
	struct feed *f = arg;

	(void)e;
	*chunk = str_n(f->rest.p, f->rest.n < f->step ? f->rest.n : f->step);
	f->rest = str_from(f->rest, chunk->n);
	return chunk->n > 0;
}

static bool skips(const char *text, size_t step)
{
	struct feed f = {str_z(text), step};
	struct json_scan s = {.more = more, .arg = &f, .name = "t.json"};
	own_err struct err e = {0};

	if (jscan_skip(&s, &e) && jscan_end(&s, &e))
		return true;
	assert_int_equal(e.kind, ERR_METADATA_CORRUPTION);
	return false;
}

static const char *const texts[] = {"{}", "[]", "[1,2]", "{\"a\":[{\"b\":null}],\"c\":-1.5e3}",
	"\"x\"", "true", "[true,false,null]", "{\"a\":{},\"b\":[]}", "[[],[[]],{}]", " [ 1 , 2 ] ",
	"[\"\\u00e9\\ud83d\\ude00\\n\"]", "[\"\xC3\xA9\"]",
	/* and refused */
	"", "{", "[", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}",
	"{\"a\":1 \"b\":2}", "[\"\\x\"]", "[\"\\ud83d\"]", "[\"\\ude00\"]", "[\"\xFF\"]",
	"[\"\n\"]", "[\"abc]", "tru", "truex", "[1]x", "[1}", "{]", "[\"\\u12g4\"]", "[--1]",
	"[1e]", "]"};

static void test_like_jansson(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(texts); i++) {
		json_t *j = json_loads(texts[i], JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

		for (size_t step = 1; step < 9; step++)
			if (skips(texts[i], step) != (j != NULL))
				fail_msg("%s in steps of %zu: jansson %d", texts[i], step,
					j != NULL);
		json_decref(j);
	}
}

static void test_values(void **state)
{
	struct feed f = {
		STR("{\"n\": -42,\n\"s\":\"a\\\"\\u00e9\\ud83d\\ude00\\/\",\n \"z\":[1]}"), 3};
	struct json_scan s = {.more = more, .arg = &f, .name = "t.json"};
	own_err struct err e = {0};
	own_buf struct buf key = {0}, text = {0};
	bool first = true;
	int64_t v = 0;

	(void)state;
	assert_true(jscan_expect(&s, '{', &e));
	assert_int_equal(jscan_member(&s, &first, &key, &e), 1);
	assert_true(jscan_i64(&s, &v, &e));
	assert_int_equal(v, -42);
	assert_int_equal(jscan_member(&s, &first, &key, &e), 1);
	assert_string_equal(key.p, "s");
	assert_true(jscan_string(&s, &text, &e));
	assert_string_equal(text.p, "a\"\xC3\xA9\xF0\x9F\x98\x80/");
	assert_int_equal(jscan_member(&s, &first, &key, &e), 1);
	assert_false(jscan_i64(&s, &v, &e));
	assert_string_equal(e.msg.p, "t.json line 3: a number expected");
}

static void test_depth(void **state)
{
	own_buf struct buf b = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_putc(&b, '[');
	assert_false(skips(b.p, 4096));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_jansson),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
