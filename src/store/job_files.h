/* job_files.h - the files of a job, for jobs.h */
#ifndef STORE_JOB_FILES_H
#define STORE_JOB_FILES_H

#include "store/home.h"

bool job_files_make(const struct home *h, const char *id, struct err *e);
bool job_files_save(const struct home *h, const struct job *job, struct err *e);
/* How far it is: not worth waiting for the disk. */
bool job_files_progress(const struct home *h, const struct job *job, struct err *e);
/* For appending; -1 with e on failure. */
int job_files_open(const char *dir, const char *name, struct err *e);
void job_files_event(int fd, const struct progress *p);
/* A log stops growing at 64 MiB, with a line that says so: a guest can print for ever. */
void job_files_log(int fd, uint64_t *size, struct str line);
/* Removes the oldest ended ones until at most `keep` jobs are left. */
void job_files_prune(const struct home *h, size_t keep);

#endif
