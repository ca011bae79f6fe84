/* repair_bootstrap.h - a node's bootstrap.json that cannot be read, made anew
 *
 * From the node's record, its profile and its project's environment configs as they are
 * now; steps that had run by half run again at the next start. The old file is moved
 * aside.
 */
#ifndef OPS_REPAIR_BOOTSTRAP_H
#define OPS_REPAIR_BOOTSTRAP_H

#include "ops/repair_done.h"

void repair_bootstrap(
	struct home *h, const char *node_id, const struct strv *argv, struct repairs *r);

#endif
