/* detach.h - a command goes on by itself, as a job
 *
 * The command line is run once more, by a process in a session of its own whose output
 * goes to the job's log; it lives on when the terminal goes. A word in its environment
 * names the job, which it believes only when the record names it in turn (job_adopt).
 */
#ifndef OPS_DETACH_H
#define OPS_DETACH_H

#include "base/ctx.h"
#include "store/jobs.h"

/* Queues the job, starts its process, and waits until that has begun (it has its claim:
 * nothing about the command line is left to be refused), or for two seconds. A refusal
 * is returned as the command's own error, and the job is gone again. out must be
 * zeroed. */
bool detach(const struct home *h, const struct ctx *c, const char *operation,
	const struct strv *argv, struct job *out, struct err *e);
/* The job that this process was started to run, malloc'ed, or NULL. Forgets it: what we
 * start is not that job. */
char *detach_job(void);

#endif
