/* node_record.h - the record of a node that is being made: its name, and taking it back
 *
 * Shared by create and clone. The record, with the name of the instance, is on disk
 * before limactl runs:
 *
 *	node_record_make(w, …) && node_work_claim(w, …) && node_record_refer(w, e) && …
 */
#ifndef OPS_NODE_RECORD_H
#define OPS_NODE_RECORD_H

#include "ops/node_work.h"

struct node_name {
	const char *slug;	   /* asked for; NULL: base + suffix, the first that is free */
	const char *base, *suffix; /* "app", "-node" */
	const char *flag;	   /* that names it: "--slug", for messages */
};

/* Writes w->node, which is filled in but for its names, id and times, in state provisioning,
 * under the namespace lock. A slug that is taken, here or in Lima, and a deleted project are
 * PreconditionFailed. Until then w->node.id is NULL. */
bool node_record_make(struct node_work *w, const struct node_name *name, struct err *e);
/* lima-instance.ref: the instance, named where a shell script finds it. */
bool node_record_refer(struct node_work *w, struct err *e);
/* After a failure: tears down what limactl made of it, and removes the record. When the VM
 * cannot be removed the record stays as failed, so that the VM is named. Leaves alone what
 * was never made, and what somebody else has claimed meanwhile. `ours`: the VM is known to
 * be of our making, mark or not. What goes wrong is told beside e. */
void node_record_undo(struct node_work *w, bool ours, struct err *e);

#endif
