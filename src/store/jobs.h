/* jobs.h - long operations: a record, an event stream and a log under _jobs/<id>/
 *
 * Every long operation is a job (contract/store.md §3):
 *
 *	struct job_handle j = {0};
 *	job_begin(&j, home, "node.start", node_id, &argv, ctx, e);
 *	... what ctx is told now also lands in events.jsonl and log ...
 *	job_end(&j, ctx, e);
 *
 * One that is started for somebody else (--detach) is queued first, by the
 * process that prints its id, and taken over by the one that does the work.
 * Keeping the files is best effort: a full disk does not end an operation.
 */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include "store/job_read.h"

#define JOBS_KEPT 200

struct job_handle {
	const struct home *home;
	struct job job;
	char *dir;
	int log_fd, events_fd;
	uint64_t log_size;
	struct sink sink; /* writes to log and events, then passes on to `next` */
	struct sink *next;
	enum step_state last_state;
	int64_t last_event_ms; /* within a step at most 10 events a second are kept */
	int64_t last_saved_ms; /* job.json is rewritten at step changes and at most 2/s */
};

/* A record in state queued. job must be zeroed. */
bool job_queue(const struct home *h, const char *operation, const char *target,
	const struct strv *argv, struct job *job, struct err *e);
/* For struct spawn's gate: names the process that will run a queued job, so that a
 * job whose process dies early is lost and not queued for ever. */
struct job_gate {
	const struct home *home;
	struct job *job;
};
bool job_gate(void *arg, int pid, uint64_t start, struct err *e);

/* Makes _jobs/<id>/ and job.json in state running. j must be zeroed, or hold in
 * job.id the id of a queued job, which is taken over. Prunes beyond the last
 * JOBS_KEPT, ended ones only. On success c->sink is replaced by the job's own. */
bool job_begin(struct job_handle *j, const struct home *h, const char *operation,
	const char *target, const struct strv *argv, struct ctx *c, struct err *e);
/* Ends it: done, failed or cancelled by what `result` holds. Restores c->sink. */
void job_end(struct job_handle *j, struct ctx *c, const struct err *result);

#endif
