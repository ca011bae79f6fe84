/* Trees through the tar stream and the system's tar, and trees that change under it. */
#include "fixture.h"

#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "tree/tar_out.h"

struct seen {
	struct buf paths;
	unsigned char last[SHA256_LEN];
	uint64_t last_size;
};

static bool on_sent(void *arg, const struct manifest_entry *en, struct err *e)
{
	struct seen *s = arg;

	(void)e;
	buf_str(&s->paths, en->path);
	buf_putc(&s->paths, ' ');
	if (en->type == FILE_REG) {
		memcpy(s->last, en->sha256, SHA256_LEN);
		s->last_size = en->size;
	}
	return true;
}

/* The whole stream into out.tar. */
static bool drain(struct tar_out *t, struct err *e)
{
	own_buf struct buf b = {0};
	int more;

	while ((more = tar_out_fill(t, &b, e)) > 0)
		;
	put_file("out.tar", buf_view(&b));
	return more == 0;
}

static void extract(bool zstd)
{
	const char *tar[] = {"tar", "-xpf", "out.tar", "--delay-directory-restore", "-C", "x",
		zstd ? "--zstd" : "--warning=no-unknown-keyword", "--warning=no-unknown-keyword",
		NULL};

	put_dir("x");
	assert_int_equal(run_tool(tar, NULL, NULL), 0);
}

static void set_times(const char *path, time_t s, long ns)
{
	struct timespec t[2] = {{s, ns}, {s, ns}};

	assert_return_code(utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW), 0);
}

static void make_tree(void)
{
	own_buf struct buf name = {0}, big = {0};

	put_dir("w");
	put_dir("w/a");
	put_dir("w/a/b");
	put_dir("w/empty");
	put_file("w/a-b", STR("1"));
	put_file("w/a/x", STR("hello"));
	put_file("w/a/zero", STR(""));
	put_file("w/-rf", STR("x"));
	put_file("w/new\nline", STR("x"));
	put_file("w/\xFF\xFE", STR("x"));
	put_file("w/\xC3\xA9", STR("x"));
	buf_puts(&name, "w/a/");
	for (int i = 0; i < 240; i++)
		buf_putc(&name, 'n');
	put_file(name.p, STR("long"));
	for (int i = 0; i < 300000; i++)
		buf_printf(&big, "%d\n", i % 1000 * 7919);
	put_file("w/big", buf_view(&big));
	assert_return_code(symlink("/etc/passwd", "w/abs"), 0);
	assert_return_code(symlink("\xFF/gone", "w/dangling"), 0);
	assert_return_code(link("w/a/x", "w/hard"), 0);
	chmod("w/a/x", 0751);
	chmod("w/-rf", 0400); /* 0 could not be read, but by root */
	set_times("w/a/x", 1234567890, 123456789);
	set_times("w/abs", 1234567890, 5);
	set_times("w/a/zero", -100, 0);
	chmod("w/a/b", 0500);
	set_times("w/a/b", 99, 7);
	set_times("w/a", 98, 6);
	set_times("w", 97, 5);
}

static void round_trip(struct tar_opts o)
{
	own_tar_out struct tar_out *t = NULL;
	struct seen seen = {0};
	own_err struct err e = {0};

	make_tree();
	o.prefix = "tree";
	o.end_mark = "end";
	o.sent = on_sent;
	o.arg = &seen;
	t = tar_out_open("w", &o, &e);
	assert_non_null(t);
	assert_true(drain(t, &e));
	extract(o.zstd);
	assert_int_equal(access("x/end", F_OK), 0);
	if (o.format == TAR_PAX)
		assert_same("w", "x/tree");
	assert_int_equal(tar_out_totals(t)->files, 10);
	assert_int_equal(tar_out_totals(t)->changed.n, 0);
	assert_true(str_starts(buf_view(&seen.paths), STR("-rf a a-b a/b a/nnnn")));
	buf_fini(&seen.paths);
}

static void test_pax(void **state)
{
	(void)state;
	round_trip((struct tar_opts){0});
}

static void test_zstd(void **state)
{
	(void)state;
	round_trip((struct tar_opts){.zstd = true});
}

static void test_dirs_again(void **state)
{
	(void)state;
	round_trip((struct tar_opts){.dirs_again = true});
}

static void test_gnu(void **state)
{
	(void)state;
	round_trip((struct tar_opts){.format = TAR_GNU});
}

static void test_special_files(void **state)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "w/sock"};
	own_tar_out struct tar_out *t = NULL;
	own_buf struct buf text = {0};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	put_dir("w");
	assert_return_code(mkfifo("w/fifo", 0600), 0);
	assert_return_code(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
	t = tar_out_open("w", &(struct tar_opts){.prefix = "t"}, NULL);
	assert_true(drain(t, NULL));
	mentions_text(&tar_out_totals(t)->special, &text);
	assert_string_equal(buf_z(&text), "fifo, sock");
	extract(false);
}

/* ---- changes meanwhile ---- */

#define BIG (3u << 20)

static void put_big(const char *path)
{
	own_buf struct buf b = {0};

	buf_reserve(&b, BIG);
	memset(b.p, 'x', BIG);
	b.n = BIG;
	put_file(path, buf_view(&b));
}

