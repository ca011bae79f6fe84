#include "ops/job_watch.h"

#include <signal.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/progress_json.h"
#include "ops/node_recover.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/record_store.h"

#define READ_MAX (1u << 20)
#define LOOK_MS 50
#define EXIT_LOOKS 40

void job_tail_init(struct job_tail *t, const struct home *h, const char *id, const char *name)
{
	struct buf path = {0};

	home_path(h, &path, "_jobs/%s/%s", id, name);
	*t = (struct job_tail){.path = buf_steal(&path)};
}

void job_tail_fini(struct job_tail *t)
{
	free(t->path);
	*t = (struct job_tail){0};
}

bool job_tail_read(struct job_tail *t, bool all, struct buf *out)
{
	own_buf struct buf more = {0};
	struct file_stat st;

	if (!file_stat(t->path, &st) || st.size <= t->at ||
		!file_read_from(t->path, t->at, &more, READ_MAX, NULL))
		return false;
	/* A line without an end is being written, or is longer than any line we write. */
	while (!all && more.n && more.n < READ_MAX && more.p[more.n - 1] != '\n')
		buf_cut(&more, more.n - 1);
	buf_str(out, buf_view(&more));
	t->at += more.n;
	return more.n;
}

static void to_sink(void *arg, struct str time, const struct progress *p)
{
	(void)time;
	ctx_progress(arg, p);
}

static void hand_on(struct job_tail *t, const struct ctx *c,
	void (*line)(void *arg, struct str line), void *arg)
{
	own_buf struct buf text = {0};
	struct str rest, one;

	while (job_tail_read(t, false, &text))
		;
	rest = buf_view(&text);
	while (str_split(&rest, '\n', &one)) {
		if (one.n && line)
			line(arg, one);
		else if (one.n)
			progress_read(one, to_sink, (void *)c);
	}
}

/* The step that is going on when one comes to look. */
struct standing {
	const struct ctx *c;
	struct buf step;  /* empty: none */
	int64_t began_ms; /* since 1970 */
};

static void follow_steps(void *arg, struct str time, const struct progress *p)
{
	struct standing *s = arg;
	int64_t seconds = 0;
	uint32_t nanos = 0;

	if (p->state == STEP_RUNNING && str_eqz(buf_view(&s->step), p->step))
		return;
	buf_clear(&s->step);
	if (p->state == STEP_RUNNING && time_parse(time, &seconds, &nanos)) {
		buf_puts(&s->step, p->step);
		s->began_ms = time_ms(seconds, nanos);
	}
}

static void tell_standing(void *arg, struct str time, const struct progress *p)
{
	const struct standing *s = arg;
	struct progress now = *p;
	int64_t seconds;
	uint32_t nanos;

	(void)time;
	clock_now(&seconds, &nanos);
	now.since_ms = time_ms(seconds, nanos) - s->began_ms;
	if (now.since_ms < 0) /* the clock was set back */
		now.since_ms = 0;
	ctx_progress(s->c, &now);
}

/* Passes over what the job has said so far, and tells the sink where it stands. */
static void catch_up(struct job_tail *t, const struct ctx *c, const struct job *job)
{
	struct standing s = {.c = c};
	own_buf struct buf text = {0};
	struct str rest, one, last = STR("");
	struct file_stat st;

	if (file_stat(t->path, &st) && st.size > READ_MAX)
		t->at = st.size - READ_MAX;
	job_tail_read(t, false, &text);
	rest = buf_view(&text);
	while (str_split(&rest, '\n', &one)) {
		progress_read(one, follow_steps, &s);
		last = one.n ? one : last;
	}
	if (s.step.n && job_goes_on(job))
		progress_read(last, tell_standing, &s);
	buf_fini(&s.step);
}

static bool look_again(const struct home *h, struct job *job, struct err *e)
{
	struct job now = {0};

	if (!job_load(h, job->id, &now, e))
		return false;
	fields_fini(&job_fields, job);
	*job = now;
	return true;
}

static bool left(const struct ctx *c, const struct job *job, struct err *e)
{
	ctx_check(c, e);
	err_wrap(e, "no longer waiting for job %s, which goes on", job->id);
	return err_fix(e, "codelima job wait %s", job->id);
}

bool job_wait(const struct home *h, const struct ctx *c, struct job *job,
	void (*line)(void *arg, struct str line), void *arg, struct err *e)
{
	struct job_tail tail;
	bool ok = true;

	job_tail_init(&tail, h, job->id, "events.jsonl");
	if (!line)
		catch_up(&tail, c, job);
	while (ok && job_goes_on(job)) {
		hand_on(&tail, c, line, arg);
		clock_sleep_ms(LOOK_MS);
		ctx_tick(c);
		ok = ctx_cancelled(c) ? left(c, job, e) : look_again(h, job, e);
	}
	if (ok)
		hand_on(&tail, c, line, arg);
	job_tail_fini(&tail);
	return ok;
}

static bool has_ended(const struct job *job, struct err *e)
{
	err_set(e, ERR_PRECONDITION_FAILED, "job %s has ended already: %s", job->id, job->state);
	if (job->error)
		err_cause(e, "%s", job->error);
	return false;
}

/* Nobody is left to be asked; what it ran may go on alone. */
static bool cancel_lost(const struct home *h, const struct ctx *c, struct job *job, struct err *e)
{
	if (job->started_at && !node_orphaned_by(h, job))
		return has_ended(job, e);
	if (job->started_at && !node_end_orphan(h, c, job, e))
		return false;
	return job_close(h, job, JOB_CANCELLED, e);
}

static bool alive(const struct job *job)
{
	uint64_t start = 0;

	num_u64(str_z(job->pid_start), &start);
	return proc_alive((int)job->pid, start);
}

/* Its last word is on disk: all that is left is to exit. */
static void await_exit(const struct job *job)
{
	for (int i = 0; i < EXIT_LOOKS && alive(job); i++)
		clock_sleep_ms(LOOK_MS);
}

static bool ask(const struct job *job, struct err *e)
{
	if (!alive(job))
		return true; /* ended just now: its record tells how */
	if (!proc_signal((int)job->pid, SIGTERM))
		return err_sys(e, "signal process %lld of job %s", (long long)job->pid, job->id);
	proc_signal((int)job->pid, SIGCONT); /* a stopped process sees no TERM */
	return true;
}

bool job_cancel(const struct home *h, const struct ctx *c, struct job *job, struct err *e)
{
	bool on = job_goes_on(job);

	if (on && (!ask(job, e) || !job_wait(h, c, job, NULL, NULL, e)))
		return false;
	if (on)
		await_exit(job);
	if (z_eq(job->state, JOB_LOST))
		return cancel_lost(h, c, job, e);
	return (on && z_eq(job->state, JOB_CANCELLED)) || has_ended(job, e);
}

const char *job_target(const struct home *h, const struct job *job, struct buf *out)
{
	struct node n = {0};
	struct project p = {0};

	buf_clear(out);
	if (!job->target || !*job->target)
		return buf_z(out);
	if (record_load(h, REC_NODE, job->target, &n, NULL))
		buf_puts(out, n.slug);
	else if (record_load(h, REC_PROJECT, job->target, &p, NULL))
		buf_puts(out, p.slug);
	fields_fini(&node_fields, &n);
	fields_fini(&project_fields, &p);
	return buf_z(out);
}
