#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/shquote.h"

#include "../run_shell.h"

#define VALUES 600

static void test_looks(void **state)
{
	static const struct {
		const char *word, *want;
	} rows[] = {
		{"", "''"},
		{"abc", "abc"},
		{"/usr/bin/limactl", "/usr/bin/limactl"},
		{"--name", "--name"},
		{"a b", "'a b'"},
		{"it's", "'it'\\''s'"},
		{"a=b", "'a=b'"},
		{"if", "'if'"},
		{"iffy", "iffy"},
		{"~", "'~'"},
		{"\xC3\xA9", "'\xC3\xA9'"},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		own_buf struct buf b = {0};

		sh_quote_z(&b, rows[i].word);
		assert_string_equal(buf_z(&b), rows[i].want);
	}
}

static void test_words(void **state)
{
	own_strv struct strv v = {0};
	own_buf struct buf b = {0};

	(void)state;
	strv_add(&v, "echo");
	strv_add(&v, "");
	strv_add(&v, "a b");
	sh_quote_words(&b, &v);
	assert_string_equal(buf_z(&b), "echo '' 'a b'");
}

/* How a value is put into a script. */
typedef void (*put_fn)(struct buf *out, struct str value);

static void in_double(struct buf *out, struct str value)
{
	buf_putc(out, '"');
	sh_quote_in_double(out, value);
	buf_putc(out, '"');
}

static void in_single(struct buf *out, struct str value)
{
	buf_putc(out, '\'');
	sh_quote_in_single(out, value);
	buf_putc(out, '\'');
}

static void check_shell(const char *shell, put_fn put)
{
	own_buf struct buf script = {0}, want = {0}, got = {0}, value = {0};

	for (unsigned i = 0; i < VALUES; i++) {
		nth_value(i, &value);
		buf_puts(&script, "printf '%s\\0' ");
		put(&script, buf_view(&value));
		buf_puts(&script, " end\n");
		buf_add(&want, buf_z(&value), value.n + 1);
		buf_add(&want, "end", 4);
	}
	if (run_shell(shell, buf_z(&script), &got) < 0)
		return;
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
}

static void test_real_shells(void **state)
{
	static const put_fn ways[] = {sh_quote, in_double, in_single};

	(void)state;
	for (size_t s = 0; s < countof(all_shells); s++)
		for (size_t w = 0; w < countof(ways); w++)
			check_shell(all_shells[s], ways[w]);
}

/* In front of a command: no reserved word, no assignment. */
static void test_as_command(void **state)
{
	static const char *const names[] = {"if", "time", "x=y", "{", "!", "for", "function"};

	(void)state;
	for (size_t s = 0; s < countof(all_shells); s++) {
		for (size_t i = 0; i < countof(names); i++) {
			own_buf struct buf script = {0}, got = {0};
			int rc;

			sh_quote_z(&script, names[i]);
			buf_puts(&script, " 2>/dev/null");
			rc = run_shell(all_shells[s], buf_z(&script), &got);
			assert_true(rc == 127 || rc < 0 || (rc != 2 && i == 1));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_real_shells),
		cmocka_unit_test(test_as_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
