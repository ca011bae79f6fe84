/* node_start.h - starting a node: VM, seed, bootstrap, validation
 *
 * contract/lima.md §4. A node whose instance is missing is never started: limactl
 * would silently make its default VM with the whole home mounted.
 */
#ifndef OPS_NODE_START_H
#define OPS_NODE_START_H

#include "ops/node_work.h"

struct node_start_opts {
	const char *timeout; /* "30m"; NULL: the deadline "start" */
	bool recreate;	     /* build the VM anew from the stored template, and seed again */
	bool rebootstrap;    /* run every bootstrap step again */
	bool yes;	     /* --recreate may destroy a VM that holds a copy */
	const struct strv *argv;
};
bool node_start(struct home *h, const struct ctx *c, const char *ref,
	const struct node_start_opts *o, struct node *out, struct err *e);
/* stop, then start, under one claim. */
bool node_restart(struct home *h, const struct ctx *c, const char *ref,
	const struct node_start_opts *o, struct node *out, struct err *e);
/* Within an operation that holds the claim: boots a VM that it had stopped. No seed, no
 * bootstrap; the lifecycle stays as it is. */
bool node_start_vm(struct node_work *w, struct err *e);
/* Refuses a node that is being deleted, and a clone that was cut short. */
bool node_startable(const struct node_work *w, struct err *e);
/* Would --recreate destroy a VM with a copy in it? Reads only. */
bool node_recreate_destroys(const struct home *h, const struct node *n);

#endif
