/* lines_feed(): the same lines come out however the bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "loop/lines.h"

static void note(void *arg, struct str line)
{
	buf_printf(arg, "[%.*s]", STRF(line));
}

static const struct {
	const char *in, *out;
} cases[] = {
	{"", ""},
	{"a", "[a]"},
	{"a\n", "[a]"},
	{"\n", "[]"},
	{"\n\n", "[][]"},
	{"a\nb", "[a][b]"},
	{"one\ntwo\n\nthree\n", "[one][two][][three]"},
	{"a\r\nb", "[a\r][b]"},
};

static void any_cut_gives_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		for (size_t step = 1; step <= 8; step++) {
			struct str in = str_z(cases[i].in);
			own_buf struct buf got = {0};
			struct lines l = {0};

			for (size_t at = 0; at < in.n; at += step)
				lines_feed(&l,
					str_n(in.p + at, in.n - at < step ? in.n - at : step), note,
					&got);
			lines_end(&l, note, &got);
			lines_fini(&l);
			assert_string_equal(buf_z(&got), cases[i].out);
		}
}

struct sizes {
	size_t n, size[8];
};

static void note_size(void *arg, struct str line)
{
	struct sizes *s = arg;

	s->size[s->n++ % 8] = line.n;
}

static void long_lines_come_in_pieces(void **state)
{
	static const struct {
		size_t len;
		struct sizes want;
	} at[] = {
		{LINES_MAX - 1, {2, {LINES_MAX - 1, 1}}},
		{LINES_MAX, {2, {LINES_MAX, 1}}}, /* exactly full: no empty piece after it */
		{LINES_MAX + 1, {3, {LINES_MAX, 1, 1}}},
		{2 * LINES_MAX, {3, {LINES_MAX, LINES_MAX, 1}}},
	};

	(void)state;
	for (size_t i = 0; i < countof(at); i++)
		for (size_t step = 1000; step < 200000; step += 66000) {
			own_buf struct buf in = {0};
			struct sizes got = {0};
			struct lines l = {0};

			buf_reserve(&in, at[i].len);
			memset(in.p, 'x', at[i].len);
			in.n = at[i].len;
			buf_puts(&in, "\ny");
			for (size_t k = 0; k < in.n; k += step)
				lines_feed(&l, str_n(in.p + k, in.n - k < step ? in.n - k : step),
					note_size, &got);
			lines_end(&l, note_size, &got);
			lines_fini(&l);
			assert_memory_equal(&got, &at[i].want, sizeof(got));
		}
}

static void last_lines(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *want;
	} c[] = {
		{"", 2, ""},
		{"a", 2, "a"},
		{"a\nb\nc\n", 2, "b\nc"},
		{"a\nb\nc", 2, "b\nc"},
		{"a\nb\nc", 3, "a\nb\nc"},
		{"a\nb\nc", 9, "a\nb\nc"},
		{"\n\n", 1, ""},
	};

	(void)state;
	for (size_t i = 0; i < countof(c); i++)
		assert_true(str_eqz(lines_last(str_z(c[i].text), c[i].n), c[i].want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_gives_the_same),
		cmocka_unit_test(long_lines_come_in_pieces),
		cmocka_unit_test(last_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
