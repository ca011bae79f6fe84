/* job_watch.h - following a job to its end, and ending it
 *
 * Reads only (job_cancel() apart); the job knows nothing of who looks on. Its progress is
 * told to the context's sink, as if we were doing the work.
 */
#ifndef OPS_JOB_WATCH_H
#define OPS_JOB_WATCH_H

#include "base/ctx.h"
#include "store/job_error.h"
#include "store/jobs.h"

/* Where a follower of a file of the job stands. */
struct job_tail {
	char *path;
	uint64_t at;
};
void job_tail_init(struct job_tail *t, const struct home *h, const char *id, const char *name);
void job_tail_fini(struct job_tail *t);
/* Appends what is new, at most 1 MiB a call; without `all` only whole lines. True: there
 * was some. */
bool job_tail_read(struct job_tail *t, bool all, struct buf *out);

/* Waits until the job has ended and reads its record anew; whatever it ended as, that is
 * success. Interrupted: the job goes on. `line` is given each line of its events, the
 * earlier ones too, in the sink's place; NULL: the step that is going on and what comes, to
 * the sink. */
bool job_wait(const struct home *h, const struct ctx *c, struct job *job,
	void (*line)(void *arg, struct str line), void *arg, struct err *e);

/* Asks the job to stop, waits for its clean-up, and reads its record anew. Of one that is
 * lost, what it left running is ended. PreconditionFailed when it has ended, or ended by
 * itself before the request came to it. */
bool job_cancel(const struct home *h, const struct ctx *c, struct job *job, struct err *e);

/* The slug of its node or project, in out; empty when that is gone. */
const char *job_target(const struct home *h, const struct job *job, struct buf *out);

#endif
