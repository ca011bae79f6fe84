/* Seeding through a local shell that plays the guest. */
#include "../tree/fixture.h"

#include <grp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "lima/seed.h"
#include "os/file.h"
#include "tree/manifest.h"

struct heard {
	struct sink sink;
	struct buf notices;
	uint64_t done, total;
	enum step_state last;
	void (*on_progress)(struct heard *h);
	volatile sig_atomic_t cancel;
};

static void hear_notice(struct sink *s, enum level level, struct str text)
{
	struct heard *h = (struct heard *)s;

	(void)level;
	buf_str(&h->notices, text);
	buf_putc(&h->notices, '\n');
}

static void hear_progress(struct sink *s, const struct progress *p)
{
	struct heard *h = (struct heard *)s;

	assert_string_equal(p->step, "seed");
	h->done = p->done;
	h->total = p->total;
	h->last = p->state;
	if (h->on_progress)
		h->on_progress(h);
}

static struct heard heard;
static struct seed_totals totals;

/* Seeds "w" into scratch/g/NAME with the shell words given in front of the script. */
static bool seed_with(const char *const *words, const char *name, struct err *e)
{
	struct ctx c = {.cancel = &heard.cancel, .sink = &heard.sink};
	own_strv struct strv argv = {0};
	own_buf struct buf source = {0}, target = {0}, manifest = {0};

	heard.sink = (struct sink){.progress = hear_progress, .notice = hear_notice};
	buf_clear(&heard.notices);
	for (; *words; words++)
		strv_add(&argv, *words);
	buf_printf(&source, "%s/w", scratch);
	buf_printf(&target, "%s/g/%s", scratch, name);
	buf_printf(&manifest, "%s/m.json", scratch);
	return seed_through(&argv, NULL, &c, source.p, target.p, manifest.p, &totals, e);
}

static bool seed(const char *name, struct err *e)
{
	static const char *const sh[] = {"sh", "-c", NULL};

	return seed_with(sh, name, e);
}

static int set_up(void **state)
{
	static const char *const keep_path = "/usr/local/bin:/usr/bin:/bin";

	heard.on_progress = NULL;
	heard.cancel = 0;
	setenv("PATH", keep_path, 1);
	if (scratch_make(state) != 0)
		return -1;
	return mkdir("w", 0755) || mkdir("g", 0755) || mkdir("bin", 0755);
}

static int tear_down(void **state)
{
	buf_fini(&heard.notices);
	return scratch_remove(state);
}

