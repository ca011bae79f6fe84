/* job_error.h - an error as a job's record keeps it, and back
 *
 * So that whoever waits for a job is told just what the one who started it would have
 * been told, and can exit with the same code.
 */
#ifndef STORE_JOB_ERROR_H
#define STORE_JOB_ERROR_H

#include "base/err.h"
#include "model/records.h"

/* sig: the signal that interrupted the operation, or 0. */
void job_error_set(struct job *job, const struct err *why, int sig);
/* Fills e with what the record tells. A job that is lost, or of which no error is kept, gets
 * one made up from its state. */
bool job_error(const struct job *job, struct err *e);

#endif
