/* node_recover.h - after an operation on a node that died without a word
 *
 * limactl has no lock of its own and goes on alone: before anything else touches the
 * instance, what the dead operation left running is ended.
 */
#ifndef OPS_NODE_RECOVER_H
#define OPS_NODE_RECOVER_H

#include "store/claims.h"

/* k holds the node's lock, `stale` is what claim_take() found. Ends the child, makes the
 * claim ours, tells it in a notice and in an event. */
bool node_recover_claimed(struct claim_handle *k, const struct ctx *c, const char *slug,
	const struct claim *stale, struct err *e);
/* Does something still run that this job, which is lost, had started? */
bool node_orphaned_by(const struct home *h, const struct job *job);
/* Ends it. Busy when another operation holds the node by now. */
bool node_end_orphan(
	const struct home *h, const struct ctx *c, const struct job *job, struct err *e);

#endif
