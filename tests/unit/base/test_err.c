#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"

static void a_long_message_keeps_its_ends_and_stays_text(void **state)
{
	(void)state;
	for (size_t n = 900; n < 1300; n++) {
		own_err struct err e = {0};
		own_buf struct buf word = {0};

		for (size_t i = 0; i < n; i++)
			buf_puts(&word, i % 3 ? "é" : "x");
		err_set(&e, ERR_INVALID_ARGUMENT, "slug \"%s\" is taken", buf_z(&word));
		assert_true(e.msg.n < 2100);
		assert_true(utf8_valid(buf_view(&e.msg)));
		assert_true(str_starts(buf_view(&e.msg), STR("slug \"x")));
		assert_true(str_ends(buf_view(&e.msg), STR("\" is taken")));
	}
}

static void a_message_of_usual_length_is_whole(void **state)
{
	own_err struct err e = {0};
	own_buf struct buf word = {0};

	(void)state;
	for (size_t i = 0; i < 2000; i++)
		buf_putc(&word, 'x');
	err_set(&e, ERR_NOT_FOUND, "%s", buf_z(&word));
	assert_string_equal(buf_z(&e.msg), buf_z(&word));
}

static void a_failed_call_with_a_long_path_is_shortened_too(void **state)
{
	own_err struct err e = {0};
	own_buf struct buf word = {0};

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		buf_putc(&word, 'x');
	errno = ENAMETOOLONG;
	err_sys(&e, "read %s", buf_z(&word));
	assert_int_equal(e.sys, ENAMETOOLONG);
	assert_true(e.msg.n < 2100);
	assert_true(str_ends(buf_view(&e.msg), STR(": File name too long")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_message_keeps_its_ends_and_stays_text),
		cmocka_unit_test(a_message_of_usual_length_is_whole),
		cmocka_unit_test(a_failed_call_with_a_long_path_is_shortened_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
