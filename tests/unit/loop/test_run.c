/* run(): children that behave, and all the ways in which they do not. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "loop/run.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/signals.h"

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SH(script) ARGV("sh", "-c", script)

static size_t open_fds(void)
{
	struct strv names = {0};
	size_t n;

	assert_true(file_list("/dev/fd", &names, NULL));
	n = names.n;
	strv_fini(&names);
	return n;
}

static size_t fds_before;

static int before(void **state)
{
	(void)state;
	fds_before = open_fds();
	return 0;
}

/* Nothing leaks: no descriptor, no child. */
static int after(void **state)
{
	(void)state;
	assert_int_equal(open_fds(), fds_before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return 0;
}

static int group_setup(void **state)
{
	/* libuv and the signal pipe keep descriptors of their own, once. */
	own_run struct run r = {.argv = ARGV("true")};

	(void)state;
	return run(&r, NULL, NULL) ? 0 : -1;
}

/* --- what comes out ----------------------------------------------------- */

static void exit_status_and_output(void **state)
{
	static const struct {
		const char *script, *out, *err;
		int status;
	} cases[] = {
		{"exit 0", "", "", 0}, {"exit 3", "", "", 3}, {"echo hi", "hi\n", "", 0},
		{"echo oops >&2; exit 1", "", "oops\n", 1},
		{"printf 'a\\0b'; printf x >&2", "a", "x", 0}, {"kill -9 $$", "", "", 137},
		{"kill -TERM $$", "", "", 143}, {"exec >&- 2>&-; sleep 0.1; exit 4", "", "", 4},
		{"cat", "", "", 0}, /* stdin is /dev/null */
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		own_buf struct buf out = {0};
		own_err struct err e = {0};
		own_run struct run r = {.argv = SH(cases[i].script), .out = &out};

		assert_true(run(&r, NULL, &e));
		assert_int_equal(r.status, cases[i].status);
		assert_string_equal(buf_z(&out), cases[i].out);
		assert_string_equal(buf_z(&r.err_tail), cases[i].err);
	}
}

static void many_instant_children(void **state)
{
	int64_t start = clock_mono_ms();

	(void)state;
	for (int i = 0; i < 300; i++) {
		own_run struct run r = {.argv = ARGV("true"), .timeout_ms = 5000};

		assert_true(run(&r, NULL, NULL));
		assert_int_equal(r.status, 0);
	}
	/* An end that only a tick notices would take 100 ms each. */
	assert_true(clock_mono_ms() - start < 15000);
}

static void last_words_end_as_lines_do(void **state)
{
	own_err struct err e = {0};
	own_run struct run r = {.argv = SH("printf 'no\\rpart\\r\\nend\\r\\n' >&2; exit 255")};

	(void)state;
	assert_false(run_ok(&r, NULL, &e));
	assert_string_equal(buf_z(&e.cause), "no\rpart\nend");
}

static void run_ok_tells_the_last_words(void **state)
{
	own_err struct err e = {0};
	own_run struct run r = {
		.argv = SH("for i in $(seq 1 50); do echo line $i >&2; done; exit 7"),
		.what = "limactl start api"};

	(void)state;
	assert_false(run_ok(&r, NULL, &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_string_equal(e.msg.p, "limactl start api failed with exit status 7");
	assert_true(str_starts(buf_view(&e.cause), STR("line 31\n")));
	assert_true(str_ends(buf_view(&e.cause), STR("line 50")));
}

struct log {
	struct sink sink;
	struct buf lines;
	size_t n, longest;
};

static void log_line(struct sink *s, struct str line)
{
	struct log *l = (struct log *)s;

	l->n++;
	l->longest = line.n > l->longest ? line.n : l->longest;
	if (line.n < 100)
		buf_printf(&l->lines, "[%.*s]", STRF(line));
}

static void on_err_line(void *arg, struct str line)
{
	buf_printf(arg, "(%.*s)", STRF(line));
}

static void lines_go_to_the_log(void **state)
{
	struct log l = {.sink.log = log_line};
	struct ctx c = {.sink = &l.sink};
	own_buf struct buf seen = {0};
	own_run struct run r = {.argv = SH("echo a; echo; printf b; sleep 0.05; printf c; "
					   "exec >&-; printf 'x\\ny' >&2"),
		.on_err_line = on_err_line,
		.arg = &seen};

	(void)state;
	assert_true(run(&r, &c, NULL));
	assert_int_equal(l.n, 5);
	assert_true(str_find_str(buf_view(&l.lines), STR("[a][]")) == 0);
	assert_true(str_find_str(buf_view(&l.lines), STR("[bc]")) < l.lines.n);
	assert_string_equal(seen.p, "(x)(y)");
	buf_fini(&l.lines);
}

static void a_long_line_comes_in_pieces(void **state)
{
	struct log l = {.sink.log = log_line};
	struct ctx c = {.sink = &l.sink};
	own_run struct run r = {.argv = SH("head -c 1000000 /dev/zero >&2")};

	(void)state;
	assert_true(run(&r, &c, NULL));
	assert_int_equal(l.n, 16);
	assert_int_equal(l.longest, 64 << 10);
	assert_true(r.err_tail.n <= 64 << 10);
	buf_fini(&l.lines);
}

/* --- floods --------------------------------------------------------------- */

static void a_flood_on_stdout_is_an_error(void **state)
{
	own_buf struct buf out = {0};
	own_err struct err e = {0};
	own_run struct run r = {.argv = ARGV("yes"), .out = &out, .max_out = 1 << 20};

	(void)state;
	assert_false(run(&r, NULL, &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_string_equal(e.msg.p, "yes printed more than 1048576 bytes");
	assert_true(out.n <= 1 << 20);
}

static void a_flood_on_stderr_is_bounded_and_cancellable(void **state)
{
	own_err struct err e = {0};
	own_run struct run r = {.argv = SH("exec yes >&2"), .timeout_ms = 300};
	int64_t start = clock_mono_ms();

	(void)state;
	assert_false(run(&r, NULL, &e));
	assert_true(str_starts(buf_view(&e.msg), STR("sh did not end within 0.")));
	assert_true(clock_mono_ms() - start < 3000);
	assert_true(r.err_tail.n <= 64 << 10 && r.err_tail.n > 32 << 10);
}

static bool count_out(void *arg, struct str chunk, struct err *e)
{
	(void)e;
	*(size_t *)arg += chunk.n;
	return true;
}

static void both_streams_at_once(void **state)
{
	size_t got = 0;
	own_run struct run r = {
		.argv = SH("head -c 50000000 /dev/zero & head -c 50000000 /dev/zero >&2; wait"),
		.on_out = count_out,
		.arg = &got,
		.quiet = true};

	(void)state;
	assert_true(run(&r, NULL, NULL));
	assert_int_equal(got, 50000000);
}

/* What the child wrote itself is never lost, even to a reader that takes longer
 * than the stragglers are waited for. */
static bool slow_out(void *arg, struct str chunk, struct err *e)
{
	clock_sleep_ms(40);
	return count_out(arg, chunk, e);
}

static void a_slow_reader_gets_everything(void **state)
{
	size_t got = 0;
	own_run struct run r = {.argv = SH("sleep 20 2>/dev/null & echo $! >&2; "
					   "head -c 1000000 /dev/zero"),
		.on_out = slow_out,
		.arg = &got};

	(void)state;
	assert_true(run(&r, NULL, NULL));
	assert_int_equal(got, 1000000);
	proc_signal((int)strtol(buf_z(&r.err_tail), NULL, 10), SIGKILL);
}

static bool refuse_out(void *arg, struct str chunk, struct err *e)
{
	(void)arg;
	(void)chunk;
	return err_set(e, ERR_PRECONDITION_FAILED, "disk full");
}

static void a_callback_can_end_it(void **state)
{
	own_err struct err e = {0};
	own_run struct run r = {.argv = ARGV("yes"), .on_out = refuse_out};

	(void)state;
	assert_false(run(&r, NULL, &e));
	assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
	assert_string_equal(e.msg.p, "disk full");
}

/* --- what goes in ----------------------------------------------------------- */

static void input_comes_out(void **state)
{
	own_buf struct buf in = {0}, out = {0};
	own_run struct run r = {.argv = ARGV("cat"), .out = &out};

	(void)state;
	for (int i = 0; i < 400000; i++)
		buf_printf(&in, "%d\n", i);
	r.in = buf_view(&in);
	assert_true(run(&r, NULL, NULL));
	assert_true(str_eq(buf_view(&in), buf_view(&out)));
}

struct feed {
	size_t left, calls;
	bool fails;
};

static int feed(void *arg, struct buf *out, struct err *e)
{
	struct feed *f = arg;
	size_t n = f->left < 256 << 10 ? f->left : 256 << 10;

	f->calls++;
	if (f->fails) {
		err_set(e, ERR_NOT_FOUND, "workspace went away");
		return -1;
	}
	buf_reserve(out, n);
	memset(out->p, 'x', n);
	out->n = n;
	f->left -= n;
	return f->left > 0;
}

static void fed_input_is_counted(void **state)
{
	static const size_t sizes[] = {0, 1, 65536, 300000, 64 << 20};

	(void)state;
	for (size_t i = 0; i < countof(sizes); i++) {
		struct feed f = {.left = sizes[i]};
		own_buf struct buf out = {0};
		own_run struct run r = {
			.argv = ARGV("wc", "-c"), .feed = feed, .arg = &f, .out = &out};

		assert_true(run(&r, NULL, NULL));
		assert_int_equal(strtoul(buf_z(&out), NULL, 10), sizes[i]);
	}
}

static void a_failing_feed_ends_the_child(void **state)
{
	struct feed f = {.fails = true};
	own_err struct err e = {0};
	own_run struct run r = {.argv = ARGV("cat"), .feed = feed, .arg = &f};

	(void)state;
	assert_false(run(&r, NULL, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	assert_int_equal(f.calls, 1);
	assert_int_equal(r.status, 128 + SIGTERM);
}

static void stdin_that_is_not_read(void **state)
{
	static const char *const scripts[] = {
		"exit 0", "exec <&-; sleep 0.05; exit 0", "sleep 0.05", "head -c 10 >/dev/null"};

	(void)state;
	for (size_t i = 0; i < countof(scripts); i++) {
		struct feed f = {.left = SIZE_MAX / 2};
		own_run struct run r = {.argv = SH(scripts[i]), .feed = feed, .arg = &f};

		assert_true(run(&r, NULL, NULL));
		assert_int_equal(r.status, 0);
		assert_true(f.calls < 100); /* back-pressure: pipe full, no more asked for */
	}
}

static void a_descriptor_as_stdin(void **state)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	own_buf struct buf out = {0};
	own_run struct run r = {.argv = SH("head -c 70000 | wc -c"), .in_fd = fd, .out = &out};

	(void)state;
	assert_true(run(&r, NULL, NULL));
	assert_int_equal(strtoul(buf_z(&out), NULL, 10), 70000);
	close(fd);
}

/* --- ends --------------------------------------------------------------------- */

static void a_deadline_ends_it(void **state)
{
	static const struct {
		const char *script;
		int min_ms, max_ms, status;
	} cases[] = {
		{"exec sleep 60", 150, 2000, 143},
		{"echo x; exec >&- 2>&- <&-; exec sleep 60", 150, 2000, 143},
		{"trap 'exit 9' TERM; while :; do sleep 0.01; done", 150, 2000, 9},
		{"trap '' TERM; while :; do sleep 0.01; done", 450, 4000, 137},
		{"kill -STOP $$", 150, 2000, 143},
		/* The first TERM is lost, the second is not. */
		{"trap \"trap 'exit 9' TERM\" TERM; while :; do sleep 0.01; done", 300, 2000, 9},
		/* The leader goes, its child ignores TERM: the group is still ended. */
		{"(trap '' TERM; exec sleep 60) & exec sleep 60", 450, 4000, 143},
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		own_err struct err e = {0};
		own_run struct run r = {.argv = SH(cases[i].script),
			.timeout_ms = 150,
			.grace_ms = 300,
			.what = "it"};
		int64_t start = clock_mono_ms(), took;

		assert_false(run(&r, NULL, &e));
		took = clock_mono_ms() - start;
		assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
		assert_in_range(took, cases[i].min_ms, cases[i].max_ms);
		assert_int_equal(r.status, cases[i].status);
	}
}

static void no_time_left_starts_nothing(void **state)
{
	struct ctx c = {.deadline = clock_mono_ms() - 1};
	own_err struct err e = {0};
	own_run struct run r = {.argv = ARGV("true")};

	(void)state;
	assert_false(run(&r, &c, &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
}

static void the_contexts_deadline_counts(void **state)
{
	struct ctx c = {.deadline = clock_mono_ms() + 100};
	own_err struct err e = {0};
	own_run struct run r = {.argv = ARGV("sleep", "60"), .timeout_ms = 60000};

	(void)state;
	assert_false(run(&r, &c, &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_true(clock_mono_ms() < c.deadline + 3000);
}

/* A grandchild that keeps the pipes open after the child has ended. */
static void a_grandchild_keeps_the_pipes(void **state)
{
	int64_t start = clock_mono_ms();
	own_buf struct buf out = {0};
	own_run struct run r = {.argv = SH("sleep 60 & echo $!"), .out = &out};
	int pid;

	(void)state;
	assert_true(run(&r, NULL, NULL));
	assert_int_equal(r.status, 0);
	assert_in_range(clock_mono_ms() - start, 150, 2000);
	pid = (int)strtol(buf_z(&out), NULL, 10);
	assert_true(proc_alive(pid, 0)); /* it ended by itself: what it left is its business */
	assert_true(proc_signal(pid, SIGKILL));
}

static void a_flooding_grandchild_is_left_behind(void **state)
{
	int64_t start = clock_mono_ms();
	size_t got = 0;
	own_run struct run r = {.argv = SH("yes & echo $! >&2"), .on_out = count_out, .arg = &got};

	(void)state;
	assert_true(run(&r, NULL, NULL));
	assert_true(clock_mono_ms() - start < 3000);
	proc_signal((int)strtol(buf_z(&r.err_tail), NULL, 10), SIGKILL);
}

/* --- cancel ------------------------------------------------------------------- */

/* A process that sends us a signal after a while. */
static int signal_us_soon(int sig)
{
	int us = getpid(), pid = fork();

	if (pid == 0) {
		clock_sleep_ms(100);
		kill(us, sig);
		_exit(0);
	}
	return pid;
}

static void cancel_is_noticed_at_once(void **state)
{
	struct ctx c = {.cancel = signals_install()};
	own_err struct err e = {0};
	own_run struct run r = {
		.argv = ARGV("sleep", "60"), .what = "limactl start api", .tick_ms = 60000};
	int64_t start = clock_mono_ms();
	int helper = signal_us_soon(SIGINT);

	(void)state;
	assert_false(run(&r, &c, &e));
	assert_true(clock_mono_ms() - start < 3000);
	assert_int_equal(e.kind, ERR_INTERRUPTED);
	assert_string_equal(e.msg.p, "limactl start api: interrupted by Ctrl-C");
	assert_int_equal(*c.cancel, SIGINT);
	err_fini(&e);
	assert_false(run(&r, &c, &e)); /* starts nothing */
	assert_int_equal(e.kind, ERR_INTERRUPTED);
	signals_clear();
	spawn_wait(helper, &(int){0}, NULL);
}

static volatile sig_atomic_t other_flag;

static bool raise_other_flag(void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	other_flag = SIGTERM;
	return true;
}

static void another_flag_is_noticed_at_a_tick(void **state)
{
	struct ctx c = {.cancel = &other_flag};
	own_err struct err e = {0};
	own_run struct run r = {.argv = ARGV("sleep", "60"), .on_tick = raise_other_flag};

	(void)state;
	assert_false(run(&r, &c, &e));
	assert_int_equal(e.kind, ERR_INTERRUPTED);
	assert_string_equal(e.msg.p, "sleep: interrupted by a signal");
}

struct ticks {
	int n, stop_at;
};

static bool tick(void *arg, struct err *e)
{
	struct ticks *t = arg;

	return ++t->n < t->stop_at || err_set(e, ERR_NOT_FOUND, "seen enough");
}

static void ticks_come_and_can_end_it(void **state)
{
	struct ticks t = {.stop_at = 5};
	own_err struct err e = {0};
	own_run struct run r = {
		.argv = ARGV("sleep", "60"), .on_tick = tick, .tick_ms = 10, .arg = &t};

	(void)state;
	assert_false(run(&r, NULL, &e));
	assert_string_equal(e.msg.p, "seen enough");
	assert_int_equal(t.n, 5);
}

/* --- what does not start -------------------------------------------------------- */

static bool gate_refuses(void *arg, int pid, uint64_t start, struct err *e)
{
	assert_true(proc_alive(pid, start));
	*(int *)arg = pid;
	return err_set(e, ERR_BUSY, "claimed");
}

static void failures_to_start(void **state)
{
	static char big[3 << 20];
	int gated = 0;
	const struct {
		struct run r;
		enum err_kind kind;
		int sys;
	} cases[] = {
		{{.argv = ARGV("no-such-program-here")}, ERR_DEPENDENCY_UNAVAILABLE, ENOENT},
		{{.argv = ARGV("/no/such/program")}, ERR_DEPENDENCY_UNAVAILABLE, ENOENT},
		{{.argv = ARGV("true"), .cwd = "/no/such/dir"}, ERR_PRECONDITION_FAILED, ENOENT},
		{{.argv = ARGV("true", big)}, ERR_INVALID_ARGUMENT, E2BIG},
		{{.argv = ARGV("true"), .gate = gate_refuses, .gate_arg = &gated}, ERR_BUSY, 0},
	};

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	for (size_t i = 0; i < countof(cases); i++) {
		own_run struct run r = cases[i].r;
		own_err struct err e = {0};
		struct feed f = {.left = 1 << 20};

		r.feed = feed; /* with all pipes made */
		r.arg = &f;
		assert_false(run(&r, NULL, &e));
		assert_int_equal(e.kind, cases[i].kind);
		assert_int_equal(e.sys, cases[i].sys);
	}
	assert_true(gated > 0);
	assert_false(proc_alive(gated, 0));
}

static void children_have_no_terminal_and_lead_their_group(void **state)
{
	own_buf struct buf out = {0};
	own_run struct run r = {
		.argv = SH("ps -o pid=,pgid=,sid= -p $$; : </dev/tty || echo none"), .out = &out};
	int pid, pgid, sid;

	(void)state;
	assert_true(run(&r, NULL, NULL));
	if (sscanf(buf_z(&out), "%d %d %d", &pid, &pgid, &sid) == 3) { /* there is a ps */
		assert_int_equal(pid, pgid);
		assert_int_equal(pid, sid);
	}
	assert_true(str_ends(buf_view(&out), STR("none\n")) || r.status != 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, before, after)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(exit_status_and_output),
		T(many_instant_children),
		T(last_words_end_as_lines_do),
		T(run_ok_tells_the_last_words),
		T(lines_go_to_the_log),
		T(a_long_line_comes_in_pieces),
		T(a_flood_on_stdout_is_an_error),
		T(a_flood_on_stderr_is_bounded_and_cancellable),
		T(both_streams_at_once),
		T(a_slow_reader_gets_everything),
		T(a_callback_can_end_it),
		T(input_comes_out),
		T(fed_input_is_counted),
		T(a_failing_feed_ends_the_child),
		T(stdin_that_is_not_read),
		T(a_descriptor_as_stdin),
		T(a_deadline_ends_it),
		T(no_time_left_starts_nothing),
		T(the_contexts_deadline_counts),
		T(a_grandchild_keeps_the_pipes),
		T(a_flooding_grandchild_is_left_behind),
		T(cancel_is_noticed_at_once),
		T(another_flag_is_noticed_at_a_tick),
		T(ticks_come_and_can_end_it),
		T(failures_to_start),
		T(children_have_no_terminal_and_lead_their_group),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
