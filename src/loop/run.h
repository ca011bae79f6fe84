/* run.h - running a child to its end: streams, deadline, cancel, ticks
 *
 *	own_run struct run r = {.argv = argv, .what = "limactl list", .out = &json};
 *	if (!run_ok(&r, c, e))
 *		return false;
 *
 * One libuv loop for one child. The child leads a session, and so a process
 * group, of its own: without a terminal a program that wants a password fails
 * instead of being stopped for ever. (Interactive children: spawn(), spawn_wait().)
 * On cancel or deadline the group gets TERM, after 2.5 s once more, after 5 s KILL; the
 * child is reaped and its group is gone before run() returns (contract/lima.md §1). A
 * child that ends by itself leaves what it started alone. Cancel is noticed at once when
 * it comes through signals_install(), at a tick otherwise.
 *
 * Output is bounded: stdout is kept up to max_out and is an error beyond; of
 * stderr the last 64 KiB are kept. A child that closes its streams and lingers, or
 * exits while a grandchild keeps the pipes open, does not hang us: all that the
 * child itself wrote is read, and what a grandchild writes for at most 200 ms more.
 * A child that does not read its stdin, or not to the end, is no failure: its
 * status decides.
 */
#ifndef LOOP_RUN_H
#define LOOP_RUN_H

#include "base/ctx.h"
#include "base/strv.h"
#include "os/spawn.h"

struct run {
	const char *const *argv;
	const char *cwd;
	const struct strv *env;
	const char *what;   /* for messages: "limactl start api"; NULL: argv[0] */
	int64_t timeout_ms; /* 0: none; the context's deadline counts too */

	struct str in; /* written to stdin, then closed; empty: /dev/null */
	/* Instead of `in`: called when stdin has room. Fills out (up to ~256 KiB a
	 * call); returns 1 for more, 0 for the end, -1 on failure with e set (the child
	 * is ended and the failure is run()'s). */
	int (*feed)(void *arg, struct buf *out, struct err *e);
	int in_fd; /* instead of both: this descriptor (0 is "not given") */

	struct buf *out; /* stdout is collected here; NULL: each line goes to ctx_log */
	size_t max_out;	 /* 0: 16 MiB */
	/* Instead of out: called with each chunk as it comes; false ends the child. */
	bool (*on_out)(void *arg, struct str chunk, struct err *e);
	/* Each whole line of stderr (without newline, at most 64 KiB: lines.h)
	 * as it comes, beside ctx_log. May be NULL. */
	void (*on_err_line)(void *arg, struct str line);
	/* Called about every tick_ms (0: 100) while the child runs: for following its
	 * log files. False ends the child, e says why. May be NULL. */
	bool (*on_tick)(void *arg, struct err *e);
	int tick_ms;
	int grace_ms; /* from TERM to KILL; 0: 5 s */
	bool quiet;   /* stderr and stdout lines do not go to ctx_log */

	bool (*gate)(void *arg, int pid, uint64_t start, struct err *e); /* spawn.h */
	void *gate_arg;
	void *arg; /* for the callbacks */

	/* Results. */
	int status;	     /* exit code, or 128 + signal */
	struct buf err_tail; /* the last lines of stderr; run_fini frees it */
};

/* True when the child ran and ended, whatever its status. False: it could not be
 * started (DependencyUnavailable when the program is missing), was cancelled
 * (Interrupted), hit its deadline (ExternalCommandFailed), overflowed, or a
 * callback failed. */
bool run(struct run *r, const struct ctx *c, struct err *e);
/* The same, and a status other than 0 is ExternalCommandFailed
 * "WHAT failed with exit status N" with the last 20 lines of stderr as cause. */
bool run_ok(struct run *r, const struct ctx *c, struct err *e);
void run_fini(struct run *r);
#define own_run __attribute__((cleanup(run_fini)))

#endif
