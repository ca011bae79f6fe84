/* jobs.h - long operations: a record, an event stream and a log under _jobs/<id>/
 *
 * And claims: a long operation claims its node for its whole life
 * (contract/store.md §3). The claim is nodes/<id>/claim.json plus the lock file
 * _locks/claims/<node id>.lock. A second operation fails with Busy, naming job,
 * operation and pid. A claim whose lock nobody holds is stale: claim_take()
 * reports it in `stale` so that the caller ends or awaits the child group and
 * recovers before it goes on.
 */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include "os/lock.h"
#include "store/home.h"

struct job_handle {
	const struct home *home;
	struct job job;
	char *dir;
	int log_fd, events_fd;
	struct sink sink;       /* writes to log and events, then passes on to `next` */
	struct sink *next;
	int64_t last_saved_ms;  /* job.json is rewritten at step changes and at most 2/s */
};

/* Makes _jobs/<id>/ and job.json in state running. Prunes beyond the last 200
 * ended ones. On success c->sink is replaced by the job's own. */
bool job_begin(struct job_handle *j, const struct home *h, const char *operation, const char *target,
	const struct strv *argv, struct ctx *c, struct err *e);
/* Ends it: done, failed or cancelled by what `result` holds. Restores c->sink. */
void job_end(struct job_handle *j, struct ctx *c, const struct err *result);

struct claim_handle {
	const struct home *home;
	char *node_id;
	struct lock lock;
	struct claim claim;
};
/* *was_stale is set and `stale` filled when an earlier operation died without a
 * word. The new claim is written by this call only when there was none or the
 * stale one has no child left; otherwise the lock is held, the old claim.json
 * still stands, and the caller calls claim_renew() after dealing with the child. */
bool claim_take(struct claim_handle *k, const struct home *h, const char *node_id, const char *job_id,
	const char *operation, struct claim *stale, bool *was_stale, struct err *e);
bool claim_renew(struct claim_handle *k, struct err *e);
/* For struct run's gate: records the child before it execs. arg is the claim_handle. */
bool claim_child(void *arg, int pid, uint64_t start, struct err *e);
void claim_drop(struct claim_handle *k);
/* What is going on with this node now, without taking anything: false when nothing.
 * job may be NULL. */
bool claim_peek(const struct home *h, const char *node_id, struct claim *claim, struct job *job);

#endif
