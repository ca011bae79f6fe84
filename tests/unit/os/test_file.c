/* Files: replaced whole or not at all, removed without following anything. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "os/clock.h"
#include "os/proc.h"
#include "os/spawn.h"
#include "scratch.h"

static size_t entries(const char *name)
{
	own_strv struct strv l = {0};

	assert_true(file_list(in_scratch(name), &l, NULL));
	return l.n;
}

static void replace_makes_and_replaces(void **state)
{
	struct file_stat st;

	(void)state;
	umask(077);
	assert_true(file_replace(in_scratch("r"), STR("old"), 0600, NULL));
	assert_true(file_replace(in_scratch("r"), STR("new"), 0644, NULL));
	umask(022);
	assert_holds("r", "new");
	assert_true(file_lstat(in_scratch("r"), &st));
	assert_int_equal(st.mode, 0644);
	assert_int_equal(entries("."), 1);
}

static void replace_replaces_a_link_itself(void **state)
{
	struct file_stat st;

	(void)state;
	put("target", "untouched");
	assert_int_equal(symlink("target", in_scratch("l")), 0);
	assert_true(file_replace(in_scratch("l"), STR("x"), 0600, NULL));
	assert_holds("target", "untouched");
	assert_true(file_lstat(in_scratch("l"), &st));
	assert_int_equal(st.type, FILE_REG);
}

static void bad_places(void **state)
{
	static const struct {
		const char *path;
		int sys;
	} cases[] = {{"", 0}, {"/", 0}, {".", 0}, {"a/..", 0}, {"dir/", 0}, {"no/such/dir", ENOENT},
		{"file/x", ENOTDIR}};

	(void)state;
	put("file", "");
	for (size_t i = 0; i < countof(cases); i++) {
		own_err struct err e = {0};
		const char *path = i < 2 ? cases[i].path : in_scratch(cases[i].path);

		assert_false(file_replace(path, STR("x"), 0600, &e));
		assert_int_equal(e.sys, cases[i].sys);
		assert_false(file_create(path, STR("x"), 0600, NULL));
	}
}

/* A writer killed at any moment leaves one content or the other. */
static void a_killed_writer_leaves_old_or_new(void **state)
{
	static char a[300000], b[300000];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	for (int round = 0; round < 20; round++) {
		own_buf struct buf got = {0};
		int pid;

		assert_true(file_replace(in_scratch("k"), str_n(a, sizeof(a)), 0600, NULL));
		pid = fork();
		if (pid == 0)
			for (;;) {
				file_replace(in_scratch("k"), str_n(b, sizeof(b)), 0600, NULL);
				file_replace(in_scratch("k"), str_n(a, sizeof(a)), 0600, NULL);
			}
		clock_sleep_ms(round);
		kill(pid, SIGKILL);
		spawn_wait(pid, &(int){0}, NULL);
		assert_true(file_read(in_scratch("k"), &got, 1 << 20, NULL));
		assert_true(str_eq(buf_view(&got), str_n(a, sizeof(a))) ||
			    str_eq(buf_view(&got), str_n(b, sizeof(b))));
	}
}

static bool replace_is_refused(void)
{
	own_err struct err e = {0};
	bool refused = !file_replace(in_scratch("ro/f"), STR("x"), 0600, &e) && e.sys == EACCES;

	return refused && !file_writable(in_scratch("ro"));
}

static void a_read_only_directory(void **state)
{
	(void)state;
	assert_true(file_mkdir(in_scratch("ro"), 0755, NULL));
	put("ro/f", "kept");
	assert_int_equal(chmod(in_scratch("ro"), 0555), 0);
	assert_true(unprivileged(replace_is_refused));
	assert_holds("ro/f", "kept");
}

static void create_is_exclusive(void **state)
{
	own_err struct err e = {0};

	(void)state;
	assert_true(file_create(in_scratch("c"), STR("one"), 0600, &e));
	assert_false(file_create(in_scratch("c"), STR("two"), 0600, &e));
	assert_int_equal(e.sys, EEXIST);
	assert_int_equal(symlink("nowhere", in_scratch("dangling")), 0);
	assert_false(file_create(in_scratch("dangling"), STR("x"), 0600, &e));
	assert_int_equal(e.sys, EEXIST);
	assert_holds("c", "one");
	assert_int_equal(entries("."), 2);
}

/* Of many at once exactly one wins, and no reader sees it half made. */
static void create_races_have_one_winner(void **state)
{
	(void)state;
	for (int round = 0; round < 10; round++) {
		int won = 0, status;
		char name[16];

		snprintf(name, sizeof(name), "w%d", round);
		for (int i = 0; i < 8; i++)
			if (fork() == 0)
				_exit(file_create(in_scratch(name), STR("whole"), 0600, NULL));
		while (wait(&status) > 0)
			won += WEXITSTATUS(status);
		assert_int_equal(won, 1);
		assert_holds(name, "whole");
	}
}

