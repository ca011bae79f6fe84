#include "ops/detach.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/spawn.h"
#include "store/job_error.h"

#define JOB_WORD "CODELIMA_JOB"
#define BEGIN_MS 2000
#define LOOK_MS 5

char *detach_job(void)
{
	char *id = mem_strdup(proc_env(JOB_WORD));

	proc_setenv(JOB_WORD, NULL);
	return id;
}

static bool start(const struct home *h, struct job *job, int *pid, struct err *e)
{
	own_mem char *program = proc_program(job->argv.n ? job->argv.v[0] : "codelima");
	own_fd int log = job_open_log(h, job->id, e);
	own_mem const char **argv = mem_array(NULL, job->argv.n + 2, sizeof(*argv));
	own_strv struct strv env = {0};
	own_buf struct buf word = {0};
	struct job_gate gate = {h, job};
	size_t n = 0;

	if (log < 0)
		return false;
	argv[n++] = program ? program : "codelima";
	for (size_t i = 1; i < job->argv.n; i++)
		argv[n++] = job->argv.v[i];
	argv[n] = NULL;
	buf_printf(&word, JOB_WORD "=%s", job->id);
	strv_add(&env, buf_z(&word));
	return spawn(&(struct spawn){.argv = argv,
			     .env = &env,
			     .in = SPAWN_NULL,
			     .out = log,
			     .err = log,
			     .new_session = true,
			     .gate = job_gate,
			     .gate_arg = &gate},
		pid, e);
}

/* Reads the record anew. True: it has begun. */
static bool begun(const struct home *h, struct job *job)
{
	struct job now = {0};

	if (!job_load(h, job->id, &now, NULL))
		return false;
	fields_fini(&job_fields, job);
	*job = now;
	return job->started_at;
}

/* Its process has ended without having begun: with an error, which is ours, or without a
 * word. */
static bool refused(const struct home *h, struct job *job, struct err *e)
{
	if (z_eq(job->state, JOB_DONE))
		return true;
	job_error(job, e);
	if (z_eq(job->state, JOB_LOST))
		err_set(e, ERR_INTERNAL, "the process of job %s died before it began", job->id);
	job_discard(h, job->id);
	return false;
}

static bool await_begin(
	const struct home *h, const struct ctx *c, struct job *job, int pid, struct err *e)
{
	int64_t end = clock_mono_ms() + BEGIN_MS;
	bool told = false, ended = false;

	while (!begun(h, job)) {
		if (ended)
			return refused(h, job, e);
		ended = spawn_ended(pid); /* its last word may have come just before */
		if (ctx_cancelled(c) && !told)
			told = proc_signal(pid, ctx_cancelled(c));
		if (!ended && !told && clock_mono_ms() >= end)
			return true;
		if (!ended)
			clock_sleep_ms(LOOK_MS);
	}
	return true;
}

bool detach(const struct home *h, const struct ctx *c, const char *operation,
	const struct strv *argv, struct job *out, struct err *e)
{
	int pid = 0;

	if (!job_queue(h, operation, argv, out, e))
		return false;
	if (!start(h, out, &pid, e)) {
		job_discard(h, out->id);
	} else if (await_begin(h, c, out, pid, e)) {
		return true;
	}
	fields_fini(&job_fields, out);
	return false;
}
