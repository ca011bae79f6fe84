#include "store/jobs.h"

#include <errno.h>
#include <fcntl.h>

#include "base/mem.h"
#include "model/id.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/fresh_id.h"
#include "store/job_error.h"
#include "store/job_files.h"

#define EVENT_EVERY_MS 100
#define SAVE_EVERY_MS 500

static void set(char **slot, const char *value)
{
	char *fresh = mem_strdup(value);

	free(*slot);
	*slot = fresh;
}

static void set_process(struct job *job, int pid, uint64_t start)
{
	own_buf struct buf text = {0};

	buf_printf(&text, "%llu", (unsigned long long)start);
	job->pid = pid;
	set(&job->pid_start, buf_z(&text));
}

static void describe(struct job *job, const char *operation, const char *target,
	const struct strv *argv, const char *state)
{
	uint64_t start = 0;

	if (!job->id)
		job->id = fresh_id();
	set(&job->operation, operation);
	set(&job->target, target);
	if (argv)
		strv_copy(&job->argv, argv);
	set(&job->state, state);
	proc_start_time(proc_self(), &start);
	set_process(job, proc_self(), start);
}

bool job_queue(const struct home *h, const char *operation, const struct strv *argv,
	struct job *job, struct err *e)
{
	describe(job, operation, NULL, argv, JOB_QUEUED);
	if (job_files_make(h, job->id, e) && job_files_save(h, job, e))
		return true;
	job_discard(h, job->id);
	fields_fini(&job_fields, job);
	return false;
}

int job_open_log(const struct home *h, const char *id, struct err *e)
{
	own_buf struct buf dir = {0};

	return job_files_open(home_path(h, &dir, "_jobs/%s", id), "log", e);
}

bool job_gate(void *arg, int pid, uint64_t start, struct err *e)
{
	struct job_gate *g = arg;

	set_process(g->job, pid, start);
	return job_files_save(g->home, g->job, e);
}

bool job_adopt(const struct home *h, const char *id, struct err *e)
{
	struct job job = {0};
	bool ours;

	if (!job_load(h, id, &job, e))
		return false;
	ours = z_eq(job.state, JOB_QUEUED) && job.pid == proc_self();
	fields_fini(&job_fields, &job);
	return ours || err_set(e, ERR_INTERNAL, "job %s waits for another process", id);
}

/* How it ended, by what the operation returned. */
static void set_result(struct job *job, const struct err *result, int sig)
{
	enum err_kind kind = result ? result->kind : ERR_NONE;

	set(&job->state, kind == ERR_NONE	   ? JOB_DONE
			 : kind == ERR_INTERRUPTED ? JOB_CANCELLED
						   : JOB_FAILED);
	if (kind != ERR_NONE)
		job_error_set(job, result, sig);
	clock_stamp(&job->ended_at);
}

void job_conclude(const struct home *h, const char *id, const struct err *result, int sig)
{
	struct job job = {0};

	if (job_load(h, id, &job, NULL) && z_eq(job.state, JOB_QUEUED)) {
		set_result(&job, result, sig);
		job_files_save(h, &job, NULL);
	}
	fields_fini(&job_fields, &job);
}

void job_discard(const struct home *h, const char *id)
{
	own_buf struct buf dir = {0};

	if (id_valid(str_z(id)))
		file_remove_tree(home_path(h, &dir, "_jobs/%s", id), NULL);
}

bool job_close(const struct home *h, struct job *job, const char *state, struct err *e)
{
	set(&job->state, state);
	if (!job->ended_at)
		clock_stamp(&job->ended_at);
	return job_files_save(h, job, e);
}

bool job_forgotten(const struct job *job)
{
	return z_eq(job->state, JOB_LOST) && !job->ended_at;
}

void jobs_settle(const struct home *h)
{
	own_jobs struct job_list l = {0};

	if (!job_list(h, &l, NULL))
		return;
	for (size_t i = 0; i < l.n; i++)
		if (job_forgotten(&l.v[i]))
			job_close(h, &l.v[i], JOB_LOST, NULL);
}

static struct job_handle *handle_of(struct sink *s)
{
	return (struct job_handle *)(void *)((char *)s - offsetof(struct job_handle, sink));
}

static void save_progress(struct job_handle *j)
{
	job_files_progress(j->home, &j->job, NULL);
	j->last_saved_ms = clock_mono_ms();
}

