/* spawn.h - the one process spawner
 *
 * fork + exec with nothing inherited but what is named here. A failing exec
 * (missing program, E2BIG, bad cwd) is reported through a close-on-exec pipe
 * as an error of spawn() itself, never as a child that exits 127.
 * Signal mask and dispositions are reset in the child.
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
	const char *cwd;         /* NULL: ours */
	const struct strv *env;  /* "K=V" set, "K" alone removed, on top of our environment */
	int in, out, err;        /* descriptors for 0, 1, 2; -1: /dev/null; -2: inherited */
	bool new_group;          /* own process group */
	bool new_session;        /* setsid (jobs) */
	bool foreground;         /* with new_group: gets the terminal's foreground (stdin's tty) */
	bool (*gate)(void *arg, int pid, uint64_t start, struct err *e);
	void *gate_arg;
};
#define SPAWN_NULL (-1)
#define SPAWN_INHERIT (-2)

bool spawn(const struct spawn *s, int *pid, struct err *e);
/* Waits without a loop: for short things whose streams are inherited.
 * status as by waitpid(2). Interrupted waits go on. */
bool spawn_wait(int pid, int *status, struct err *e);
/* 0–255, or 128 + signal. */
int spawn_exit_code(int status);
/* Replaces this process; returns only on failure. */
bool spawn_exec(const char *const *argv, const struct strv *env, struct err *e);

#endif
