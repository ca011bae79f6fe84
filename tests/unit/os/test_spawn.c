/* The spawner: what a child gets, what it does not, and who has the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/signals.h"
#include "os/spawn.h"
#include "scratch.h"

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SH(script) ARGV("sh", "-c", script)

/* Runs it with stdout in a file of the scratch directory; returns the exit code. */
static int run_to_file(struct spawn s, const char *name)
{
	own_fd int out = open(in_scratch(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int pid, status;

	s.in = SPAWN_NULL;
	s.out = out;
	s.err = SPAWN_INHERIT;
	assert_true(spawn(&s, &pid, NULL));
	assert_true(spawn_wait(pid, &status, NULL));
	return spawn_exit_code(status);
}

static void exit_codes(void **state)
{
	static const struct {
		const char *script;
		int code;
	} c[] = {{"exit 0", 0}, {"exit 255", 255}, {"kill -9 $$", 137}, {"kill -15 $$", 143}};

	(void)state;
	for (size_t i = 0; i < countof(c); i++)
		assert_int_equal(
			run_to_file((struct spawn){.argv = SH(c[i].script)}, "o"), c[i].code);
}

static void arguments_arrive_byte_for_byte(void **state)
{
	const char *const argv[] = {
		"printf", "<%s>", "", "a b", "$HOME", "'\"", "-x", "\n", "\xff", NULL};

	(void)state;
	assert_int_equal(run_to_file((struct spawn){.argv = argv}, "o"), 0);
	assert_holds("o", "<><a b><$HOME><'\"><-x><\n><\xff>");
}

static void environment_is_changed(void **state)
{
	own_strv struct strv env = {0};

	(void)state;
	proc_setenv("CL_KEPT", "kept");
	proc_setenv("CL_GONE", "x");
	proc_setenv("CL_SET", "old");
	strv_add(&env, "CL_SET=new=1");
	strv_add(&env, "CL_GONE");
	strv_add(&env, "CL_EMPTY=");
	run_to_file(
		(struct spawn){.argv = SH("echo $CL_KEPT-$CL_SET-${CL_GONE-gone}-${CL_EMPTY-no}"),
			.env = &env},
		"o");
	assert_holds("o", "kept-new=1-gone-\n");
}

/* Not even what our own parent leaked to us. */
static void only_named_descriptors_are_inherited(void **state)
{
	int leaked = dup(0);

	(void)state;
	assert_int_equal(fcntl(leaked, F_SETFD, 0), 0);
	run_to_file((struct spawn){.argv = SH("for i in 0 1 2 3 4 5 6 7 8 9; do [ ! -e "
					      "/dev/fd/$i ] || echo $i; done"),
			    .cwd = "/"},
		"o");
	assert_holds("o", "0\n1\n2\n");
	close(leaked);
}

/* Ignored and blocked here, deadly there. */
static void signals_are_reset(void **state)
{
	static const int sigs[] = {SIGPIPE, SIGUSR1, SIGTERM, SIGHUP};
	sigset_t set, old;

	(void)state;
	sigfillset(&set);
	for (size_t i = 0; i < countof(sigs); i++) {
		void (*was)(int) = signal(sigs[i], SIG_IGN);
		char script[32];
		int code;

		snprintf(script, sizeof(script), "kill -%d $$; exit 0", sigs[i]);
		sigprocmask(SIG_SETMASK, &set, &old);
		code = run_to_file((struct spawn){.argv = SH(script)}, "o");
		sigprocmask(SIG_SETMASK, &old, NULL);
		signal(sigs[i], was);
		assert_int_equal(code, 128 + sigs[i]);
	}
}

/* The three streams may be anything, each other's numbers too. */
static void streams_may_be_swapped(void **state)
{
	int pid = fork(), status;

	(void)state;
	if (pid == 0) {
		int a = open(in_scratch("a"), O_WRONLY | O_CREAT, 0600);
		int b = open(in_scratch("b"), O_WRONLY | O_CREAT, 0600);
		int child;

		dup2(a, 1);
		dup2(b, 2);
		dup2(a, 0);
		if (!spawn(&(struct spawn){.argv = SH("echo out; echo err >&2"),
				   .in = 0,
				   .out = 2,
				   .err = 1},
			    &child, NULL) ||
			!spawn_wait(child, &status, NULL))
			_exit(1);
		_exit(0);
	}
	spawn_wait(pid, &status, NULL);
	assert_int_equal(status, 0);
	assert_holds("a", "err\n");
	assert_holds("b", "out\n");
}

/* Started without streams, as from a bad cron: pipes must not land on 0 to 2. */
static void without_streams_of_our_own(void **state)
{
	int pid = fork(), status;

	(void)state;
	if (pid == 0) {
		close(0);
		close(1);
		close(2);
		_exit(run_to_file((struct spawn){.argv = SH("echo x; exit 5")}, "o"));
	}
	spawn_wait(pid, &status, NULL);
	assert_int_equal(spawn_exit_code(status), 5);
	assert_holds("o", "x\n");
}

static void what_cannot_start(void **state)
{
	static char big[3 << 20];
	static const struct {
		const char *argv0, *arg, *cwd;
		enum err_kind kind;
		int sys;
		const char *says;
	} c[] = {
		{"no-such", NULL, NULL, ERR_DEPENDENCY_UNAVAILABLE, ENOENT,
			"no-such is not on the PATH"},
		{"/etc", NULL, NULL, ERR_DEPENDENCY_UNAVAILABLE, ENOENT, "/etc is no program"},
		{"./no", NULL, "/", ERR_DEPENDENCY_UNAVAILABLE, ENOENT, "start ./no: No such"},
		{"true", NULL, "/no", ERR_PRECONDITION_FAILED, ENOENT,
			"start true: enter directory /no"},
		{"true", NULL, "/etc/passwd", ERR_PRECONDITION_FAILED, ENOTDIR,
			"start true: enter"},
		{"true", big, NULL, ERR_INVALID_ARGUMENT, E2BIG, "start true: its arguments"},
	};

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	for (size_t i = 0; i < countof(c); i++) {
		const char *const argv[] = {c[i].argv0, c[i].arg, NULL};
		own_err struct err e = {0};
		int pid = -7;

		assert_false(spawn(&(struct spawn){.argv = argv, .cwd = c[i].cwd}, &pid, &e));
		assert_int_equal(e.kind, c[i].kind);
		assert_int_equal(e.sys, c[i].sys);
		assert_true(str_starts(buf_view(&e.msg), str_z(c[i].says)));
		assert_int_equal(pid, -7);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombies */
}

static bool start_in_closed_dir(void)
{
	own_err struct err e = {0};
	int pid;

	return !spawn(&(struct spawn){.argv = ARGV("true"), .cwd = in_scratch("closed")}, &pid,
		       &e) &&
	       e.sys == EACCES;
}

static void a_directory_that_cannot_be_entered(void **state)
{
	(void)state;
	assert_true(file_mkdir(in_scratch("closed"), 0600, NULL));
	assert_int_equal(chmod(in_scratch("closed"), 0), 0);
	assert_true(unprivileged(start_in_closed_dir));
}

struct gate {
	bool open, seen;
	int pid;
	uint64_t start;
};

static bool gate(void *arg, int pid, uint64_t start, struct err *e)
{
	struct gate *g = arg;

	g->seen = file_exists(in_scratch("ran")); /* must not have run yet */
	g->pid = pid;
	g->start = start;
	assert_true(proc_alive(pid, start));
	return g->open || err_set(e, ERR_BUSY, "no");
}

static void the_gate_is_before_exec(void **state)
{
	own_err struct err e = {0};
	struct gate g = {0};
	int pid, status;
	struct spawn s = {.argv = ARGV("touch", in_scratch("ran")),
		.gate = gate,
		.gate_arg = &g,
		.new_session = true};

	(void)state;
	assert_false(spawn(&s, &pid, &e));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_false(file_exists(in_scratch("ran")));
	assert_false(proc_alive(g.pid, g.start));
	g.open = true;
	assert_true(spawn(&s, &pid, &e));
	assert_int_equal(pid, g.pid);
	spawn_wait(pid, &status, NULL);
	assert_false(g.seen);
	assert_true(file_exists(in_scratch("ran")));
}

static void groups_and_sessions(void **state)
{
	(void)state;
	for (int session = 0; session < 2; session++) {
		int pid, status;
		struct spawn s = {
			.argv = ARGV("sleep", "60"), .new_session = session, .new_group = !session};

		assert_true(spawn(&s, &pid, NULL));
		assert_int_equal(getpgid(pid), pid);
		assert_int_equal(getsid(pid) == pid, session);
		assert_false(spawn_ended(pid));
		assert_true(proc_group_alive(pid));
		assert_true(proc_signal_group(pid, SIGKILL));
		for (int i = 0; i < 500 && !spawn_ended(pid); i++)
			clock_sleep_ms(10);
		assert_true(spawn_ended(pid));
		assert_false(proc_group_alive(pid)); /* a zombie is nobody */
		assert_true(spawn_wait(pid, &status, NULL));
		assert_int_equal(spawn_exit_code(status), 137);
	}
}

static void exec_replaces(void **state)
{
	int pid = fork(), status;

	(void)state;
	if (pid == 0) {
		own_err struct err e = {0};

		if (!spawn_exec(ARGV("no-such"), NULL, &e) && e.sys == ENOENT)
			spawn_exec(SH("exit 9"), NULL, &e);
		_exit(1);
	}
	spawn_wait(pid, &status, NULL);
	assert_int_equal(spawn_exit_code(status), 9);
}

/* --- the terminal --------------------------------------------------------- */

static _Noreturn void lead_terminal(int master, int (*fn)(void))
{
	int tty;

	setsid();
	tty = open(ptsname(master), O_RDWR);
	ioctl(tty, TIOCSCTTY, 0); /* Linux has done it with the open, macOS has not */
	for (int fd = 0; fd < 3; fd++)
		dup2(tty, fd);
	close(tty);
	close(master);
	_exit(fn());
}

/* Runs fn as the leader of a session on a new terminal; its exit code. What is
 * printed there is read to the end. */
static int on_a_terminal(int (*fn)(void), struct buf *screen)
{
	own_fd int master = posix_openpt(O_RDWR | O_NOCTTY);
	int pid, status;
	char part[256];
	ssize_t n;

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	pid = fork();
	if (pid == 0)
		lead_terminal(master, fn);
	while ((n = read(master, part, sizeof(part))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			buf_add(screen, part, (size_t)n);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return spawn_exit_code(status);
}

static struct spawn on_our_streams(const char *const *argv)
{
	return (struct spawn){.argv = argv,
		.in = SPAWN_INHERIT,
		.out = SPAWN_INHERIT,
		.err = SPAWN_INHERIT,
		.new_group = true,
		.foreground = true};
}

/* The child may read from the terminal and set it; afterwards it is ours again,
 * also when the child's own job had it and the child was killed. */
static int foreground_and_back(void)
{
	static const char *const scripts[] = {"stty -echo && stty echo", "kill -9 $$",
		"set -m; sh -c 'kill -9 $PPID; exit 0'", "exit 3"};

	for (size_t i = 0; i < countof(scripts); i++) {
		struct spawn s = on_our_streams(SH(scripts[i]));
		int pid, status;

		if (!spawn(&s, &pid, NULL) || !spawn_wait(pid, &status, NULL))
			return 10 + (int)i;
		if (tcgetpgrp(0) != getpgrp())
			return 20 + (int)i;
		if (i == 0 && status != 0)
			return 30;
	}
	return 0;
}

static void the_terminal_is_given_and_taken_back(void **state)
{
	own_buf struct buf screen = {0};

	(void)state;
	assert_int_equal(on_a_terminal(foreground_and_back, &screen), 0);
}

/* A shell (this function) runs us (the fork) as its job, and we run a child that
 * stops: the shell sees us stop, continues us, and the child goes on. */
static int stop_and_continue(void)
{
	int status, us = fork();

	if (us == 0) {
		struct spawn s = on_our_streams(SH("kill -TSTP $$; echo went on; exit 6"));
		int pid;

		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(0, getpid());
		signal(SIGTTOU, SIG_DFL);
		if (!spawn(&s, &pid, NULL) || !spawn_wait(pid, &status, NULL))
			_exit(1);
		_exit(spawn_exit_code(status));
	}
	while (waitpid(us, &status, WUNTRACED) != us)
		if (errno != EINTR)
			return 1;
	if (!WIFSTOPPED(status))
		return 2;
	if (tcgetpgrp(0) != us) /* we had taken the terminal back */
		return 3;
	kill(-us, SIGCONT);
	while (waitpid(us, &status, 0) != us)
		if (errno != EINTR)
			return 4;
	return spawn_exit_code(status);
}

static void a_stopped_child_stops_us(void **state)
{
	own_buf struct buf screen = {0};

	(void)state;
	assert_int_equal(on_a_terminal(stop_and_continue, &screen), 6);
	assert_true(str_find_str(buf_view(&screen), STR("went on")) < screen.n);
}

/* --- signals while waiting --------------------------------------------------- */

static void relay(void *arg, int sig)
{
	proc_signal(*(int *)arg, sig);
}

static void signals_are_relayed_to_the_child(void **state)
{
	int pid, status, us = getpid(), helper;

	(void)state;
	signals_install();
	assert_true(spawn(
		&(struct spawn){.argv = SH("trap 'exit 8' TERM; while :; do sleep 0.01; done"),
			.new_group = true},
		&pid, NULL));
	signals_forward(relay, &pid);
	helper = fork();
	if (helper == 0) {
		clock_sleep_ms(100);
		kill(us, SIGTERM);
		_exit(0);
	}
	assert_true(spawn_wait(pid, &status, NULL));
	assert_int_equal(spawn_exit_code(status), 8);
	assert_int_equal(signals_pending(), SIGTERM);
	signals_forward(NULL, NULL);
	signals_clear();
	spawn_wait(helper, &(int){0}, NULL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(exit_codes),
		T(arguments_arrive_byte_for_byte),
		T(environment_is_changed),
		T(only_named_descriptors_are_inherited),
		T(signals_are_reset),
		T(streams_may_be_swapped),
		T(without_streams_of_our_own),
		T(what_cannot_start),
		T(a_directory_that_cannot_be_entered),
		T(the_gate_is_before_exec),
		T(groups_and_sessions),
		T(exec_replaces),
		T(the_terminal_is_given_and_taken_back),
		T(a_stopped_child_stops_us),
		T(signals_are_relayed_to_the_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