static void append_adds(void **state)
{
	struct file_stat st;

	(void)state;
	assert_true(file_append(in_scratch("log"), STR("a\n"), NULL));
	assert_true(file_append(in_scratch("log"), STR("b\n"), NULL));
	assert_holds("log", "a\nb\n");
	assert_true(file_stat(in_scratch("log"), &st));
	assert_int_equal(st.mode, 0600);
}

static void reading_has_a_limit(void **state)
{
	own_buf struct buf b = {0};
	own_err struct err e = {0};

	(void)state;
	put("five", "12345");
	buf_puts(&b, "x");
	assert_true(file_read(in_scratch("five"), &b, 5, &e));
	assert_string_equal(b.p, "x12345");
	assert_false(file_read(in_scratch("five"), &b, 4, &e));
	assert_int_equal(e.sys, EFBIG);
	assert_string_equal(b.p, "x12345");
	assert_false(file_read("/dev/zero", &b, 100000, &e)); /* has no size to go by */
	assert_int_equal(e.sys, EFBIG);
	assert_false(file_read(in_scratch("none"), &b, 5, &e));
	assert_int_equal(e.sys, ENOENT);
}

static void a_fifo_does_not_block(void **state)
{
	own_buf struct buf b = {0};

	(void)state;
	assert_int_equal(mkfifo(in_scratch("fifo"), 0600), 0);
	assert_true(file_read(in_scratch("fifo"), &b, 100, NULL));
	assert_int_equal(b.n, 0);
}

static void lists_are_sorted(void **state)
{
	static const char *const want[] = {".z", "A", "a", "b\n", "\xff"};
	own_strv struct strv l = {0};

	(void)state;
	for (size_t i = countof(want); i-- > 0;)
		put(want[i], "");
	assert_true(file_list(scratch, &l, NULL));
	assert_int_equal(l.n, countof(want));
	for (size_t i = 0; i < l.n; i++)
		assert_string_equal(l.v[i], want[i]);
	assert_true(file_list(in_scratch("missing"), &l, NULL));
	assert_int_equal(l.n, 0);
	assert_false(file_list(in_scratch("A"), &l, NULL));
}

static void directories_are_made(void **state)
{
	own_err struct err e = {0};

	(void)state;
	assert_true(file_mkdirs(in_scratch("a/b/c"), 0700, &e));
	assert_true(file_mkdirs(in_scratch("a/b/c/"), 0700, &e));
	assert_true(file_mkdir(in_scratch("a/b"), 0700, &e));
	put("f", "");
	assert_false(file_mkdir(in_scratch("f"), 0700, &e));
	assert_int_equal(e.sys, EEXIST);
	assert_false(file_mkdirs(in_scratch("f/g"), 0700, &e));
	assert_int_equal(symlink("a", in_scratch("link")), 0);
	assert_true(file_mkdirs(in_scratch("link/b/d"), 0700, &e));
	assert_true(file_exists(in_scratch("a/b/d")));
}

static void a_tree_is_removed_and_nothing_else(void **state)
{
	(void)state;
	assert_true(file_mkdirs(in_scratch("t/a/b"), 0755, NULL));
	assert_true(file_mkdirs(in_scratch("outside/d"), 0755, NULL));
	put("outside/d/f", "kept");
	put("t/a/f", "");
	assert_int_equal(symlink("../outside", in_scratch("t/link")), 0);
	assert_int_equal(symlink("/", in_scratch("t/a/root")), 0);
	assert_int_equal(mkfifo(in_scratch("t/a/b/fifo"), 0600), 0);
	assert_true(file_remove_tree(in_scratch("t"), NULL));
	assert_false(file_exists(in_scratch("t")));
	assert_holds("outside/d/f", "kept");

	assert_int_equal(symlink("outside", in_scratch("l")), 0);
	assert_true(file_remove_tree(in_scratch("l"), NULL));
	assert_false(file_exists(in_scratch("l")));
	assert_holds("outside/d/f", "kept");

	assert_true(file_remove_tree(in_scratch("outside/d/f"), NULL));
	assert_true(file_remove_tree(in_scratch("missing"), NULL));
	assert_true(file_remove_tree(in_scratch("missing/too"), NULL));
	assert_false(file_remove_tree("/", NULL));
	assert_false(file_remove_tree("..", NULL));
	assert_false(file_remove_tree("", NULL));
}

