#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/num.h"

static void test_integers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t want;
	} rows[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"007", true, 7},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"99999999999999999999999999", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"+1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"0x10", false, 0},
		{"1e3", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		int64_t v = 0;

		assert_int_equal(num_i64(str_z(rows[i].text), &v), rows[i].ok);
		assert_true(v == rows[i].want);
	}
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* -1: refused */
	} rows[] = {
		{"none", 0},
		{"15s", 15000},
		{"30m", 1800000},
		{"2h", 7200000},
		{"500ms", 500},
		{"720h", INT64_C(2592000000)},
		{"721h", -1},
		{"0s", -1},
		{"", -1},
		{"s", -1},
		{"15", -1},
		{"-1s", -1},
		{"1.5h", -1},
		{"1h30m", -1},
		{"9223372036854775807h", -1},
		{"None", -1},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		int64_t ms = -1;

		num_duration(str_z(rows[i].text), &ms);
		assert_true(ms == rows[i].want);
	}
}

static void test_shown(void **state)
{
	static const struct {
		uint64_t n;
		const char *bytes, *count;
	} rows[] = {
		{0, "0 B", "0"},
		{87, "87 B", "87"},
		{1023, "1023 B", "1,023"},
		{1024, "1 KiB", "1,024"},
		{1536, "1.5 KiB", "1,536"},
		{319488, "312 KiB", "319,488"},
		{1048575, "1 MiB", "1,048,575"},
		{10188, "9.9 KiB", "10,188"},
		{10239, "10 KiB", "10,239"},
		{UINT64_C(1610612736), "1.5 GiB", "1,610,612,736"},
		{UINT64_MAX, "16 EiB", "18,446,744,073,709,551,615"},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_buf struct buf b = {0};

		num_bytes(&b, rows[i].n);
		assert_string_equal(buf_z(&b), rows[i].bytes);
		buf_clear(&b);
		num_count(&b, rows[i].n);
		assert_string_equal(buf_z(&b), rows[i].count);
	}
}

static void test_elapsed(void **state)
{
	static const struct {
		int64_t ms;
		const char *want;
	} rows[] = {
		{-5, "0.0 s"},
		{430, "0.4 s"},
		{9999, "9.9 s"},
		{12345, "12 s"},
		{59999, "59 s"},
		{185000, "3 m 05 s"},
		{3720000, "1 h 02 m"},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_buf struct buf b = {0};

		num_elapsed(&b, rows[i].ms);
		assert_string_equal(buf_z(&b), rows[i].want);
	}
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t sec;
		uint32_t ns;
		const char *back; /* NULL: the same text; "": refused */
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0, 0, NULL},
		{"2026-11-22T08:18:50.03037953Z", 1795335530, 30379530, NULL},
		{"2026-11-22T10:18:50+02:00", 1795335530, 0, "2026-11-22T08:18:50Z"},
		{"2026-11-22t08:18:50.5z", 1795335530, 500000000, "2026-11-22T08:18:50.5Z"},
		{"2024-02-29T23:59:59.999999999Z", 1709251199, 999999999, NULL},
		{"1969-12-31T23:59:59.5Z", -1, 500000000, NULL},
		{"0000-03-01T00:00:00Z", INT64_C(-62162035200), 0, NULL},
		{"2026-11-22T08:18:50.1234567899Z", 1795335530, 123456789,
			"2026-11-22T08:18:50.123456789Z"},
		{"2023-02-29T00:00:00Z", 0, 0, ""},
		{"2026-13-01T00:00:00Z", 0, 0, ""},
		{"2026-00-01T00:00:00Z", 0, 0, ""},
		{"2026-01-00T00:00:00Z", 0, 0, ""},
		{"2026-01-01T24:00:00Z", 0, 0, ""},
		{"2026-01-01T00:60:00Z", 0, 0, ""},
		{"2026-01-01T00:00:00", 0, 0, ""},
		{"2026-01-01T00:00:00.Z", 0, 0, ""},
		{"2026-01-01T00:00:00Zx", 0, 0, ""},
		{"2026-01-01", 0, 0, ""},
		{"", 0, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_buf struct buf b = {0};
		int64_t sec = 0;
		uint32_t ns = 0;
		bool ok = time_parse(str_z(rows[i].text), &sec, &ns);

		assert_int_equal(ok, !rows[i].back || *rows[i].back);
		if (!ok)
			continue;
		assert_true(sec == rows[i].sec);
		assert_int_equal(ns, rows[i].ns);
		time_rfc3339(&b, sec, ns);
		assert_string_equal(buf_z(&b), rows[i].back ? rows[i].back : rows[i].text);
	}
}

/* Every day of 400 years, there and back. */
static void test_calendar(void **state)
{
	(void)state;
	for (int64_t day = -73000; day < 73100; day++) {
		own_buf struct buf b = {0};
		int64_t sec;
		uint32_t ns;

		time_rfc3339(&b, day * 86400 + 3661, 0);
		assert_true(time_parse(buf_view(&b), &sec, &ns));
		assert_true(sec == day * 86400 + 3661);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_elapsed),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
