/* judge.h - what must hold after a command was disturbed */
#ifndef CRASH_JUDGE_H
#define CRASH_JUDGE_H

#include "scenarios.h"
#include "trace.h"
#include "world.h"

/* What the command does when nobody disturbs it. */
struct golden {
	char *known;		/* world_known() of the home it begins with */
	json_t *before, *after; /* worlds */
	json_t *legal;		/* every version of every record on the way, in the order met */
	json_t *scrubbed;
};

/* Each thing that does not hold is added to `faults`, with what the program said. */
void judge(const struct sandbox *s, const struct scenario *sc, const struct golden *g,
	const struct trace *t, json_t *faults);

/* Until no job goes on. */
void await_jobs(const struct sandbox *s);

/* A scenario's words, the place of the workspaces for %, an id for
 * $snapshot and $job, --json in front when wanted. */
const char *const *words_of(const struct sandbox *s, const char *const *words, bool json);

#endif
