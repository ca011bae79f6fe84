/* bootstrap_plan.h - what a node's first start will run
 *
 * Order: the profile's install_commands, each environment config in project order,
 * then the effective lima_commands.bootstrap (contract/lima.md §4). Profile and
 * environments freeze when the node is created, lima_commands.bootstrap at the
 * first start attempt; all of it stands in bootstrap.json with a status per step.
 */
#ifndef OPS_BOOTSTRAP_PLAN_H
#define OPS_BOOTSTRAP_PLAN_H

#include "ops/node_work.h"

/* At create: the steps of profile and environment configs, as far as they are known. */
bool bootstrap_plan_make(const struct home *h, const struct ctx *c, const struct project *p,
	const struct profile *profile, struct bootstrap *b, struct err *e);
/* At each start: the first time adds the effective lima_commands.bootstrap and freezes the
 * plan. `again`: every step is pending once more (start --rebootstrap, --recreate). Saved. */
bool bootstrap_plan_freeze(struct node_work *w, struct bootstrap *b, bool again, struct err *e);
/* The commands in order, for node.yaml's bootstrap_commands. */
void bootstrap_plan_commands(
	const struct bootstrap *b, const struct strv *lima_commands, struct strv *out);

#endif
