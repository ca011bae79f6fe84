/* Processes, the clock, signals as a flag, the directory for sockets. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/runtime_dir.h"
#include "os/signals.h"
#include "os/socket.h"
#include "os/spawn.h"
#include "os/tty.h"
#include "scratch.h"

static void we_are_alive(void **state)
{
	own_buf struct buf name = {0};
	uint64_t start = 0, again = 0;
	int us = proc_self();

	(void)state;
	assert_true(proc_start_time(us, &start) && proc_start_time(us, &again));
	assert_true(start == again && start && start < 1ull << 53);
	assert_true(proc_alive(us, start));
	assert_true(proc_alive(us, 0));
	assert_false(proc_alive(us, start + 1));
	assert_false(proc_alive(0, 0) || proc_alive(-1, 0) || proc_alive(1 << 30, 0));
	assert_true(proc_name(us, &name));
	assert_string_equal(name.p, "test_proc");
	assert_true(proc_has_args(us, "test_proc", NULL));
	assert_false(proc_has_args(us, "test_pro", NULL));
	assert_false(proc_has_args(us, "", NULL));
	assert_false(proc_has_args(us, "test_proc", "no such word"));
	assert_true(proc_group_alive(getpgrp()));
}

/* A damaged record must not become "everybody". */
static void dangerous_numbers(void **state)
{
	static const int pids[] = {0, 1, -1, -2};

	(void)state;
	for (size_t i = 0; i < countof(pids); i++) {
		assert_false(proc_signal(pids[i], 0));
		assert_false(proc_signal_group(pids[i], 0));
		assert_false(proc_group_alive(pids[i]));
	}
}

static void a_zombie_is_not_alive(void **state)
{
	uint64_t start;
	int pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	while (!spawn_ended(pid))
		clock_sleep_ms(1);
	assert_true(proc_start_time(pid, &start));
	assert_false(proc_alive(pid, start));
	spawn_wait(pid, &(int){0}, NULL);
	assert_false(proc_start_time(pid, &start));
}

static void groups_are_ended(void **state)
{
	static const char *const scripts[] = {"sleep 60", "sleep 60 & sleep 60 & wait",
		"trap '' TERM; while :; do sleep 1; done"};

	(void)state;
	for (size_t i = 0; i < countof(scripts); i++) {
		const char *const argv[] = {"sh", "-c", scripts[i], NULL};
		int pid;

		assert_true(spawn(&(struct spawn){.argv = argv, .new_group = true}, &pid, NULL));
		clock_sleep_ms(50);
		assert_true(proc_end_group(pid, 200));
		assert_false(proc_group_alive(pid));
		spawn_wait(pid, &(int){0}, NULL);
	}
}

static void programs_are_found(void **state)
{
	own_mem char *sh = proc_which("sh"), *slash = proc_which("/bin/sh");

	(void)state;
	assert_true(sh && sh[0] == '/');
	assert_string_equal(slash, "/bin/sh");
	assert_null(proc_which("no-such-program"));
	assert_null(proc_which(""));
	assert_null(proc_which("/etc"));
	/* Nothing from the directory we stand in, whatever PATH says. */
	put("evil", "#!/bin/sh\n");
	assert_int_equal(chmod(in_scratch("evil"), 0755), 0);
	assert_int_equal(chdir(scratch), 0);
	setenv("OLD", getenv("PATH"), 1);
	proc_setenv("PATH", ".::bin:");
	assert_null(proc_which("evil"));
	proc_setenv("PATH", getenv("OLD"));
	assert_int_equal(chdir("/"), 0);
}

static void the_host(void **state)
{
	(void)state;
	assert_true(proc_cpus() >= 1);
	assert_true(proc_memory() > 64 << 20);
	assert_true(z_eq(proc_os(), "linux") || z_eq(proc_os(), "darwin"));
	assert_true(*proc_arch());
	proc_setenv("HOME", "/x");
	assert_string_equal(proc_home(), "/x");
	proc_setenv("HOME", NULL);
	assert_true(*proc_home() == '/');
	assert_null(proc_env("HOME"));
}

static void the_clock_goes_on(void **state)
{
	int64_t a = clock_mono_ms(), s;
	uint32_t ns;
	unsigned char r[2][600];

	(void)state;
	clock_sleep_ms(20);
	assert_in_range(clock_mono_ms() - a, 19, 2000);
	clock_now(&s, &ns);
	assert_true(s > 1700000000 && ns < 1000000000);
	random_bytes(r[0], sizeof(r[0]));
	random_bytes(r[1], sizeof(r[1]));
	assert_memory_not_equal(r[0], r[1], sizeof(r[0]));
	assert_memory_not_equal(r[0] + 300, r[1] + 300, 300);
}

static void note_signal(void *arg, int sig)
{
	int *n = arg;

	*n = *n * 100 + sig;
}

static void signals_become_a_flag(void **state)
{
	const volatile sig_atomic_t *flag = signals_install();
	int seen = 0;

	(void)state;
	assert_int_equal(*flag, 0);
	signals_forward(note_signal, &seen);
	raise(SIGTERM);
	raise(SIGINT);
	raise(SIGINT);			  /* again: it does not kill */
	assert_int_equal(*flag, SIGTERM); /* the first */
	signals_drain();
	assert_int_equal(seen, (SIGTERM * 100 + SIGINT) * 100 + SIGINT);
	signals_forward(NULL, NULL);
	signals_clear();
	assert_int_equal(*flag, 0);
	for (int i = 0; i < 100000; i++) /* more than the pipe holds */
		raise(SIGHUP);
	signals_drain();
	signals_clear();
}

