/* node_clone.h - a node with a copy of another node's VM
 *
 * The source is stopped for it when it runs, and started again whatever comes
 * (contract/lima.md §4). Both nodes are claimed. A process killed half-way leaves a record
 * in state "provisioning", whose VM may not be whole: node delete and cleanup-incomplete
 * remove it, node start refuses it; in state "registering" the VM is whole and node start
 * goes on. The source then stays stopped, which the next operation on it says.
 */
#ifndef OPS_NODE_CLONE_H
#define OPS_NODE_CLONE_H

#include "ops/clone_record.h"

bool node_clone(struct home *h, const struct ctx *c, const char *ref,
	const struct node_clone_opts *o, struct node *out, struct err *e);

#endif
