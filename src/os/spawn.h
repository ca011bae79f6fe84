/* spawn.h - the one process spawner
 *
 * fork + exec with nothing inherited but what is named here. A failing exec
 * (missing program, E2BIG, bad cwd) is reported through a close-on-exec pipe
 * as an error of spawn() itself, never as a child that exits 127.
 * Signal mask and dispositions are reset in the child.
 *
 * Errors: DependencyUnavailable when the program is missing (err->sys ENOENT),
 * PreconditionFailed for the directory, InvalidArgument with E2BIG.
 *
 * `gate`, when given, runs in the parent after the fork and before the exec:
 * the child waits for it. Claims record the child's pid there, so that a child
 * that outlives us is always known by name (contract/store.md §3). When it
 * returns false the child never execs and spawn fails.
 */
#ifndef OS_SPAWN_H
#define OS_SPAWN_H

#include <stdint.h>

#include "base/err.h"
#include "base/strv.h"

struct spawn {
	const char *const *argv; /* argv[0] is searched on PATH unless it has a slash */
	const char *cwd;	 /* NULL: ours */
	const struct strv *env;	 /* "K=V" set, "K" alone removed, on top of our environment */
	int in, out, err;	 /* descriptors for 0, 1, 2; -1: /dev/null; -2: inherited */
	bool new_group;		 /* own process group */
	bool new_session;	 /* setsid (jobs) */
	bool foreground;	 /* with new_group: gets the foreground of the terminal on our
				  * stdin, if we have it; spawn_wait() takes it back */
	bool (*gate)(void *arg, int pid, uint64_t start, struct err *e);
	void *gate_arg;
};
#define SPAWN_NULL (-1)
#define SPAWN_INHERIT (-2)

bool spawn(const struct spawn *s, int *pid, struct err *e);
/* Waits without a loop: for things whose streams are inherited. status as by
 * waitpid(2). Interrupted waits go on; signals_forward()'s callback is called.
 * A child with the foreground that stops (Ctrl-Z) stops us too, as a shell's
 * user expects, and goes on when we do. */
bool spawn_wait(int pid, int *status, struct err *e);
/* Has the child ended? Does not wait and does not reap: until spawn_wait() its
 * pid, and the number of its group, cannot become somebody else's. */
bool spawn_ended(int pid);
/* 0–255, or 128 + signal. */
int spawn_exit_code(int status);
/* Replaces this process; returns only on failure. */
bool spawn_exec(const char *const *argv, const struct strv *env, struct err *e);

#endif