static void nohup_is_kept(void **state)
{
	int pid = fork(), status;

	(void)state;
	if (pid == 0) {
		signal(SIGHUP, SIG_IGN);
		_exit(signals_install() && raise(SIGHUP) == 0 && signals_pending() == 0 ? 0 : 1);
	}
	spawn_wait(pid, &status, NULL);
	assert_int_equal(status, 0);
}

static void typed_lines(void **state)
{
	own_buf struct buf line = {0};
	int p[2], cols, rows;

	(void)state;
	assert_true(fd_pipe(p, NULL));
	assert_true(fd_write_all(p[1], STR("yes\n\nlast"), "pipe", NULL));
	close(p[1]);
	assert_true(tty_read_line(p[0], &line) && str_eqz(buf_view(&line), "yes"));
	assert_true(tty_read_line(p[0], &line) && line.n == 0);
	assert_true(tty_read_line(p[0], &line) && str_eqz(buf_view(&line), "last"));
	assert_false(tty_read_line(p[0], &line));
	assert_false(tty_size(p[0], &cols, &rows));
	close(p[0]);
}

static void ctrl_c_ends_a_question(void **state)
{
	own_buf struct buf line = {0};
	int p[2], us = getpid(), helper;

	(void)state;
	signals_install();
	assert_true(fd_pipe(p, NULL));
	helper = fork();
	if (helper == 0) {
		clock_sleep_ms(100);
		kill(us, SIGINT);
		_exit(0);
	}
	assert_false(tty_read_line(p[0], &line));
	assert_int_equal(signals_pending(), SIGINT);
	signals_clear();
	spawn_wait(helper, &(int){0}, NULL);
	close(p[0]);
	close(p[1]);
}

static void the_directory_for_sockets(void **state)
{
	own_buf struct buf dir = {0};
	own_err struct err e = {0};
	struct file_stat st;
	char old[64];

	(void)state;
	proc_setenv("XDG_RUNTIME_DIR", scratch);
	assert_true(runtime_dir(&dir, &e));
	assert_string_equal(dir.p, in_scratch("codelima"));
	assert_true(file_lstat(dir.p, &st) && st.mode == 0700);
	assert_int_equal(chmod(dir.p, 0750), 0);
	assert_false(runtime_dir(&dir, &e));
	assert_true(e.fix.n > 0);
	assert_true(file_remove_tree(dir.p, NULL));
	assert_int_equal(symlink("/tmp", in_scratch("codelima")), 0); /* somebody's trap */
	assert_false(runtime_dir(&dir, &e));
	proc_setenv("XDG_RUNTIME_DIR", "/no/such/dir");
	assert_true(runtime_dir(&dir, &e));
	snprintf(old, sizeof(old), "/tmp/codelima-%u", proc_uid());
	assert_string_equal(dir.p, old);
}

static void sockets_that_answer(void **state)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	own_buf struct buf longer = {0};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), pair[2];

	(void)state;
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/s", scratch);
	assert_false(socket_answers(sa.sun_path));
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_false(socket_answers(sa.sun_path));
	assert_int_equal(listen(fd, 1), 0);
	for (int i = 0; i < 5; i++) /* past the backlog, too */
		assert_true(socket_answers(sa.sun_path));
	close(fd);
	assert_false(socket_answers(sa.sun_path)); /* the file is there, nobody behind it */
	for (int i = 0; i < 200; i++)
		buf_putc(&longer, 'x');
	assert_false(socket_answers(longer.p));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(socket_peer_is_us(pair[0]));
	assert_false(socket_peer_is_us(0));
	close(pair[0]);
	close(pair[1]);
}

static void non_blocking_streams_are_written_whole(void **state)
{
	static char big[1 << 20];
	own_buf struct buf got = {0};
	int p[2], pid, status;

	(void)state;
	assert_true(fd_pipe(p, NULL));
	assert_true(fd_nonblock(p[0], true, NULL) && fd_nonblock(p[1], true, NULL));
	pid = fork();
	if (pid == 0)
		_exit(fd_write_all(p[1], str_n(big, sizeof(big)), "pipe", NULL) ? 0 : 1);
	close(p[1]);
	assert_true(fd_read_all(p[0], &got, 2 << 20, "pipe", NULL));
	assert_int_equal(got.n, sizeof(big));
	spawn_wait(pid, &status, NULL);
	assert_int_equal(status, 0);
	close(p[0]);
}

#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(we_are_alive),
		T(dangerous_numbers),
		T(a_zombie_is_not_alive),
		T(groups_are_ended),
		T(programs_are_found),
		T(the_host),
		T(the_clock_goes_on),
		T(signals_become_a_flag),
		T(nohup_is_kept),
		T(typed_lines),
		T(ctrl_c_ends_a_question),
		T(the_directory_for_sockets),
		T(sockets_that_answer),
		T(non_blocking_streams_are_written_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
