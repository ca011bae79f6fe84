/* The mark in lima.yaml: read, put where there is none, put in place of another's. */
#include "scratch.h"

#include "base/mem.h"
#include "lima/home_mark.h"

#define OURS "0190ab12-0000-7000-8000-000000000001"

static void expect(const char *before, const char *after)
{
	own_buf struct buf text = {0};
	own_mem char *id = NULL;
	struct file_stat st;

	put_dir("api");
	put_file("api/lima.yaml", before, 0640);
	assert_true(home_mark_put(scratch, "api", OURS, NULL));
	assert_true(file_read(in_scratch("api/lima.yaml"), &text, 1 << 20, NULL));
	assert_string_equal(buf_z(&text), after);
	id = home_mark_read(buf_view(&text));
	assert_string_equal(id, OURS);
	assert_true(file_stat(in_scratch("api/lima.yaml"), &st));
	assert_int_equal(st.mode, 0640);
}

static void put_once(void **state)
{
	(void)state;
	expect("a: 1\n", "a: 1\n# codelima-home: " OURS "\n");
	expect("a: 1", "a: 1\n# codelima-home: " OURS "\n");
	expect("", "\n# codelima-home: " OURS "\n");
	expect("x: |\n  # codelima-home: 0190-ab\n  y\n",
		"x: |\n  # codelima-home: " OURS "\n  y\n");
	expect("x: \"# codelima-home: 0190-ab\\n\"\n", "x: \"# codelima-home: " OURS "\\n\"\n");
	expect("# codelima-home: " OURS "\nb: 2\n", "# codelima-home: " OURS "\nb: 2\n");
}

static void none_to_read(void **state)
{
	(void)state;
	assert_null(home_mark_read(STR("")));
	assert_null(home_mark_read(STR("a: 1\n")));
	assert_null(home_mark_read(STR("# codelima-home: \n")));
}

static void no_instance(void **state)
{
	own_err struct err e = {0};

	(void)state;
	assert_false(home_mark_put(scratch, "nope", OURS, &e));
	assert_non_null(strstr(buf_z(&e.msg), "nope/lima.yaml"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(put_once, scratch_make, scratch_drop),
		cmocka_unit_test(none_to_read),
		cmocka_unit_test_setup_teardown(no_instance, scratch_make, scratch_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
