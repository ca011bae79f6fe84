/* The order of a walk, what it does not follow, and what it does when the tree
 * changes under it. */
#include "fixture.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>

#include "base/mem.h"
#include "base/strv.h"
#include "tree/walk.h"

/* All paths, space separated; a link as path>target, trouble as path!. */
static const char *walked(const char *root, const struct ignore *g, struct buf *out)
{
	own_walk struct walk *w = NULL;
	own_err struct err e = {0};
	struct walk_entry entry;
	enum walk_got got;

	buf_clear(out);
	w = walk_open(root, g, &e);
	assert_non_null(w);
	while ((got = walk_next(w, &entry, &e)) != WALK_END) {
		if (out->n)
			buf_putc(out, ' ');
		buf_str(out, entry.path);
		if (got == WALK_TROUBLE)
			buf_putc(out, '!');
		else if (entry.st.type == FILE_LINK)
			buf_printf(out, ">%s", entry.link.p);
		else if (entry.st.type == FILE_DIR)
			buf_putc(out, '/');
	}
	return buf_z(out);
}

static void test_order(void **state)
{
	own_buf struct buf out = {0};

	(void)state;
	put_dir("r");
	put_dir("r/a");
	put_dir("r/a/b");
	put_file("r/a/x", STR("1"));
	put_file("r/a-b", STR("1"));
	put_file("r/a.b", STR("1"));
	put_file("r/a0", STR("1"));
	put_file("r/a/b/c", STR("1"));
	put_file("r/a/b-c", STR("1"));
	put_dir("r/empty");
	assert_string_equal(walked("r", NULL, &out), "a/ a-b a.b a/b/ a/b-c a/b/c a/x a0 empty/");
	assert_string_equal(walked("r/empty", NULL, &out), "");
}

static void test_links_and_odd_names(void **state)
{
	own_buf struct buf out = {0};

	(void)state;
	put_dir("r");
	put_file("r/\xFF\xFE", STR(""));
	put_file("r/new\nline", STR(""));
	put_file("r/-rf", STR(""));
	assert_return_code(symlink("/etc", "r/dirlink"), 0);
	assert_return_code(symlink("gone", "r/dangling"), 0);
	assert_return_code(symlink(".", "r/loop"), 0);
	assert_return_code(mkfifo("r/pipe", 0600), 0);
	assert_string_equal(walked("r", NULL, &out),
		"-rf dangling>gone dirlink>/etc loop>. new\nline pipe \xFF\xFE");
}

static void test_bad_roots(void **state)
{
	static const char *const roots[] = {"link", "file", "missing"};

	(void)state;
	put_dir("r");
	put_file("file", STR(""));
	assert_return_code(symlink("r", "link"), 0);
	for (size_t i = 0; i < countof(roots); i++) {
		own_err struct err e = {0};

		assert_null(walk_open(roots[i], NULL, &e));
		assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
	}
}

static void test_ignored(void **state)
{
	struct ignore *g = ignore_new();
	own_buf struct buf out = {0};

	(void)state;
	put_dir("r");
	put_dir("r/node_modules");
	put_file("r/node_modules/x.js", STR("1"));
	put_dir("r/src");
	put_file("r/src/a.o", STR("1"));
	put_file("r/src/a.c", STR("12"));
	ignore_add_lines(g, STR("node_modules/\n*.o\n"));
	assert_string_equal(walked("r", g, &out), "src/ src/a.c");
	ignore_free(g);
}

static void test_unreadable(void **state)
{
	own_buf struct buf out = {0};
	const char *text;
	int status, pid;

	(void)state;
	put_dir("r");
	put_dir("r/locked");
	put_file("r/locked/x", STR("1"));
	put_file("r/z", STR("1"));
	chmod("r/locked", 0);
	chmod(scratch, 0755);
	/* Root may read everything: look as somebody else. */
	pid = fork();
	if (pid == 0) {
		if (getuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
			_exit(2);
		text = walked("r", NULL, &out);
		_exit(strcmp(text, "locked/ locked! z") == 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static int count_fds(void)
{
	int n = 0;
	DIR *d = opendir("/dev/fd");

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Each level: "d/" and a file that sorts behind it, so that every level is visited
 * again on the way up. */
static void test_deep(void **state)
{
	enum { DEPTH = 1500 };
	int fd, before = count_fds(), most = 0, files = 0, dirs = 0;
	own_walk struct walk *w = NULL;
	struct walk_entry entry;
	size_t longest = 0;

	(void)state;
	put_dir("r");
	fd = open("r", O_DIRECTORY | O_RDONLY);
	for (int i = 0; i < DEPTH; i++) {
		int f, next;

		assert_return_code(mkdirat(fd, "dir", 0755), 0);
		f = openat(fd, "z", O_CREAT | O_WRONLY, 0644);
		next = openat(fd, "dir", O_DIRECTORY | O_RDONLY);
		close(f);
		close(fd);
		fd = next;
	}
	close(fd);
	w = walk_open("r", NULL, NULL);
	for (enum walk_got got; (got = walk_next(w, &entry, NULL)) != WALK_END;) {
		int now = (files + dirs) % 50 ? 0 : count_fds() - before;

		assert_int_equal(got, WALK_ENTRY);
		most = now > most ? now : most;
		longest = entry.path.n > longest ? entry.path.n : longest;
		files += entry.st.type == FILE_REG;
		dirs += entry.st.type == FILE_DIR;
	}
	assert_int_equal(files, DEPTH);
	assert_int_equal(dirs, DEPTH);
	assert_int_equal(longest, 4 * DEPTH - 1);
	assert_in_range(most, 1, WALK_MAX_FDS);
}

/* ---- changes meanwhile ---- */

static const char *next_path(struct walk *w, struct buf *out, enum walk_got want)
{
	own_err struct err e = {0};
	struct walk_entry entry;

	assert_int_equal(walk_next(w, &entry, &e), want);
	buf_clear(out);
	if (want != WALK_END)
		buf_str(out, entry.path);
	if (want == WALK_TROUBLE)
		assert_non_null(strstr(buf_z(&e.msg), "changed while it was read"));
	return buf_z(out);
}

static void test_changes(void **state)
{
	own_walk struct walk *w = NULL;
	own_buf struct buf b = {0};

	(void)state;
	put_dir("r");
	put_dir("r/d1");
	put_dir("r/d2");
	put_file("r/d2/secret", STR("1"));
	put_file("r/a", STR("1"));
	put_file("r/b", STR("1"));
	put_file("r/c", STR("1"));
	put_file("r/z", STR("1"));
	w = walk_open("r", NULL, NULL);
	assert_string_equal(next_path(w, &b, WALK_ENTRY), "a");
	unlink("r/b"); /* vanishes */
	unlink("r/c"); /* becomes a directory: would be sent empty */
	put_dir("r/c");
	assert_string_equal(next_path(w, &b, WALK_TROUBLE), "c");
	assert_string_equal(next_path(w, &b, WALK_ENTRY), "d1");
	rmdir("r/d1"); /* becomes a link after it was met: not entered */
	assert_return_code(symlink("/etc", "r/d1"), 0);
	assert_string_equal(next_path(w, &b, WALK_TROUBLE), "d1");
	assert_string_equal(next_path(w, &b, WALK_ENTRY), "d2");
	rename("r/d2", "r/d3");
	assert_string_equal(next_path(w, &b, WALK_ENTRY), "z");
	assert_string_equal(next_path(w, &b, WALK_END), "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_links_and_odd_names),
		TEST(test_bad_roots),
		TEST(test_ignored),
		TEST(test_unreadable),
		TEST(test_deep),
		TEST(test_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
