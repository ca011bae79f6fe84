/* guest.h - running scripts in a node's guest
 *
 * Over our own ssh while the shell action is built in; through the person's own
 * shell action, to the letter, when a level overrides it (contract/lima.md §5).
 */
#ifndef OPS_GUEST_H
#define OPS_GUEST_H

#include "lima/ssh.h"
#include "ops/node_work.h"

struct guest {
	struct node_work *w;
	struct ssh ssh;
	struct command_list shell;
	const struct strmap *environment;
};

/* The instance must run. environment (the profile's) stays the caller's. */
bool guest_open(
	struct guest *g, struct node_work *w, const struct strmap *environment, struct err *e);
void guest_close(struct guest *g);
#define own_guest __attribute__((cleanup(guest_close)))
/* Runs one script in the guest to its end. r->status is the script's own. */
bool guest_script(
	struct guest *g, const char *script, struct run *r, const struct ctx *c, struct err *e);

#endif
