/* The lock, between processes. */
#include <signal.h>

#include "os/clock.h"
#include "os/fd.h"
#include "os/lock.h"
#include "os/spawn.h"
#include "scratch.h"

static void taken_once(void **state)
{
	own_lock struct lock a = LOCK_NONE, b = LOCK_NONE;
	own_err struct err e = {0};
	int64_t start;

	(void)state;
	assert_false(lock_held(in_scratch("l")));
	assert_false(file_exists(in_scratch("l"))); /* looking makes nothing */
	assert_true(lock_take(&a, in_scratch("l"), 0, "node api", &e));
	assert_true(lock_held(in_scratch("l")));
	assert_false(lock_take(&b, in_scratch("l"), 0, "node api", &e));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_int_equal(str_find_str(buf_view(&e.msg), STR("node api")), 0);
	start = clock_mono_ms();
	assert_false(lock_take(&b, in_scratch("l"), 100, "node api", &e));
	assert_in_range(clock_mono_ms() - start, 100, 2000);
	lock_drop(&a);
	lock_drop(&a);
	assert_false(lock_held(in_scratch("l")));
	assert_true(lock_take(&b, in_scratch("l"), 0, "node api", &e));
	assert_true(file_exists(in_scratch("l")));
}

static void ends_with_its_process(void **state)
{
	own_lock struct lock l = LOCK_NONE;
	int p[2], pid;
	char c;

	(void)state;
	assert_true(fd_pipe(p, NULL));
	pid = fork();
	if (pid == 0) {
		struct lock mine = LOCK_NONE;

		if (lock_take(&mine, in_scratch("l"), 0, "x", NULL))
			fd_write_all(p[1], STR("!"), "pipe", NULL);
		for (;;)
			pause();
	}
	assert_int_equal(read(p[0], &c, 1), 1);
	assert_true(lock_held(in_scratch("l")));
	kill(pid, SIGKILL);
	spawn_wait(pid, &(int){0}, NULL);
	assert_true(lock_take(&l, in_scratch("l"), 0, "x", NULL));
	close(p[0]);
	close(p[1]);
}

/* Somebody who only looks never makes a taker believe that it is held. */
static void looking_does_not_disturb(void **state)
{
	int watchers[3], failures = 0;

	(void)state;
	for (size_t i = 0; i < countof(watchers); i++) {
		watchers[i] = fork();
		if (watchers[i] == 0)
			for (;;)
				lock_held(in_scratch("l"));
	}
	for (int i = 0; i < 500; i++) {
		struct lock l = LOCK_NONE;

		failures += !lock_take(&l, in_scratch("l"), 0, "x", NULL);
		lock_drop(&l);
	}
	for (size_t i = 0; i < countof(watchers); i++) {
		kill(watchers[i], SIGKILL);
		waitpid(watchers[i], NULL, 0);
	}
	assert_int_equal(failures, 0);
}

/* Read, add one, write back, under the lock: no update is lost. */
static void no_lost_update(void **state)
{
	int status, all = 1;
	char want[16];

	(void)state;
	put("n", "0");
	for (int p = 0; p < 4; p++)
		if (fork() == 0) {
			for (int i = 0; i < 25; i++) {
				own_lock struct lock l = LOCK_NONE;
				own_buf struct buf b = {0}, out = {0};

				if (!lock_take(&l, in_scratch("l"), 60000, "n", NULL) ||
					!file_read(in_scratch("n"), &b, 100, NULL))
					_exit(1);
				buf_printf(&out, "%ld", strtol(b.p, NULL, 10) + 1);
				file_replace(in_scratch("n"), buf_view(&out), 0600, NULL);
			}
			_exit(0);
		}
	while (wait(&status) > 0)
		all = all && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	assert_true(all);
	snprintf(want, sizeof(want), "%d", 4 * 25);
	assert_holds("n", want);
}

static void a_planted_link_is_not_followed(void **state)
{
	own_lock struct lock l = LOCK_NONE;

	(void)state;
	assert_int_equal(symlink("elsewhere", in_scratch("l")), 0);
	assert_false(lock_take(&l, in_scratch("l"), 0, "x", NULL));
	assert_false(file_exists(in_scratch("elsewhere")));
}

#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(taken_once),
		T(ends_with_its_process),
		T(looking_does_not_disturb),
		T(no_lost_update),
		T(a_planted_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
