/* quarantine.h - what cannot be read, moved aside: _quarantine/<time>-<id>/
 *
 * Moved, never deleted: the file or directory keeps its name there, beside a
 * manifest.json {moved_at from reason instance_name?} that says how it got there. To
 * bring it back is to mend it and to move it to `from` again.
 */
#ifndef STORE_QUARANTINE_H
#define STORE_QUARANTINE_H

#include "store/home.h"

/* rel: "nodes/<id>", below the home. instance: the VM that it names, or NULL. *where
 * gets the place below the home. */
bool quarantine_put(const struct home *h, const char *rel, const char *reason, const char *instance,
	struct buf *where, struct err *e);
/* Does a manifest name this VM? Then where, below the home, is in out. */
bool quarantine_find(const struct home *h, const char *instance, struct buf *out);

#endif
