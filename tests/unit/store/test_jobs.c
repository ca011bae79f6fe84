/* Jobs and claims, also of processes that die. */
#include "fixture.h"

#include <sys/wait.h>

#include "os/clock.h"
#include "store/claims.h"
#include "store/job_error.h"
#include "store/jobs.h"

#define NODE "01a20256-0000-7000-8000-000000000001"

static void node_dir(const struct fixture *f)
{
	own_buf struct buf path = {0};

	must(file_mkdirs(home_path(&f->home, &path, "nodes/" NODE), 0700, e));
}

static void a_job_from_begin_to_end(void **state)
{
	struct fixture f;
	struct job_handle j = {0};
	struct job seen = {0};
	own_buf struct buf text = {0}, rel = {0};
	own_strv struct strv argv = {0};
	own_err struct err failure = {0};

	(void)state;
	fixture_prepared(&f);
	strv_add(&argv, "codelima");
	must(job_begin(&j, &f.home, "start", NODE, &argv, &f.ctx, e));
	ctx_step(&f.ctx, "boot", STEP_RUNNING, "waiting");
	ctx_progress(&f.ctx,
		&(struct progress){.step = "boot", .unit = UNIT_BYTES, .done = 5, .total = 9});
	ctx_notice(&f.ctx, LEVEL_WARN, "mind %s", "this");
	assert_int_equal(f.notices, 1);
	ctx_log(&f.ctx, STR("a tool's line"));
	must(job_load(&f.home, j.job.id, &seen, e));
	assert_string_equal(seen.state, JOB_RUNNING);
	assert_string_equal(seen.step, "boot");
	assert_string_equal(seen.argv.v[0], "codelima");
	fields_fini(&job_fields, &seen);
	buf_printf(&rel, "_jobs/%s/log", j.job.id);
	get_file(&f, buf_z(&rel), &text);
	assert_string_equal(buf_z(&text), "warning: mind this\na tool's line\n");
	buf_clear(&rel);
	buf_puts(&rel, j.job.id);
	err_set(&failure, ERR_EXTERNAL_COMMAND_FAILED, "limactl fell over");
	job_end(&j, &f.ctx, &failure);
	assert_ptr_equal(f.ctx.sink, &f.sink);
	must(job_find(&f.home, buf_z(&rel) + 20, &seen, e));
	assert_string_equal(seen.state, JOB_FAILED);
	assert_string_equal(seen.error, "limactl fell over");
	assert_int_equal(seen.done, 5);
	assert_non_null(seen.ended_at);
	fields_fini(&job_fields, &seen);
	fixture_end(&f);
}

static void how_a_job_ends(void **state)
{
	static const struct {
		enum err_kind kind;
		const char *state;
	} t[] = {{ERR_NONE, JOB_DONE}, {ERR_INTERRUPTED, JOB_CANCELLED}, {ERR_BUSY, JOB_FAILED}};
	struct fixture f;

	(void)state;
	fixture_prepared(&f);
	for (size_t i = 0; i < countof(t); i++) {
		own_err struct err result = {0};
		own_mem char *id = NULL;
		struct job_handle j = {0};
		struct job seen = {0};

		if (t[i].kind)
			err_set(&result, t[i].kind, "x");
		must(job_begin(&j, &f.home, "op", NULL, NULL, &f.ctx, e));
		id = mem_strdup(j.job.id);
		job_end(&j, &f.ctx, &result);
		job_end(&j, &f.ctx, &result); /* a second end is nothing */
		must(job_load(&f.home, id, &seen, e));
		assert_string_equal(seen.state, t[i].state);
		fields_fini(&job_fields, &seen);
	}
	fixture_end(&f);
}

