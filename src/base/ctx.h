/* ctx.h - what a running operation is given: cancel flag, deadline, and where to tell
 *
 * ops, lima, tree and loop take a struct ctx. They never print: what they have
 * to say goes into the sink, and cli renders it as a bar, as plain lines or as
 * JSON events (contract/cli.md §2).
 *
 * A clean-up after a failure runs on a fresh context (ctx_fresh), so that a
 * Ctrl-C or a deadline that ended the operation does not end its undoing too.
 */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include <signal.h>
#include <stdint.h>

#include "base/err.h"

enum level { LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_DEBUG };

enum step_state { STEP_RUNNING, STEP_DONE, STEP_FAILED, STEP_SKIPPED };

/* What is counted by done and total; decides how they are shown. */
enum unit { UNIT_NONE, UNIT_COUNT, UNIT_BYTES };

/* One message of progress. `step` is a stable word ("create", "boot", "seed",
 * "bootstrap"), `message` is for people and may hold text a guest chose: the
 * renderer escapes it. total is 0 when it is not known. */
struct progress {
	const char *step;
	enum step_state state;
	enum unit unit;
	uint64_t done, total;
	struct str message;
	int64_t since_ms; /* how long the step has run already when it is told of first */
};

struct sink {
	void (*progress)(struct sink *s, const struct progress *p);	   /* may be NULL */
	void (*notice)(struct sink *s, enum level level, struct str text); /* may be NULL */
	/* A line that a tool or the guest printed; goes into the job's log. */
	void (*log)(struct sink *s, struct str line); /* may be NULL */
	/* Time passes and nothing else: called about ten times a second while something
	 * is waited for, so that a bar can move. May be NULL. */
	void (*tick)(struct sink *s);
};

struct ctx {
	const volatile sig_atomic_t
		*cancel;   /* the signal that asked to stop, 0 while none; may be NULL */
	int64_t deadline;  /* clock_mono_ms() at which to give up; 0: never */
	struct sink *sink; /* may be NULL */
	const char *job;   /* id of the queued job that this process was started to run
			    * (store/jobs.h); NULL: it makes its own */
};

/* A signal number when the operation was asked to stop, else 0. */
int ctx_cancelled(const struct ctx *c);
/* Fills e with Interrupted when cancelled. True: go on. */
bool ctx_check(const struct ctx *c, struct err *e);
/* The same sink, not cancelled, with the deadline given (0: none). */
struct ctx ctx_fresh(const struct ctx *c, int64_t deadline);

void ctx_progress(const struct ctx *c, const struct progress *p);
/* A step without figures. */
void ctx_step(const struct ctx *c, const char *step, enum step_state state, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void ctx_notice(const struct ctx *c, enum level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void ctx_log(const struct ctx *c, struct str line);
void ctx_tick(const struct ctx *c);

#endif
