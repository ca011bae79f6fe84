/* Snapshots of odd trees and back, files that change while they are read, and what the stat
 * cache may be believed. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "base/mem.h"
#include "os/clock.h"
#include "tree/capture.h"
#include "tree/filecopy.h"
#include "tree/materialise.h"
#include "tree/statcache.h"

static bool capture(const char *root, const char *into, const char *previous, const struct ctx *c,
	struct capture_totals *t, struct err *e)
{
	struct strmap head = {0};
	const struct capture_opts o = {
		.root = root, .into = into, .previous = previous, .head = &head, .tree_root = "t"};

	put_dir(into);
	return capture_tree(&o, c, t, e);
}

static void captured(
	const char *root, const char *into, const char *previous, struct capture_totals *t)
{
	own_err struct err e = {0};
	const struct ctx c = {0};

	if (!capture(root, into, previous, &c, t, &e))
		fail_msg("%s", buf_z(&e.msg));
}

static void materialised(const char *snapshot, const char *into)
{
	own_buf struct buf manifest = {0}, tree = {0};
	own_err struct err e = {0};
	struct file_stat root;
	const struct ctx c = {0};
	struct materialise_totals t;

	assert_true(file_stat("w", &root));
	put_dir(into);
	path_join(&manifest, snapshot, CAPTURE_MANIFEST);
	path_join(&tree, snapshot, CAPTURE_TREE);
	if (!materialise_tree(&(struct materialise_opts){.manifest = buf_z(&manifest),
				      .tree = buf_z(&tree),
				      .into = into,
				      .root = &root},
		    &c, &t, &e))
		fail_msg("%s", buf_z(&e.msg));
}

static void put_many(const char *dir, int n)
{
	for (int i = 0; i < n; i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/f%d", dir, i);
		put_file(path, str_z(path));
	}
}

static void put_odd_tree(void)
{
	int fd;

	put_dir("w");
	put_dir("w/a");
	put_many("w/a", 400); /* more than are on their way at once */
	put_file("w/a-b", STR("sorts before a/"));
	put_file("w/empty", STR(""));
	put_file("w/bad\xff", STR("x"));
	put_file("w/new\nline", STR("x"));
	assert_return_code(symlink("/etc/passwd", "w/out"), 0);
	assert_return_code(symlink("nowhere", "w/a/dangling"), 0);
	assert_return_code(mkfifo("w/pipe", 0600), 0);
	fd = open("w/holes", O_CREAT | O_WRONLY, 0640);
	assert_return_code(ftruncate(fd, 3 << 20), 0);
	assert_int_equal(pwrite(fd, "mid", 3, 1 << 20), 3);
	close(fd);
	put_dir("w/shut");
	put_file("w/shut/in", STR("x"));
	assert_return_code(chmod("w/shut/in", 04755), 0);
	assert_return_code(chmod("w/shut", 0555), 0);
}

static void test_there_and_back(void **state)
{
	struct capture_totals t;
	struct stat st;

	(void)state;
	put_odd_tree();
	captured("w", "s", NULL, &t);
	assert_int_equal(t.special.n, 1);
	assert_string_equal(t.special.names.v[0], "pipe");
	assert_int_equal(t.files, 406);
	assert_int_equal(t.linked, 0);
	materialised("s", "b");
	assert_return_code(unlink("w/pipe"), 0);
	assert_return_code(utimensat(AT_FDCWD, "w", (struct timespec[2]){{0}, {0}}, 0), 0);
	assert_return_code(utimensat(AT_FDCWD, "b", (struct timespec[2]){{0}, {0}}, 0), 0);
	assert_same("w", "b");
	assert_return_code(stat("b/holes", &st), 0);
	assert_true(st.st_blocks < 1024);
	capture_totals_fini(&t);
}

static void test_deep(void **state)
{
	own_buf struct buf path = {0};
	struct capture_totals t;

	(void)state;
	put_dir("w");
	buf_puts(&path, "w");
	for (int i = 0; i < 150; i++) {
		own_buf struct buf file = {0};

		buf_printf(&file, "%s/z", buf_z(&path));
		put_file(buf_z(&file), STR("on the way up"));
		buf_puts(&path, "/d");
		put_dir(buf_z(&path));
	}
	captured("w", "s", NULL, &t);
	materialised("s", "b");
	assert_return_code(utimensat(AT_FDCWD, "w", (struct timespec[2]){{0}, {0}}, 0), 0);
	assert_return_code(utimensat(AT_FDCWD, "b", (struct timespec[2]){{0}, {0}}, 0), 0);
	assert_same("w", "b");
	capture_totals_fini(&t);
}

static void test_cancelled(void **state)
{
	static const volatile sig_atomic_t signal_number = SIGINT;
	const struct ctx c = {.cancel = &signal_number};
	own_err struct err e = {0};
	struct capture_totals t;

	(void)state;
	put_odd_tree();
	assert_false(capture("w", "s", NULL, &c, &t, &e));
	assert_int_equal(e.kind, ERR_INTERRUPTED);
}

/* ---- a file that changes while it is read: a timer that counts our processor time writes to
 * it, so that it does so in the middle of the reading however busy the machine is. */

static volatile sig_atomic_t changes_left;

static void change(int sig)
{
	int fd;

	(void)sig;
	if (changes_left <= 0)
		return;
	changes_left--;
	fd = open("large", O_WRONLY | O_APPEND);
	if (fd < 0 || write(fd, "x", 1) != 1)
		_exit(99);
	close(fd);
}

