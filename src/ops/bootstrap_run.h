/* bootstrap_run.h - running a node's bootstrap steps, with resume
 *
 * Each step is its own `sh -lc` with the workspace as cwd and no time limit by
 * default. Its output goes to the job's log and to nodes/<id>/bootstrap.log; its
 * status is saved before the next step begins, so that a retry resumes at the one
 * that failed (contract/lima.md §4).
 */
#ifndef OPS_BOOTSTRAP_RUN_H
#define OPS_BOOTSTRAP_RUN_H

#include "ops/guest.h"

bool bootstrap_run(struct guest *g, struct bootstrap *b, struct err *e);
/* The profile's validation_command; a failure is a notice, never an error. */
void bootstrap_validate(struct guest *g, const struct bootstrap *b);

#endif
