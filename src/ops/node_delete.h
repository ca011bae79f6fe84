/* node_delete.h - deleting a node: its VM first, its record after
 *
 * When the VM cannot be removed the record stays and says so.
 */
#ifndef OPS_NODE_DELETE_H
#define OPS_NODE_DELETE_H

#include "ops/node_work.h"

/* Why a person should be asked first: NULL when nothing can be lost. The VM runs, or
 * it holds a seeded copy that may hold work. */
const char *node_delete_risk(const struct home *h, const struct node *n);
/* yes: was asked for, or answered. Without it a risk is PreconditionFailed. */
bool node_delete(struct home *h, const struct ctx *c, const char *ref, bool yes,
	const struct strv *argv, struct node *out, struct err *e);
/* Within an operation that holds the claim, once no VM is left: the record becomes a deleted
 * one. */
bool node_delete_record(struct node_work *w, struct err *e);

#endif
