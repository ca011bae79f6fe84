/* job_read.h - looking at jobs; comes with jobs.h */
#ifndef STORE_JOB_READ_H
#define STORE_JOB_READ_H

#include "store/home.h"

#define JOB_QUEUED "queued"
#define JOB_RUNNING "running"
#define JOB_DONE "done"
#define JOB_FAILED "failed"
#define JOB_CANCELLED "cancelled"
#define JOB_LOST "lost"

/* Ids of the jobs there are, oldest first (UUIDv7 sort by time). */
bool job_ids(const struct home *h, struct strv *ids, struct err *e);
/* As it is now: one whose process is gone without a word is `lost`. NotFound. job
 * must be zeroed. */
bool job_load(const struct home *h, const char *id, struct job *job, struct err *e);
bool job_goes_on(const struct job *job); /* queued or running */
/* By id, or its beginning or end of 8+ characters. */
bool job_find(const struct home *h, const char *ref, struct job *job, struct err *e);

struct job_list {
	struct job *v; /* oldest first */
	size_t n;
};
/* Unreadable ones are left out. */
bool job_list(const struct home *h, struct job_list *out, struct err *e);
void job_list_fini(struct job_list *l);
#define own_jobs __attribute__((cleanup(job_list_fini)))

#endif
