/* node_boot.h - from a stopped VM to one whose guest is up
 *
 * `limactl start` watches a VM for 10 minutes and then gives up, while the VM goes on; on a
 * slow machine the guest comes up later. We go on waiting, up to our own limit. What a failed
 * or cancelled start leaves running is stopped.
 */
#ifndef OPS_NODE_BOOT_H
#define OPS_NODE_BOOT_H

#include "ops/node_work.h"

/* limit_ms: how long the VM may take; 0: no limit. */
bool node_boot(struct node_work *w, int64_t limit_ms, struct err *e);
/* The VM runs already, but nobody may have waited for its guest: the limactl start that did was
 * killed. Returns at once when the guest is up. */
bool node_boot_await(struct node_work *w, int64_t limit_ms, struct err *e);

#endif