static void a_queued_job_is_taken_over(void **state)
{
	struct fixture f;
	struct job_handle j = {0};
	struct job queued = {0}, seen = {0};
	own_mem char *id = NULL;

	(void)state;
	fixture_prepared(&f);
	must(job_queue(&f.home, "start", NULL, &queued, e));
	id = mem_strdup(queued.id);
	must(job_load(&f.home, id, &seen, e));
	assert_string_equal(seen.state, JOB_QUEUED);
	assert_null(seen.started_at);
	fields_fini(&job_fields, &seen);
	must(job_adopt(&f.home, id, e));
	f.ctx.job = id;
	assert_string_equal(job_reserve(&j, &f.ctx), id);
	must(job_begin(&j, &f.home, "start", NODE, NULL, &f.ctx, e));
	must(job_load(&f.home, id, &seen, e));
	assert_string_equal(seen.state, JOB_RUNNING);
	assert_non_null(seen.started_at);
	fields_fini(&job_fields, &seen);
	assert_false(job_adopt(&f.home, id, NULL)); /* it is no longer waiting */
	job_end(&j, &f.ctx, NULL);
	/* A second word changes nothing of what has begun. */
	job_conclude(&f.home, id, &(struct err){.kind = ERR_BUSY}, 0);
	must(job_load(&f.home, id, &seen, e));
	assert_string_equal(seen.state, JOB_DONE);
	fields_fini(&job_fields, &seen);
	/* The process that was to run it is gone. */
	struct job_gate gate = {&f.home, &queued};
	must(job_gate(&gate, 999999, 1, e));
	assert_false(job_adopt(&f.home, id, NULL));
	must(job_load(&f.home, id, &seen, e));
	assert_string_equal(seen.state, JOB_LOST);
	fields_fini(&job_fields, &seen);
	fields_fini(&job_fields, &queued);
	fixture_end(&f);
}

static void a_refusal_is_told_as_it_was(void **state)
{
	struct fixture f;
	struct job queued = {0}, seen = {0};
	own_err struct err why = {0}, told = {0};
	own_buf struct buf path = {0};

	(void)state;
	fixture_prepared(&f);
	must(job_queue(&f.home, "start", NULL, &queued, e));
	err_set(&why, ERR_BUSY, "start is going on");
	err_field(&why, "node_id", NODE);
	err_cause(&why, "two\nlines");
	err_fix(&why, "wait");
	job_conclude(&f.home, queued.id, &why, 0);
	must(job_load(&f.home, queued.id, &seen, e));
	assert_string_equal(seen.state, JOB_FAILED);
	assert_null(seen.started_at);
	assert_int_equal(seen.exit_code, 5);
	job_error(&seen, &told);
	assert_int_equal(told.kind, ERR_BUSY);
	assert_string_equal(buf_z(&told.msg), "start is going on");
	assert_string_equal(buf_z(&told.cause), "two\nlines");
	assert_string_equal(buf_z(&told.fix), "wait");
	assert_int_equal(told.n_fields, 1);
	fields_fini(&job_fields, &seen);
	assert_string_equal(told.fields[0].name, "node_id");
	assert_string_equal(told.fields[0].value, NODE);
	job_discard(&f.home, queued.id);
	assert_false(file_exists(home_path(&f.home, &path, "_jobs/%s", queued.id)));
	fields_fini(&job_fields, &queued);
	fixture_end(&f);
}

/* What job_load() computes is written down by the next job. */
static void lost_is_written_by_the_next_writer(void **state)
{
	struct fixture f;
	struct job_handle j = {0};
	own_buf struct buf text = {0};
	const char *id = "01a20256-0000-7000-8000-000000000007";
	own_buf struct buf rel = {0}, body = {0};
	struct job seen = {0};

	(void)state;
	fixture_prepared(&f);
	buf_printf(&rel, "_jobs/%s/job.json", id);
	/* The pid is alive, but not this process: a reboot, or a pid that came round. */
	buf_printf(&body,
		"{\"id\":\"%s\",\"operation\":\"start\",\"state\":\"running\",\"pid\":%d,"
		"\"pid_start\":\"77\",\"started_at\":\"2026-01-01T00:00:00Z\"}",
		id, proc_self());
	put_file(&f, buf_z(&rel), buf_z(&body));
	must(job_load(&f.home, id, &seen, e));
	assert_string_equal(seen.state, JOB_LOST);
	fields_fini(&job_fields, &seen);
	get_file(&f, buf_z(&rel), &text);
	assert_string_equal(buf_z(&text), buf_z(&body));
	must(job_begin(&j, &f.home, "stop", NODE, NULL, &f.ctx, e));
	job_end(&j, &f.ctx, NULL);
	buf_clear(&text);
	get_file(&f, buf_z(&rel), &text);
	assert_non_null(strstr(buf_z(&text), "\"lost\""));
	fixture_end(&f);
}

