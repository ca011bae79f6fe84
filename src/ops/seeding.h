/* seeding.h - the workspace's copy in the guest, once (contract/lima.md §6) */
#ifndef OPS_SEEDING_H
#define OPS_SEEDING_H

#include "ops/guest.h"

/* workspace_seed_prepare, then the copy: one tar stream, or the person's own copy
 * action when a level overrides it. Sets workspace_seeded. */
bool seeding(struct guest *g, struct err *e);

#endif