/* Nothing but the names given is in the guest's directory: no litter. */
static void guest_holds(const char *names)
{
	own_strv struct strv list = {0};
	own_buf struct buf b = {0};

	assert_true(file_list("g", &list, NULL));
	for (size_t i = 0; i < list.n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", list.v[i]);
	assert_string_equal(buf_z(&b), names);
}

static void no_manifest(void)
{
	own_strv struct strv list = {0};

	assert_true(file_list(".", &list, NULL));
	for (size_t i = 0; i < list.n; i++)
		assert_null(strstr(list.v[i], "m.json"));
}

static void make_tree(void)
{
	put_dir("w/a");
	put_dir("w/a/ro");
	put_dir("w/empty");
	put_dir("w/.git");
	put_file("w/.git/HEAD", STR("ref"));
	put_file("w/a/x", STR("hello"));
	put_file("w/a-b", STR("1"));
	put_file("w/a/ro/f", STR("1"));
	put_file("w/it's \"$HOME\" `x`\n", STR("1"));
	put_file("w/\xFF", STR("1"));
	assert_return_code(symlink("/etc/shadow", "w/link"), 0);
	chmod("w/a/x", 0711);
	chmod("w/a/ro", 0500);
	chmod("w/a", 0555);
}

static uint64_t manifest_entries(void)
{
	struct manifest_in *m = manifest_open("m.json", NULL, NULL);
	struct manifest_entry en;
	uint64_t n = 0;

	assert_non_null(m);
	while (manifest_next(m, &en, NULL) > 0)
		n++;
	manifest_close(m);
	return n;
}

static void test_copy(void **state)
{
	(void)state;
	make_tree();
	put_dir("g/t"); /* made by prepare */
	assert_true(seed("t", NULL));
	assert_same("w", "g/t");
	guest_holds("t");
	assert_int_equal(totals.files, 6);
	assert_int_equal(manifest_entries(), 11);
	assert_int_equal(heard.last, STEP_DONE);
	assert_int_equal(heard.done, heard.total);
	assert_string_equal(buf_z(&heard.notices), "");
}

/* A root that its owner may not write to, an odd name, what former attempts left. */
static void test_odd_target(void **state)
{
	(void)state;
	put_file("w/f", STR("1"));
	put_dir("g/-o 'dd");
	put_file("g/-o 'dd/old", STR("1"));
	put_dir("g/.-o 'dd.codelima-seed.123");
	put_file("g/.-o 'dd.codelima-seed.123/x", STR("1"));
	chmod("g/.-o 'dd.codelima-seed.123", 0500);
	chmod("w", 0555);
	assert_true(seed("-o 'dd", NULL));
	guest_holds("-o 'dd");
	assert_same("w", "g/-o 'dd");
}

/* Attempts whose connection broke: one is still at it, the other's process is gone. */
static void test_others_at_work(void **state)
{
	own_buf struct buf pid = {0};

	(void)state;
	buf_printf(&pid, "%d\n", (int)getpid());
	put_file("w/f", STR("1"));
	put_dir("g/.t.codelima-seed.1");
	put_file("g/.t.codelima-seed.1/pid", buf_view(&pid));
	put_dir("g/.t.codelima-seed.2");
	put_file("g/.t.codelima-seed.2/pid", STR("999999999\n"));
	put_dir("g/.t.codelima-seed.3");
	put_file("g/.t.codelima-seed.3/pid", STR(""));
	assert_true(seed("t", NULL));
	guest_holds(".t.codelima-seed.1 t");
}

static void test_left_out(void **state)
{
	(void)state;
	put_file("w/.codelimaignore", STR("node_modules/\n*.log\n!keep.log\n"));
	put_dir("w/node_modules");
	put_file("w/node_modules/x", STR("1"));
	put_file("w/a.log", STR("1"));
	put_file("w/keep.log", STR("1"));
	assert_return_code(mkfifo("w/pipe", 0600), 0);
	assert_true(seed("t", NULL));
	assert_int_equal(access("g/t/node_modules", F_OK), -1);
	assert_int_equal(access("g/t/a.log", F_OK), -1);
	assert_int_equal(access("g/t/keep.log", F_OK), 0);
	assert_int_equal(totals.skipped, 1);
	assert_string_equal(heard.notices.p,
		"not copied into the guest, being sockets, fifos or devices: pipe\n");
}

static void test_ignore_link(void **state)
{
	own_err struct err e = {0};

	(void)state;
	assert_return_code(symlink("/etc/passwd", "w/.codelimaignore"), 0);
	assert_false(seed("t", &e));
	assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
}

/* A PATH with some tools only. */
static void guest_with(const char *const *tools)
{
	own_buf struct buf path = {0}, to = {0};

	for (; *tools; tools++) {
		buf_clear(&path);
		buf_clear(&to);
		buf_printf(&path, "/usr/bin/%s", *tools);
		buf_printf(&to, "bin/%s", *tools);
		assert_return_code(symlink(path.p, to.p), 0);
	}
	buf_clear(&path);
	buf_printf(&path, "%s/bin", scratch);
	setenv("PATH", path.p, 1);
}

static void put_script(const char *path, struct str text)
{
	put_file(path, text);
	chmod(path, 0755);
}

static void test_no_zstd(void **state)
{
	static const char *const tools[] = {
		"sh", "tar", "rm", "mkdir", "mv", "chmod", "head", "cat", "df", "tail", NULL};

	(void)state;
	make_tree();
	guest_with(tools);
	assert_true(seed("t", NULL));
	setenv("PATH", "/usr/bin:/bin", 1);
	assert_same("w", "g/t");
}

/* A tar that sets each directory's mode and time as it meets it, takes whole seconds and
 * does not know pax. */
static void test_simple_tar(void **state)
{
	static const char *const tools[] = {"sh", "rm", "mkdir", "mv", "chmod", "head", "cat", "df",
		"tail", "zstd", "gzip", NULL};

	(void)state;
	make_tree();
	guest_with(tools);
	if (access("/bin/busybox", X_OK) == 0)
		assert_return_code(symlink("/bin/busybox", "bin/tar"), 0);
	else
		put_script("bin/tar", STR("#!/bin/sh\ncase $1 in --version) echo toy; exit;; esac\n"
					  "exec /usr/bin/tar \"$@\"\n"));
	assert_true(seed("t", NULL));
	setenv("PATH", "/usr/bin:/bin", 1);
	guest_holds("t");
	assert_int_equal(
		run_tool((const char *const[]){"diff", "-r", "w", "g/t", NULL}, NULL, NULL), 0);
}

static void test_disk_full(void **state)
{
	own_err struct err e = {0};
	own_buf struct buf big = {0};

	(void)state;
	if (getuid() != 0 || mount("none", "g", "tmpfs", 0, "size=2m") != 0)
		skip();
	put_dir("g/t");
	buf_reserve(&big, 8 << 20);
	big.n = 8 << 20;
	put_file("w/big", buf_view(&big));
	put_file("w/c", STR("1"));
	assert_false(seed("t", &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_non_null(strstr(buf_z(&e.msg), "the guest's disk is too small"));
	assert_non_null(strstr(buf_z(&e.cause), "No space left on device"));
	assert_non_null(strstr(buf_z(&e.fix), "--disk"));
	guest_holds("t");
	no_manifest();
	umount("g");
}

static void fails_and_leaves(const char *holds, const char *message, const char *cause)
{
	own_err struct err e = {0};

	assert_false(seed("t", &e));
	if (!strstr(buf_z(&e.msg), message) || !strstr(buf_z(&e.cause), cause))
		fail_msg("%s\n%s", buf_z(&e.msg), buf_z(&e.cause));
	guest_holds(holds);
	no_manifest();
	assert_int_equal(heard.last, STEP_FAILED);
}

static void test_tar_fails(void **state)
{
	own_buf struct buf path = {0};

	(void)state;
	make_tree();
	put_dir("g/t");
	put_script("bin/tar", STR("#!/bin/sh\ncase $1 in --version) echo 'GNU tar';; *) "
				  "/usr/bin/tar \"$@\"; echo 'tar: oh no' >&2; exit 2;; esac\n"));
	buf_printf(&path, "%s/bin:/usr/bin:/bin", scratch);
	setenv("PATH", path.p, 1);
	fails_and_leaves("t", "cannot unpack the workspace", "tar: oh no");
}

static void test_zstd_fails(void **state)
{
	own_buf struct buf path = {0};

	(void)state;
	make_tree();
	put_script("bin/zstd",
		STR("#!/bin/sh\n/usr/bin/zstd \"$@\"; echo 'zstd: bad sum' >&2; exit 1\n"));
	buf_printf(&path, "%s/bin:/usr/bin:/bin", scratch);
	setenv("PATH", path.p, 1);
	fails_and_leaves("", "cannot unpack the workspace", "zstd: bad sum");
}

static void test_no_parent(void **state)
{
	own_err struct err e = {0};

	(void)state;
	rmdir("g");
	put_file("g", STR(""));
	assert_false(seed("t", &e));
	assert_non_null(strstr(buf_z(&e.msg), "the guest cannot make"));
	unlink("g");
}

static void put_noise(const char *path, size_t n)
{
	own_buf struct buf b = {0};
	uint32_t x = 1;

	buf_reserve(&b, n);
	for (; b.n < n; b.n++) {
		x = x * 1664525u + 1013904223u;
		b.p[b.n] = (char)(x >> 24);
	}
	put_file(path, buf_view(&b));
}

/* The connection breaks: the guest sees the end of input, here between two entries. */
static void test_cut(void **state)
{
	static const char *const cut[] = {
		"sh", "-c", "head -c 3000000 | sh -c \"$1\"; cat >/dev/null; exit 255", "sh", NULL};
	own_err struct err e = {0};

	(void)state;
	put_noise("w/big", 8 << 20);
	put_dir("g/t");
	put_file("g/t/old", STR("1"));
	assert_false(seed_with(cut, "t", &e));
	assert_non_null(strstr(buf_z(&e.msg), "the connection to the guest ended"));
	guest_holds("t");
	assert_int_equal(access("g/t/old", F_OK), 0);
	no_manifest();
}

/* tar takes this for a whole archive. */
static void test_cut_between_entries(void **state)
{
	static const char *const cut[] = {"sh", "-c",
		"head -c 4096 | sh -c \"$1\"; rc=$?; cat >/dev/null; exit $rc", "sh", NULL};
	static const char *const tools[] = {
		"sh", "tar", "rm", "mkdir", "mv", "chmod", "head", "cat", "df", "tail", NULL};
	own_err struct err e = {0};

	(void)state;
	guest_with(tools);
	for (int i = 0; i < 30; i++) {
		own_buf struct buf b = {0};

		buf_printf(&b, "w/%02d", i);
		put_file(b.p, STR(""));
	}
	assert_false(seed_with(cut, "t", &e));
	assert_non_null(strstr(buf_z(&e.msg), "cannot unpack"));
	setenv("PATH", "/usr/bin:/bin", 1);
	guest_holds("");
	no_manifest();
}

static void cancel_now(struct heard *h)
{
	h->cancel = SIGINT;
}

static void test_cancel(void **state)
{
	own_err struct err e = {0};

	(void)state;
	put_noise("w/big", 64 << 20);
	heard.on_progress = cancel_now;
	assert_false(seed("t", &e));
	assert_int_equal(e.kind, ERR_INTERRUPTED);
	guest_holds("");
	no_manifest();
}

static void test_guest_dies(void **state)
{
	static const char *const dies[] = {
		"sh", "-c", "head -c 100000 >/dev/null; kill -9 $$", "sh", NULL};
	own_err struct err e = {0};

	(void)state;
	put_noise("w/big", 8 << 20);
	assert_false(seed_with(dies, "t", &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	no_manifest();
}

static void grow(struct heard *h)
{
	int fd = open("w/z", O_WRONLY | O_APPEND);

	assert_int_equal(write(fd, "more", 4), 4);
	close(fd);
	h->on_progress = NULL;
}

static void test_changes(void **state)
{
	(void)state;
	put_noise("w/z", 32 << 20);
	heard.on_progress = grow;
	assert_true(seed("t", NULL));
	assert_string_equal(
		buf_z(&heard.notices), "changed while they were copied into the guest: z\n");
}

static void test_unreadable(void **state)
{
	int status, pid;

	(void)state;
	for (int i = 0; i < 8; i++) {
		own_buf struct buf b = {0};

		buf_printf(&b, "w/%d", i);
		put_file(b.p, STR("1"));
		chmod(b.p, 0);
	}
	chmod(scratch, 0777);
	chmod("g", 0777);
	pid = fork();
	if (pid == 0) {
		own_err struct err e = {0};

		if (getuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
			_exit(2);
		_exit(!seed("t", &e) && e.kind == ERR_PRECONDITION_FAILED &&
					strstr(e.msg.p,
						"8 of its files and directories cannot be read "
						"(0, 1, 2, 3, 4 and 3 more)") &&
					strstr(e.fix.p, ".codelimaignore")
				? 0
				: 1);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	guest_holds("");
}

/* The root directory of a guest: its user may write there through sudo only. */
static void test_foreign_parent(void **state)
{
	own_buf struct buf path = {0};
	int status, pid;

	(void)state;
	put_file("w/a", STR("1"));
	chmod("w/a", 0644);
	put_script(
		"bin/sudo", STR("#!/bin/sh\n[ \"$1\" = -n ] && shift\nchmod u+w .\n\"$@\"; rc=$?\n"
				"chmod u-w .; exit $rc\n"));
	buf_printf(&path, "%s/bin:/usr/bin:/bin", scratch);
	setenv("PATH", path.p, 1);
	chmod(scratch, 0777);
	if (getuid() == 0)
		assert_return_code(chown("g", 65534, 65534), 0);
	chmod("g", 0555);
	pid = fork();
	if (pid == 0) {
		if (getuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
			_exit(2);
		_exit(seed("t", NULL) && seed("t", NULL) ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	chmod("g", 0755);
	assert_int_equal(status, 0);
	assert_same("w", "g/t");
}

static void test_bad_places(void **state)
{
	own_strv struct strv sh = {0};
	own_err struct err e = {0};

	(void)state;
	strv_add(&sh, "false");
	assert_false(seed_through(&sh, NULL, NULL, "w", "/", "m.json", &totals, &e));
	assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
	assert_false(seed_through(&sh, NULL, NULL, "missing", "/x/y", "m.json", &totals, &e));
	assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
}

#define MANY 100000

static void test_memory(void **state)
{
	static const char *const sink[] = {"sh", "-c", "cat >/dev/null", "sh", NULL};
	struct rusage u;
	own_err struct err e = {0};
	own_buf struct buf b = {0};

	(void)state;
	for (int i = 0; i < MANY; i++) {
		buf_clear(&b);
		buf_printf(&b, "w/%03d", i / 500);
		if (i % 500 == 0)
			put_dir(b.p);
		buf_printf(&b, "/a-file-with-a-usual-name-%d.c", i % 500);
		put_file(b.p, STR("x"));
	}
	seed_with(sink, "t", &e);
	assert_int_equal(heard.done, MANY);
	getrusage(RUSAGE_SELF, &u);
	print_message("most memory: %ld KiB\n", u.ru_maxrss);
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(u.ru_maxrss, 0, 64 << 10);
#endif
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_memory), /* first: the most that the process ever had is measured */
		TEST(test_copy),
		TEST(test_odd_target),
		TEST(test_others_at_work),
		TEST(test_left_out),
		TEST(test_ignore_link),
		TEST(test_no_zstd),
		TEST(test_simple_tar),
		TEST(test_disk_full),
		TEST(test_tar_fails),
		TEST(test_zstd_fails),
		TEST(test_no_parent),
		TEST(test_cut),
		TEST(test_cut_between_entries),
		TEST(test_cancel),
		TEST(test_guest_dies),
		TEST(test_changes),
		TEST(test_unreadable),
		TEST(test_foreign_parent),
		TEST(test_bad_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