static void a_killed_job_is_lost(void **state)
{
	struct fixture f;
	own_jobs struct job_list l = {0};
	pid_t pid;
	int ready[2];
	char c;

	(void)state;
	fixture_prepared(&f);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct job_handle j = {0};

		job_begin(&j, &f.home, "op", NODE, NULL, &f.ctx, NULL);
		(void)!write(ready[1], "x", 1);
		pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	must(job_list(&f.home, &l, e));
	assert_string_equal(l.v[0].state, JOB_RUNNING);
	job_list_fini(&l);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	must(job_list(&f.home, &l, e));
	assert_int_equal(l.n, 1);
	assert_string_equal(l.v[0].state, JOB_LOST);
	close(ready[0]);
	close(ready[1]);
	fixture_end(&f);
}

static void old_jobs_are_pruned(void **state)
{
	struct fixture f;
	own_jobs struct job_list l = {0};
	own_mem char *running = NULL;
	struct job_handle first = {0}, j = {0};
	struct ctx quiet = {0};

	(void)state;
	fixture_prepared(&f);
	must(job_begin(&first, &f.home, "long", NULL, NULL, &f.ctx, e));
	running = mem_strdup(first.job.id);
	for (int i = 0; i < JOBS_KEPT + 20; i++) {
		own_buf struct buf rel = {0};

		buf_printf(&rel, "_jobs/01a20256-0000-7000-8000-%012d/job.json", i);
		put_file(&f, buf_z(&rel),
			"{\"id\":\"01a20256-0000-7000-8000-000000000000\",\"operation\":\"op\","
			"\"state\":\"done\"}");
	}
	must(job_begin(&j, &f.home, "last", NULL, NULL, &quiet, e));
	job_end(&j, &quiet, NULL);
	must(job_list(&f.home, &l, e));
	assert_int_equal(l.n, JOBS_KEPT);
	assert_string_equal(l.v[l.n - 2].id, running);
	assert_string_equal(l.v[l.n - 1].operation, "last");
	job_end(&first, &f.ctx, NULL);
	fixture_end(&f);
}

static void one_operation_at_a_time(void **state)
{
	struct fixture f;
	struct claim_handle k, other;
	struct claim stale = {0}, seen = {0};
	bool was_stale = true;
	own_err struct err why = {0};
	own_buf struct buf path = {0};
	int64_t start;

	(void)state;
	fixture_prepared(&f);
	node_dir(&f);
	assert_false(claim_peek(&f.home, NODE, NULL, NULL));
	must(claim_take(&k, &f.home, NODE, "job-1", "start", &stale, &was_stale, e));
	assert_false(was_stale);
	start = clock_mono_ms();
	assert_false(claim_take(&other, &f.home, NODE, "job-2", "stop", &stale, &was_stale, &why));
	assert_true(clock_mono_ms() - start < 500);
	assert_int_equal(why.kind, ERR_BUSY);
	buf_printf(&path, "start is going on (job job-1, pid %d)", proc_self());
	assert_string_equal(buf_z(&why.msg), buf_z(&path));
	assert_true(claim_peek(&f.home, NODE, &seen, NULL));
	assert_string_equal(seen.operation, "start");
	fields_fini(&claim_fields, &seen);
	claim_drop(&k);
	claim_drop(&k);
	assert_false(claim_peek(&f.home, NODE, NULL, NULL));
	assert_false(file_exists(home_path(&f.home, &path, "nodes/" NODE "/claim.json")));
	fixture_end(&f);
}

