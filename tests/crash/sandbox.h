/* sandbox.h - a private machine for one worker: home, LIMA_HOME, workspaces, programs
 *
 *	TOP/bin            codelima, the fake limactl, ssh and qemu
 *	TOP/K/{c,l,h,run,tmp}     home, LIMA_HOME, HOME … of worker K (one letter)
 *	WORK/K             its workspaces: elsewhere, as none may lie in /dev/shm
 *	TOP/t/NAME         templates of the first, NAME.work of the second
 *
 * A template holds paths of the worker that made it; as all roots are of one length,
 * they are written over while it is copied. Everything that a sandbox's programs leave
 * running becomes a child of the worker (PR_SET_CHILD_SUBREAPER), which ends it.
 */
#ifndef CRASH_SANDBOX_H
#define CRASH_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sandbox {
	char top[64], root[80], work[80];
	char *codelima, *limactl;
	char *out, *err; /* what the last command printed */
	char **env;
};

void sandbox_init(struct sandbox *s, const char *top, const char *work, char worker);
/* The directory is what the template holds; NULL: empty, but for workspaces. */
void sandbox_fill(const struct sandbox *s, const char *template);
void sandbox_save(const struct sandbox *s, const char *template);
/* Exit status; 128 + signal; 124 when it took longer than LIMIT_S. argv ends with NULL. */
int sandbox_run(const struct sandbox *s, const char *program, const char *const *argv);
/* Ends every process that is left. */
void sandbox_end(void);

/* The words of argv behind the program, for exec. */
char **argv_of(const char *program, const char *const *argv);

#endif