/* A step that counts (requirements, bootstrap steps) does so slowly: none is left out. */
static bool is_news(const struct job_handle *j, const struct progress *p)
{
	bool counted = p->unit == UNIT_COUNT &&
		       (j->job.done != (int64_t)p->done || j->job.total != (int64_t)p->total);

	return counted || !z_eq(j->job.step, p->step) || j->last_state != p->state;
}

static void on_progress(struct sink *s, const struct progress *p)
{
	struct job_handle *j = handle_of(s);
	int64_t now = clock_mono_ms();
	bool news = is_news(j, p);

	if (news || now - j->last_event_ms >= EVENT_EVERY_MS) {
		job_files_event(j->events_fd, p);
		j->last_event_ms = now;
	}
	if (news)
		set(&j->job.step, p->step);
	j->last_state = p->state;
	j->job.done = (int64_t)p->done;
	j->job.total = (int64_t)p->total;
	if (news || now - j->last_saved_ms >= SAVE_EVERY_MS)
		save_progress(j);
	if (j->next && j->next->progress)
		j->next->progress(j->next, p);
}

static void on_notice(struct sink *s, enum level level, struct str text)
{
	static const char *const words[] = {"error", "warning", "info", "debug"};
	struct job_handle *j = handle_of(s);
	own_buf struct buf line = {0};

	buf_printf(&line, "%s: ", words[level]);
	buf_str(&line, text);
	job_files_log(j->log_fd, &j->log_size, buf_view(&line));
	if (j->next && j->next->notice)
		j->next->notice(j->next, level, text);
}

static void on_tick(struct sink *s)
{
	const struct job_handle *j = handle_of(s);

	if (j->next && j->next->tick)
		j->next->tick(j->next);
}

static void on_log(struct sink *s, struct str line)
{
	struct job_handle *j = handle_of(s);

	job_files_log(j->log_fd, &j->log_size, line);
	if (j->next && j->next->log)
		j->next->log(j->next, line);
}

static bool open_files(struct job_handle *j, struct err *e)
{
	own_buf struct buf dir = {0};

	if (!job_files_make(j->home, j->job.id, e) || !job_files_save(j->home, &j->job, e))
		return false;
	home_path(j->home, &dir, "_jobs/%s", j->job.id);
	j->log_fd = job_files_open(buf_z(&dir), "log", e);
	j->events_fd = j->log_fd >= 0 ? job_files_open(buf_z(&dir), "events.jsonl", e) : -1;
	return j->events_fd >= 0;
}

static void release(struct job_handle *j)
{
	fd_close_p(&j->log_fd);
	fd_close_p(&j->events_fd);
	fields_fini(&job_fields, &j->job);
	*j = (struct job_handle){.log_fd = -1, .events_fd = -1};
}

const char *job_reserve(struct job_handle *j, const struct ctx *c)
{
	if (!j->job.id)
		j->job.id = c->job ? mem_strdup(c->job) : fresh_id();
	return j->job.id;
}

bool job_begin(struct job_handle *j, const struct home *h, const char *operation,
	const char *target, const struct strv *argv, struct ctx *c, struct err *e)
{
	j->home = h;
	j->log_fd = j->events_fd = -1;
	job_reserve(j, c);
	describe(&j->job, operation, target, argv, JOB_RUNNING);
	clock_stamp(&j->job.started_at);
	if (!open_files(j, e)) {
		release(j);
		return false;
	}
	job_files_prune(h, JOBS_KEPT);
	jobs_settle(h);
	j->sink = (struct sink){on_progress, on_notice, on_log, on_tick};
	j->last_saved_ms = clock_mono_ms();
	j->next = c->sink;
	c->sink = &j->sink;
	return true;
}

/* So that the log alone tells the whole story, and is whole when the record says ended. */
static void log_failure(struct job_handle *j, const struct err *why)
{
	own_buf struct buf line = {0};

	buf_printf(&line, "failed: %s", buf_z(&why->msg));
	if (why->cause.n)
		buf_printf(&line, "\n%s", buf_z(&why->cause));
	job_files_log(j->log_fd, &j->log_size, buf_view(&line));
}

void job_end(struct job_handle *j, struct ctx *c, const struct err *result)
{
	if (!j->home) {
		fields_fini(&job_fields, &j->job);
		return;
	}
	set_result(&j->job, result, ctx_cancelled(c));
	if (result)
		log_failure(j, result);
	job_files_save(j->home, &j->job, NULL);
	if (c->sink == &j->sink)
		c->sink = j->next;
	release(j);
}