/* In a process of its own: whether it gets the claim, or is told who has it; 0 or 1, 2 otherwise.
 */
static pid_t try_to_claim(const struct fixture *f, int lock)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct claim_handle k;
		struct claim stale = {0};
		bool was_stale;
		own_err struct err why = {0};

		close(lock); /* a lock is inherited */
		if (claim_take(&k, &f->home, NODE, "job-2", "stop", &stale, &was_stale, &why))
			_exit(0);
		_exit(why.kind == ERR_BUSY && strstr(buf_z(&why.msg), "job job-1") ? 1 : 2);
	}
	return pid;
}

static int end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The lock is held already, or still, and no claim says by whom, for as long as a busy disk
 * takes. */
static void who_holds_it_is_awaited(void **state)
{
	struct fixture f;
	struct claim_handle k;
	struct claim stale = {0};
	bool was_stale;
	own_buf struct buf path = {0}, text = {0};
	own_lock struct lock lock = LOCK_NONE;
	pid_t pid;

	(void)state;
	fixture_prepared(&f);
	node_dir(&f);
	must(claim_take(&k, &f.home, NODE, "job-1", "start", &stale, &was_stale, e));
	must(file_read(home_path(&f.home, &path, "nodes/" NODE "/claim.json"), &text, 4096, e));
	must(file_unlink(path.p, e));
	pid = try_to_claim(&f, k.lock.fd);
	clock_sleep_ms(300);
	must(file_replace(path.p, buf_view(&text), 0600, e));
	assert_int_equal(end_of(pid), 1);

	claim_drop(&k);
	must(lock_take(
		&lock, home_path(&f.home, &path, "_locks/claims/" NODE ".lock"), 0, "it", e));
	pid = try_to_claim(&f, lock.fd);
	clock_sleep_ms(300);
	lock_drop(&lock);
	assert_int_equal(end_of(pid), 0);
	fixture_end(&f);
}

