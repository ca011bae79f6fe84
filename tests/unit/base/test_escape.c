#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"

static void test_text(void **state)
{
	static const struct {
		const char *in, *text, *lines;
	} rows[] = {
		{"plain text", "plain text", "plain text"},
		{"a\nb\tc", "a\\nb\\tc", "a\nb c"},
		{"a\r\nb\rc", "a\\r\\nb\\rc", "a\nb\\rc"},
		{"\r\r\na\r\r", "\\r\\r\\na\\r\\r", "\na\\r\\r"},
		{"\033[31mred\033]0;x\a", "\\e[31mred\\e]0;x\\x07", "\\e[31mred\\e]0;x\\x07"},
		{"\177", "\\x7F", "\\x7F"},
		{"\xC2\x9B"
		 "31m",
			"\\u{009B}31m", "\\u{009B}31m"},
		{"\x9B"
		 "31m",
			"\\x9B31m", "\\x9B31m"},
		{"gpj\xE2\x80\xAE"
		 "exe.txt",
			"gpj\\u{202E}exe.txt", "gpj\\u{202E}exe.txt"},
		{"\xE2\x81\xA6\xE2\x80\x8F\xD8\x9C", "\\u{2066}\\u{200F}\\u{061C}",
			"\\u{2066}\\u{200F}\\u{061C}"},
		{"\xEF\xBB\xBFx\xE2\x80\xA9", "\\u{FEFF}x\\u{2029}", "\\u{FEFF}x\\u{2029}"},
		{"\xF3\xA0\x81\x81", "\\u{E0041}", "\\u{E0041}"},
		{"caf\xC3\xA9 \xF0\x9F\x90\xB3", "caf\xC3\xA9 \xF0\x9F\x90\xB3",
			"caf\xC3\xA9 \xF0\x9F\x90\xB3"},
		{"\xED\xA0\x80", "\\xED\\xA0\\x80", "\\xED\\xA0\\x80"},
		{"\xC0\x9B", "\\xC0\\x9B", "\\xC0\\x9B"},
		{"\xF0\x9F\x90", "\\xF0\\x9F\\x90", "\\xF0\\x9F\\x90"},
		{"back\\slash", "back\\slash", "back\\slash"},
		{"", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_buf struct buf b = {0};

		escape_text(&b, str_z(rows[i].in));
		assert_string_equal(buf_z(&b), rows[i].text);
		buf_clear(&b);
		escape_lines(&b, str_z(rows[i].in));
		assert_string_equal(buf_z(&b), rows[i].lines);
	}
}

static void test_nul(void **state)
{
	own_buf struct buf b = {0};

	(void)state;
	escape_text(&b, STR("a\0b"));
	assert_string_equal(buf_z(&b), "a\\x00b");
}

/* Whatever goes in, no byte that a terminal obeys comes out. */
static void test_nothing_gets_through(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned c = 0; c < 256; c++) {
			own_buf struct buf b = {0};
			char two[2] = {(char)a, (char)c};

			escape_text(&b, str_n(two, 2));
			assert_true(utf8_valid(buf_view(&b)));
			for (size_t i = 0; i < b.n; i++)
				assert_true((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7F);
		}
	}
}

static void test_widths(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} rows[] = {
		{"", 0},
		{"abc", 3},
		{"caf\xC3\xA9", 4},
		{"cafe\xCC\x81", 4},
		{"\xE6\xBC\xA2\xE5\xAD\x97", 4},
		{"\xF0\x9F\x90\xB3", 2},
		{"a\xE2\x80\x8B"
		 "b",
			2},
		{"\xEF\xBC\xA1", 2},
		{"\xFF", 1},
		{"\xC2\xAD", 1},
		{"\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8", 2},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_int_equal(text_width(str_z(rows[i].text)), rows[i].width);
}

static void test_fit(void **state)
{
	static const struct {
		const char *text;
		size_t cols, bytes;
	} rows[] = {
		{"hello", 3, 3},
		{"hello", 9, 5},
		{"hello", 0, 0},
		{"\xE6\xBC\xA2\xE5\xAD\x97", 3, 3},
		{"\xE6\xBC\xA2\xE5\xAD\x97", 1, 0},
		{"cafe\xCC\x81s", 4, 6},
		{"e\xCC\x81\xCC\x82", 1, 5},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_int_equal(text_fit(str_z(rows[i].text), rows[i].cols).n, rows[i].bytes);
}

static void test_utf8_round(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		char out[4];
		uint32_t back;
		size_t n;

		if (cp >= 0xD800 && cp < 0xE000)
			continue;
		n = utf8_encode(cp, out);
		assert_int_equal(utf8_decode(str_n(out, n), &back), n);
		assert_int_equal(back, cp);
		if (n > 1) {
			assert_int_equal(utf8_decode(str_n(out, n - 1), &back), n - 1);
			assert_int_equal(back, UTF8_BAD);
		}
	}
}

/* Unicode 15 §3.9, table 3-8: how the standard splits malformed text. */
static void test_maximal_subparts(void **state)
{
	static const char text[] = "\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64";
	static const size_t lens[] = {1, 3, 2, 1, 1, 1, 1, 1, 1, 1};
	struct str s = str_z(text);
	uint32_t cp;

	(void)state;
	for (size_t i = 0; i < countof(lens); i++) {
		size_t n = utf8_decode(s, &cp);

		assert_int_equal(n, lens[i]);
		s = str_from(s, n);
	}
	assert_int_equal(s.n, 0);
}

static void test_plain(void **state)
{
	static const struct {
		struct str s;
		bool plain;
	} rows[] = {{STR(""), true}, {STR("file:///a%20b"), true}, {STR("caf\xC3\xA9"), true},
		{STR("\xC2\xA0"), true}, {STR("a\tb"), false}, {STR("a\0b"), false},
		{STR("\x7F"), false}, {STR("\xC2\x80"), false}, {STR("\xC2\x9F"), false},
		{STR("\x9B"), false}, {STR("ab\xC3"), false}, {STR("\xED\xA0\x80"), false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_true(utf8_plain(rows[i].s) == rows[i].plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_nothing_gets_through),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_utf8_round),
		cmocka_unit_test(test_maximal_subparts),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
