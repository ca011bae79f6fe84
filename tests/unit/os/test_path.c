/* Paths as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/path.h"
#include "os/proc.h"

static void components(void **state)
{
	static const struct {
		const char *path, *base, *dir;
	} c[] = {
		{"/a/b", "b", "/a"},
		{"/a/b/", "b", "/a"},
		{"/a/b///", "b", "/a"},
		{"/a//b", "b", "/a"},
		{"/a", "a", "/"},
		{"//a", "a", "/"},
		{"/", "/", "/"},
		{"///", "/", "/"},
		{"a", "a", "."},
		{"a/b", "b", "a"},
		{"", "", "."},
		{"..", "..", "."},
	};

	(void)state;
	for (size_t i = 0; i < countof(c); i++) {
		assert_true(str_eqz(path_base(str_z(c[i].path)), c[i].base));
		assert_true(str_eqz(path_dir(str_z(c[i].path)), c[i].dir));
	}
}

static void joining(void **state)
{
	own_buf struct buf b = {0};

	(void)state;
	assert_string_equal(path_join(&b, "/a", "b"), "/a/b");
	assert_string_equal(path_join(&b, "/a/", "b"), "/a/b");
	assert_string_equal(path_join(&b, "/", "b"), "/b");
	assert_string_equal(path_join(&b, "", "b"), "b");
	assert_string_equal(path_join(&b, b.p, "c"), "b/c");
}

static void absolute(void **state)
{
	static const struct {
		const char *in, *out;
	} c[] = {
		{"/a/b", "/a/b"},
		{"/a//b/", "/a/b"},
		{"/a/./b/.", "/a/b"},
		{"/a/../b", "/b"},
		{"/../..", "/"},
		{"/", "/"},
		{"x", "/usr/x"},
		{"../x", "/x"},
		{".", "/usr"},
		{"~", "/home/me"},
		{"~/x/../y", "/home/me/y"},
		{"~x", "/usr/~x"},
	};

	(void)state;
	proc_setenv("HOME", "/home/me/");
	assert_int_equal(chdir("/usr"), 0);
	for (size_t i = 0; i < countof(c); i++) {
		own_buf struct buf b = {0};

		buf_puts(&b, "old");
		assert_true(path_absolute(c[i].in, &b, NULL));
		assert_string_equal(b.p, c[i].out);
	}
	assert_false(path_absolute("", &(struct buf){0}, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(components),
		cmocka_unit_test(joining),
		cmocka_unit_test(absolute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