/* Deeper than PATH_MAX, than there are descriptors, and than a stack likes. */
static void a_very_deep_tree(void **state)
{
	int fd;

	(void)state;
	assert_true(file_mkdir(in_scratch("deep"), 0755, NULL));
	fd = open(in_scratch("deep"), O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 5000; i++) {
		int next;

		assert_int_equal(mkdirat(fd, "dddd", 0755), 0);
		next = openat(fd, "dddd", O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	close(fd);
	assert_true(file_remove_tree(in_scratch("deep"), NULL));
	assert_false(file_exists(in_scratch("deep")));
}

static bool make_and_remove_locked_tree(void)
{
	own_err struct err e = {0};
	struct file_stat st;

	if (!file_mkdirs(in_scratch("mod/a/b"), 0755, &e) ||
		!file_create(in_scratch("mod/a/b/f"), STR(""), 0444, &e) ||
		chmod(in_scratch("mod/a/b"), 0555) != 0 || chmod(in_scratch("mod/a"), 0) != 0)
		return false;
	return file_remove_tree(in_scratch("mod"), &e) && !file_lstat(in_scratch("mod"), &st);
}

static bool remove_is_refused(void)
{
	own_err struct err e = {0};

	return !file_remove_tree(in_scratch("theirs"), &e) && (e.sys == EACCES || e.sys == EPERM) &&
	       file_exists(in_scratch("theirs/f"));
}

static void forbidding_directories(void **state)
{
	(void)state;
	assert_true(unprivileged(make_and_remove_locked_tree));
	if (geteuid() != 0)
		return; /* only root can make somebody else's tree; nobody's own case is above */
	assert_true(file_mkdir(in_scratch("theirs"), 0755, NULL));
	put("theirs/f", "kept");
	assert_true(unprivileged(remove_is_refused));
	assert_holds("theirs/f", "kept");
}

static void being_in(void **state)
{
	static const struct {
		const char *path, *dir;
		bool want;
	} cases[] = {
		{"home", "home", true},
		{"home/a", "home", true},
		{"home/a/b/c", "home", true},
		{"home", "home/a", false},
		{"homely", "home", false},
		{"home/a/..", "home", true},
		{"home/a/../..", "home", false},
		{"tohome/a", "home", true},  /* through a link */
		{"home/a", "tohome", true},  /* dir is a link */
		{"home/out", "home", false}, /* a link that leads out */
		{"home/out/x", "home", false},
		{"home/missing/x", "home", true}, /* not there yet */
		{"home/missing/../../x", "home", false},
		{"x/missing/../../home/y", "home", true},
		{"home", "missing", false},
		{"tohome/a/../b", "home", true},
	};

	(void)state;
	assert_true(file_mkdirs(in_scratch("home/a"), 0755, NULL));
	assert_true(file_mkdir(in_scratch("homely"), 0755, NULL));
	assert_true(file_mkdir(in_scratch("x"), 0755, NULL));
	assert_int_equal(symlink("home", in_scratch("tohome")), 0);
	assert_int_equal(symlink("../homely", in_scratch("home/out")), 0);
	for (size_t i = 0; i < countof(cases); i++)
		if (file_is_in(in_scratch(cases[i].path), in_scratch(cases[i].dir)) !=
			cases[i].want)
			fail_msg("%s in %s", cases[i].path, cases[i].dir);
	assert_true(file_is_in(in_scratch("home"), "/"));
	assert_true(file_is_in("/", "/"));
	assert_false(file_is_in("/", in_scratch("home")));
	assert_true(file_same(in_scratch("home"), in_scratch("tohome")));
	assert_false(file_same(in_scratch("home"), in_scratch("homely")));
	assert_false(file_same(in_scratch("nope"), in_scratch("nope")));
	assert_int_equal(chdir(in_scratch("home")), 0);
	assert_true(file_is_in("new/file", in_scratch("home")));
	assert_int_equal(chdir("/"), 0);
}

static void stats_tell_types(void **state)
{
	struct file_stat st;
	uint64_t space = 0;

	(void)state;
	put("f", "12");
	assert_int_equal(symlink("f", in_scratch("l")), 0);
	assert_true(file_stat(in_scratch("l"), &st) && st.type == FILE_REG && st.size == 2);
	assert_true(file_lstat(in_scratch("l"), &st) && st.type == FILE_LINK);
	assert_true(file_stat(scratch, &st) && st.type == FILE_DIR && st.uid == proc_uid());
	assert_true(file_stat("/dev/null", &st) && st.type == FILE_OTHER);
	assert_false(file_stat(in_scratch("none"), &st));
	assert_int_equal(st.type, FILE_NONE);
	assert_true(file_space(scratch, &space, NULL) && space > 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(replace_makes_and_replaces),
		T(replace_replaces_a_link_itself),
		T(bad_places),
		T(a_killed_writer_leaves_old_or_new),
		T(a_read_only_directory),
		T(create_is_exclusive),
		T(create_races_have_one_winner),
		T(append_adds),
		T(reading_has_a_limit),
		T(a_fifo_does_not_block),
		T(lists_are_sorted),
		T(directories_are_made),
		T(a_tree_is_removed_and_nothing_else),
		T(a_very_deep_tree),
		T(forbidding_directories),
		T(being_in),
		T(stats_tell_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