static void looking_never_makes_a_claim_fail(void **state)
{
	struct fixture f;
	pid_t pid;

	(void)state;
	fixture_prepared(&f);
	node_dir(&f);
	pid = fork();
	if (pid == 0)
		for (;;)
			claim_peek(&f.home, NODE, NULL, NULL);
	for (int i = 0; i < 100; i++) {
		struct claim_handle k;
		struct claim stale = {0};
		bool was_stale;

		must(claim_take(&k, &f.home, NODE, "j", "op", &stale, &was_stale, e));
		assert_false(was_stale);
		claim_drop(&k);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fixture_end(&f);
}

/* A claimer that forks a child of its own group and is killed. The child lives
 * on when `with_child`. Returns the child's pid or 0. */
static pid_t die_claiming(const struct fixture *f, bool with_child)
{
	int ready[2];
	pid_t pid, child = 0;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct claim_handle k;
		struct claim stale = {0};
		bool was_stale;
		pid_t mine = 0;
		uint64_t start = 0;

		if (!claim_take(&k, &f->home, NODE, "job-1", "start", &stale, &was_stale, NULL))
			_exit(1);
		if (with_child) {
			int let_go[2];

			if (pipe(let_go) != 0)
				_exit(1);
			mine = fork();
			if (mine == 0) {
				setpgid(0, 0);
				close(k.lock.fd); /* as exec would */
				close(let_go[0]);
				close(let_go[1]);
				for (;;)
					pause();
			}
			close(let_go[1]);
			(void)!read(let_go[0], &start, 1); /* the child has let go of the lock */
			setpgid(mine, mine);
			proc_start_time(mine, &start);
			claim_child(&k, mine, start, NULL);
		}
		(void)!write(ready[1], &mine, sizeof(mine));
		pause();
	}
	assert_int_equal(read(ready[0], &child, sizeof(child)), sizeof(child));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void a_dead_claim_is_stale(void **state)
{
	struct fixture f;
	struct claim_handle k;
	struct claim stale = {0};
	bool was_stale = false;

	(void)state;
	fixture_prepared(&f);
	node_dir(&f);
	die_claiming(&f, false);
	assert_false(claim_peek(&f.home, NODE, NULL, NULL));
	assert_true(claim_stale(&f.home, NODE, NULL));
	must(claim_take(&k, &f.home, NODE, "job-2", "stop", &stale, &was_stale, e));
	assert_true(was_stale);
	assert_string_equal(stale.job_id, "job-1");
	assert_false(claim_child_alive(&stale));
	fields_fini(&claim_fields, &stale);
	/* Nothing of the old one is left: ours is on disk. */
	assert_true(claim_peek(&f.home, NODE, &stale, NULL));
	assert_string_equal(stale.job_id, "job-2");
	fields_fini(&claim_fields, &stale);
	claim_drop(&k);
	assert_false(claim_stale(&f.home, NODE, NULL));
	fixture_end(&f);
}

static void a_dead_claims_child_is_named(void **state)
{
	struct fixture f;
	struct claim_handle k;
	struct claim stale = {0}, seen = {0};
	bool was_stale = false;
	pid_t child;

	(void)state;
	fixture_prepared(&f);
	node_dir(&f);
	child = die_claiming(&f, true);
	must(claim_take(&k, &f.home, NODE, "job-2", "stop", &stale, &was_stale, e));
	assert_true(was_stale);
	assert_int_equal(stale.child_pgid, child);
	assert_true(claim_child_alive(&stale));
	assert_int_equal(end_of(try_to_claim(&f, k.lock.fd)), 1);
	/* Until it is dealt with, its name stays on disk: also when this attempt gives up. */
	claim_drop(&k);
	fields_fini(&claim_fields, &stale);
	must(claim_take(&k, &f.home, NODE, "job-2", "stop", &stale, &was_stale, e));
	assert_true(was_stale);
	assert_true(claim_stale(&f.home, NODE, &seen));
	assert_string_equal(seen.job_id, "job-1");
	fields_fini(&claim_fields, &seen);
	assert_true(proc_end_group((int)stale.child_pgid, 2000));
	assert_false(claim_child_alive(&stale));
	must(claim_renew(&k, e));
	assert_true(claim_peek(&f.home, NODE, NULL, NULL));
	claim_drop(&k);
	fields_fini(&claim_fields, &stale);
	fixture_end(&f);
}

static void a_claim_that_cannot_be_read_is_stale(void **state)
{
	struct fixture f;
	struct claim_handle k;
	struct claim stale = {0};
	bool was_stale = false;

	(void)state;
	fixture_prepared(&f);
	put_file(&f, "nodes/" NODE "/claim.json", "{half");
	must(claim_take(&k, &f.home, NODE, "job-2", "stop", &stale, &was_stale, e));
	assert_true(was_stale);
	assert_null(stale.job_id);
	claim_drop(&k);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_from_begin_to_end),
		cmocka_unit_test(how_a_job_ends),
		cmocka_unit_test(a_queued_job_is_taken_over),
		cmocka_unit_test(a_refusal_is_told_as_it_was),
		cmocka_unit_test(lost_is_written_by_the_next_writer),
		cmocka_unit_test(a_killed_job_is_lost),
		cmocka_unit_test(old_jobs_are_pruned),
		cmocka_unit_test(one_operation_at_a_time),
		cmocka_unit_test(who_holds_it_is_awaited),
		cmocka_unit_test(looking_never_makes_a_claim_fail),
		cmocka_unit_test(a_dead_claim_is_stale),
		cmocka_unit_test(a_dead_claims_child_is_named),
		cmocka_unit_test(a_claim_that_cannot_be_read_is_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
