/* trace.h - a command, run under ptrace and disturbed at one of its system calls
 *
 * Its threads are followed; children only until they exec, when they are let go.
 */
#ifndef CRASH_TRACE_H
#define CRASH_TRACE_H

#include "calls.h"

enum deed {
	DO_NOTHING,
	KILL_BEFORE,
	KILL_AFTER,
	KILL_FAMILY, /* before, and with it all it has started and that lives */
	FAIL_ONCE,   /* the call does nothing and gives `error` */
	FAIL_ON,     /* that one and each one after it that needs room */
	SHORTEN,     /* a write takes half of its bytes */
};

struct plan {
	enum deed deed;
	unsigned among; /* CALL_… : calls that have one of these bits are counted */
	long at;	/* which of them, from 1 */
	int error;
};

struct trace {
	const char *root; /* the sandbox */
	char *const *argv, *const *envp;
	const char *out, *err, *cwd; /* files for its streams */
	struct plan plan;
	void (*placed)(void *arg); /* after each call that put a file under a name; or NULL */
	void *arg;
	bool list; /* each counted call is printed */
	/* Besides: how many calls have one of the bits of each mask. */
	const unsigned *masks;
	long *counts;
	int n_masks;
	/* Results. */
	int status;	/* as of waitpid */
	bool hung;	/* it took longer than TRACE_LIMIT_S and was killed */
	long counted;	/* calls of `among` */
	bool hit;	/* `at` was reached */
	unsigned bits;	/* of the call hit */
	char text[400]; /* what it was */
	char path[400];
};

#define TRACE_LIMIT_S 60

/* False when it could not be run at all; errno tells. */
bool trace_run(struct trace *t);
/* What SIGALRM interrupts: call once. */
void trace_clock(void);

#endif
