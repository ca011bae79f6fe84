/* shell_op.h - a shell, or one command, in a node's guest (contract/lima.md §5)
 *
 * Arguments arrive byte for byte; stdin, stdout, stderr, the TTY with its window
 * size, signals and the exit status are the command's own; no time limit. A
 * stopped node is never started silently.
 */
#ifndef OPS_SHELL_OP_H
#define OPS_SHELL_OP_H

#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

enum shell_tty { SHELL_TTY_AUTO, SHELL_TTY_ON, SHELL_TTY_OFF };

struct shell_opts {
	const char *workdir;	    /* NULL: the workspace */
	const struct strv *command; /* empty: the login shell */
	enum shell_tty tty;
	bool start;		 /* start the node when it is stopped */
	const struct strv *argv; /* as typed, for the start's job */
	struct buf *out, *err;	 /* not NULL: captured instead of connected (--json) */
};
#define SHELL_SSH_FAILED 255 /* as ssh(1) says it */

/* On success *status is the guest command's, SHELL_SSH_FAILED when the connection broke. When
 * none could be had it is that too, beside the error. With a TTY and without capture this
 * process becomes ssh and the call does not return. */
bool shell_op(struct home *h, const struct ctx *c, const char *ref, const struct shell_opts *o,
	int *status, struct err *e);

#endif
