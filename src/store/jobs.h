/* jobs.h - long operations: a record, an event stream and a log under _jobs/<id>/
 *
 * Every long operation is a job (contract/store.md §3):
 *
 *	struct job_handle j = {0};
 *	job_begin(&j, home, "start", node_id, &argv, ctx, e);
 *	... what ctx is told now also lands in events.jsonl and log ...
 *	job_end(&j, ctx, e);
 *
 * One that is started for somebody else (--detach) is queued first, by the
 * process that prints its id; the one that does the work adopts it (job_adopt), and
 * its job_begin() takes it over, because struct ctx names it. What that process
 * refuses to begin it tells with job_conclude().
 * Keeping the files is best effort: a full disk does not end an operation.
 */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include "store/job_read.h"

#define JOBS_KEPT 200

struct job_handle {
	const struct home *home;
	struct job job;
	int log_fd, events_fd;
	uint64_t log_size;
	struct sink sink; /* writes to log and events, then passes on to `next` */
	struct sink *next;
	enum step_state last_state;
	int64_t last_event_ms; /* within a step at most 10 events a second are kept */
	int64_t last_saved_ms; /* job.json is rewritten at step changes and at most 2/s */
};

/* A record in state queued, without started_at. job must be zeroed. */
bool job_queue(const struct home *h, const char *operation, const struct strv *argv,
	struct job *job, struct err *e);
/* Its log, for appending: what the process that runs it prints. -1 with e on failure. */
int job_open_log(const struct home *h, const char *id, struct err *e);
/* For struct spawn's gate: names the process that will run a queued job, so that a
 * job whose process dies early is lost and not queued for ever. */
struct job_gate {
	const struct home *home;
	struct job *job;
};
bool job_gate(void *arg, int pid, uint64_t start, struct err *e);
/* Is this the process that is to run the queued job? */
bool job_adopt(const struct home *h, const char *id, struct err *e);
/* The process that adopted it ends: if it never began, what became of it is written. sig:
 * the signal that interrupted it, or 0. */
void job_conclude(const struct home *h, const char *id, const struct err *result, int sig);
/* A queued job that is not to be: nothing of it stays. */
void job_discard(const struct home *h, const char *id);

/* The id that job_begin() will use: for a claim that names it. */
const char *job_reserve(struct job_handle *j, const struct ctx *c);
/* Makes _jobs/<id>/ and job.json in state running; or takes over the queued job
 * c->job. j must be zeroed but for job_reserve(). Prunes beyond the last JOBS_KEPT,
 * ended ones only, and writes down which of the others are lost. On success c->sink is
 * replaced by the job's own. */
bool job_begin(struct job_handle *j, const struct home *h, const char *operation,
	const char *target, const struct strv *argv, struct ctx *c, struct err *e);
/* Ends it: done, failed or cancelled by what `result` holds. Restores c->sink. Fine on one
 * that never began. */
void job_end(struct job_handle *j, struct ctx *c, const struct err *result);

/* For one whose process is gone: the state that is told of it from now on. */
bool job_close(const struct home *h, struct job *job, const char *state, struct err *e);
/* Writes down that jobs are lost, where job_load() computes it; ended_at is then when it was
 * noticed. */
void jobs_settle(const struct home *h);
/* A lost job (job_load) whose record does not say so yet. */
bool job_forgotten(const struct job *job);

#endif