static bool copy_while_changing(int changes, struct file_copied *out, struct err *e)
{
	const struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
	struct file_copier *f = file_copier_new();
	struct file_copy_shared shared;
	int src, dir;
	bool ok;

	memset(&shared, 0, sizeof(shared));
	src = open("large", O_CREAT | O_RDWR, 0644);
	assert_return_code(ftruncate(src, 64 << 20), 0);
	assert_int_equal(pwrite(src, "x", 1, 0), 1); /* else all is hole; that counts too */
	clock_sleep_ms(50);
	dir = open(".", O_RDONLY | O_DIRECTORY);
	changes_left = changes;
	signal(SIGPROF, change);
	setitimer(ITIMER_PROF, &often, NULL);
	ok = file_copy_hashed(f, &shared, src, dir, "copy", 0400, out, e);
	setitimer(ITIMER_PROF, &never, NULL);
	file_copier_free(f);
	close(src);
	close(dir);
	return ok;
}

static void test_changes_for_ever(void **state)
{
	own_err struct err e = {0};
	struct file_copied c;

	(void)state;
	assert_false(copy_while_changing(1 << 20, &c, &e));
	assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
	assert_non_null(strstr(buf_z(&e.msg), "changed"));
	assert_int_equal(access("copy", F_OK), -1);
}

static void test_changes_once(void **state)
{
	own_err struct err e = {0};
	struct file_copied c;

	(void)state;
	assert_true(copy_while_changing(1, &c, &e));
	assert_int_equal(c.tries, 2);
	assert_int_equal(c.st.st_size, (64 << 20) + 1);
	assert_false(c.settled);
	assert_int_equal(run_tool((const char *[]){"cmp", "large", "copy", NULL}, NULL, NULL), 0);
}

/* ---- the cache */

static ino_t inode(const char *path)
{
	struct stat st;

	assert_return_code(lstat(path, &st), 0);
	return st.st_ino;
}

static void test_unchanged(void **state)
{
	struct capture_totals one, two, three;

	(void)state;
	put_dir("w");
	put_many("w", 20);
	captured("w", "s0", NULL, &one);
	captured("w", "s1", "s0", &two); /* touched just before: not believed */
	assert_int_equal(two.linked, 0);
	clock_sleep_ms(FILE_SETTLED_S * 1000 + 100); /* ctimes cannot be set */
	capture_totals_fini(&one);
	captured("w", "s2", "s1", &one);
	assert_int_equal(one.linked, 0);
	put_file("w/f7", STR("w/f8")); /* as long as before */
	captured("w", "s3", "s2", &three);
	assert_int_equal(three.linked, 19);
	assert_true(inode("s3/tree/f1") == inode("s2/tree/f1"));
	assert_true(inode("s3/tree/f7") != inode("s2/tree/f7"));
	assert_true(inode("s3/tree/f1") != inode("w/f1"));
	capture_totals_fini(&one);
	capture_totals_fini(&two);
	capture_totals_fini(&three);
}

static const struct stat_stamp stamp = {1, 2, 3, 4, 5, 6, 7};

static void write_cache(void)
{
	const unsigned char sum[SHA256_LEN] = {9};
	struct statcache_out *c = statcache_create("cache", NULL);

	assert_non_null(c);
	assert_true(statcache_add(c, STR("a"), &stamp, sum, NULL));
	assert_true(statcache_add(c, STR("a/b"), &stamp, sum, NULL));
	assert_true(statcache_add(c, STR("c"), &stamp, sum, NULL));
	assert_true(statcache_commit(c, NULL));
}

static bool found(const char *path, struct stat_stamp s)
{
	struct statcache_in *c = statcache_open("cache");
	unsigned char sum[SHA256_LEN] = {0};
	bool ok = statcache_find(c, str_z(path), &s, sum);

	statcache_close(c);
	return ok && sum[0] == 9;
}

static void test_cache(void **state)
{
	struct stat_stamp s;

	(void)state;
	assert_false(found("a", stamp)); /* there is none */
	write_cache();
	assert_true(found("a", stamp));
	assert_true(found("a/b", stamp));
	assert_true(found("c", stamp));
	assert_false(found("b", stamp));
	for (size_t i = 0; i < 7; i++) { /* every member counts */
		s = stamp;
		s.dev += i == 0;
		s.ino += i == 1;
		s.size += i == 2;
		s.mtime_s += i == 3;
		s.ctime_s += i == 4;
		s.mtime_ns += i == 5;
		s.ctime_ns += i == 6;
		assert_false(found("c", s));
	}
}

static void test_torn_cache(void **state)
{
	struct stat st;

	(void)state;
	write_cache();
	assert_return_code(stat("cache", &st), 0);
	assert_return_code(truncate("cache", st.st_size - 1), 0);
	assert_true(found("a/b", stamp));
	assert_false(found("c", stamp));
	assert_return_code(truncate("cache", 10), 0);
	assert_false(found("a", stamp));
	put_file("cache", STR("something else that is as long as the beginning of a real cache"));
	assert_false(found("a", stamp));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_there_and_back),
		TEST(test_deep),
		TEST(test_cancelled),
		TEST(test_changes_for_ever),
		TEST(test_changes_once),
		TEST(test_unchanged),
		TEST(test_cache),
		TEST(test_torn_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