/* Opens the stream of "w" and pulls until the big file is on its way. */
static struct tar_out *under_way(struct seen *seen, struct buf *out)
{
	struct tar_opts o = {.prefix = "t", .sent = on_sent, .arg = seen};
	struct tar_out *t;

	put_dir("w");
	put_dir("w/d");
	put_big("w/big");
	put_file("w/d/secret", STR("1"));
	put_file("w/z", STR("1"));
	t = tar_out_open("w", &o, NULL);
	assert_int_equal(tar_out_fill(t, out, NULL), 1);
	return t;
}

static int rest(struct tar_out *t, struct buf *out, struct err *e)
{
	int more;

	do {
		own_buf struct buf b = {0};

		more = tar_out_fill(t, &b, e);
		buf_str(out, buf_view(&b));
	} while (more > 0);
	put_file("out.tar", buf_view(out));
	return more;
}

static void size_is(const char *path, off_t want)
{
	struct stat st;

	assert_return_code(stat(path, &st), 0);
	assert_int_equal(st.st_size, want);
}

static void test_shrinks(void **state)
{
	struct seen seen = {0};
	own_buf struct buf out = {0}, hex = {0}, sum = {0};
	own_tar_out struct tar_out *t = under_way(&seen, &out);
	const char *sha[] = {"sha256sum", "x/t/big", NULL};

	(void)state;
	assert_return_code(truncate("w/big", BIG / 2), 0);
	unlink("w/z");
	unlink("w/d/secret");
	assert_int_equal(rest(t, &out, NULL), 0);
	extract(false);
	size_is("x/t/big", BIG);
	assert_int_equal(tar_out_totals(t)->changed.n, 1);
	assert_string_equal(tar_out_totals(t)->changed.names.v[0], "big");
	/* the hash is that of what was sent */
	assert_int_equal(run_tool(sha, NULL, "sum"), 0);
	hash_hex(&hex, seen.last);
	assert_true(str_starts(get_file("sum", &sum), buf_view(&hex)));
	buf_fini(&seen.paths);
}

static void test_grows(void **state)
{
	struct seen seen = {0};
	own_buf struct buf out = {0};
	own_tar_out struct tar_out *t = under_way(&seen, &out);

	(void)state;
	assert_return_code(truncate("w/big", BIG + 5000), 0);
	assert_int_equal(rest(t, &out, NULL), 0);
	extract(false);
	size_is("x/t/big", BIG);
	assert_int_equal(tar_out_totals(t)->changed.n, 1);
	assert_string_equal(buf_z(&seen.paths), "big d d/secret z ");
	buf_fini(&seen.paths);
}

static void test_replaced_by_link(void **state)
{
	struct seen seen = {0};
	own_buf struct buf out = {0};
	own_err struct err e = {0};
	own_tar_out struct tar_out *t = under_way(&seen, &out);

	(void)state;
	assert_return_code(rename("w/d", "elsewhere"), 0);
	assert_return_code(symlink("../elsewhere", "w/d"), 0);
	/* Met as the link that it is now; what was to come below it is not followed. */
	assert_int_equal(rest(t, &out, &e), -1);
	assert_non_null(strstr(buf_z(&e.msg), "d changed while it was read"));
	assert_null(strstr(buf_z(&seen.paths), "secret"));
	buf_fini(&seen.paths);
}

static void test_unreadable(void **state)
{
	int status, pid;

	(void)state;
	put_dir("w");
	put_file("w/locked", STR("1"));
	put_file("w/ok", STR("1"));
	put_dir("w/shut");
	chmod("w/locked", 0);
	chmod("w/shut", 0);
	chmod(scratch, 0777);
	pid = fork();
	if (pid == 0) {
		own_survey struct survey s = {0};
		own_buf struct buf text = {0};
		own_err struct err e = {0};
		struct tar_out *t;

		if (getuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
			_exit(2);
		t = tar_out_open("w", &(struct tar_opts){.prefix = "t"}, NULL);
		if (!survey_tree("w", NULL, NULL, &s, NULL) || tar_out_fill(t, &text, &e) != -1 ||
			e.sys != EACCES)
			_exit(3);
		buf_clear(&text);
		mentions_text(&s.unreadable, &text);
		_exit(strcmp(text.p, "locked, shut") == 0 && s.files == 2 ? 0 : 4);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void test_stopped_early(void **state)
{
	struct seen seen = {0};
	own_buf struct buf out = {0};
	own_tar_out struct tar_out *begun = under_way(&seen, &out);
	own_tar_out struct tar_out *unused =
		tar_out_open("w", &(struct tar_opts){.prefix = "t"}, NULL);

	(void)state;
	assert_non_null(begun);
	assert_non_null(unused);
	buf_fini(&seen.paths);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pax),
		TEST(test_zstd),
		TEST(test_dirs_again),
		TEST(test_gnu),
		TEST(test_special_files),
		TEST(test_shrinks),
		TEST(test_grows),
		TEST(test_replaced_by_link),
		TEST(test_unreadable),
		TEST(test_stopped_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
