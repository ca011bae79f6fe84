/* node_stop.h - stopping a node; stopping a stopped one is fine */
#ifndef OPS_NODE_STOP_H
#define OPS_NODE_STOP_H

#include "ops/node_work.h"

bool node_stop(struct home *h, const struct ctx *c, const char *ref, const struct strv *argv,
	struct node *out, struct err *e);
/* Within an operation that holds the claim. */
bool node_stop_claimed(struct node_work *w, struct err *e);
/* Ends our ssh master to the node, when there is one. */
void node_close_master(struct node_work *w);

#endif
