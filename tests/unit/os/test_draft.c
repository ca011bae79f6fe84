/* A file that is replaced in pieces: the old or the new, and no litter. */
#include "../tree/fixture.h"

#include <dirent.h>
#include <errno.h>

#include "os/draft.h"
#include "os/fd.h"
#include "os/file.h"

static int entries(void)
{
	own_strv struct strv names = {0};

	assert_true(file_list(".", &names, NULL));
	return (int)names.n;
}

static void test_commit(void **state)
{
	own_draft struct draft d = DRAFT_NONE;
	own_buf struct buf b = {0};
	struct file_stat st;

	(void)state;
	put_file("f", STR("old"));
	assert_true(draft_open(&d, "f", NULL));
	assert_true(fd_write_all(d.fd, STR("ne"), "f", NULL));
	assert_string_equal(get_file("f", &b).p, "old");
	assert_true(fd_write_all(d.fd, STR("w"), "f", NULL));
	assert_true(draft_commit(&d, 0640, NULL));
	assert_true(str_eq(get_file("f", &b), STR("new")));
	assert_true(file_stat("f", &st));
	assert_int_equal(st.mode, 0640);
	draft_drop(&d);
	assert_int_equal(entries(), 1);
}

static void test_drop(void **state)
{
	struct draft d = DRAFT_NONE;

	(void)state;
	put_file("f", STR("old"));
	assert_true(draft_open(&d, "f", NULL));
	assert_int_equal(entries(), 2);
	draft_drop(&d);
	draft_drop(&d);
	assert_int_equal(entries(), 1);
}

static void test_new_only(void **state)
{
	own_draft struct draft d = DRAFT_NONE;
	own_err struct err e = {0};

	(void)state;
	assert_true(file_create("f", STR("1"), 0600, &e));
	assert_false(file_create("f", STR("2"), 0600, &e));
	assert_int_equal(e.sys, EEXIST);
	assert_true(draft_open(&d, "f", &e));
	assert_false(draft_commit_new(&d, 0600, &e));
	assert_int_equal(e.sys, EEXIST);
	draft_drop(&d);
	assert_int_equal(entries(), 1);
	assert_true(file_replace("f", STR("3"), 0600, &e));
	assert_true(file_rename("f", "g", &e));
	assert_int_equal(entries(), 1);
}

static void test_no_place(void **state)
{
	own_draft struct draft d = DRAFT_NONE;
	own_err struct err e = {0};

	(void)state;
	assert_false(draft_open(&d, "missing/f", &e));
	assert_int_equal(e.sys, ENOENT);
	assert_false(draft_open(&d, "..", &e));
	assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_commit), TEST(test_drop), TEST(test_new_only), TEST(test_no_place)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
