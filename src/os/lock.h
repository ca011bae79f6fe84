/* lock.h - the one lock: flock on a file of its own
 *
 * The file is made when missing and never removed, so that two processes can
 * never hold "the" lock on two different inodes. The descriptor is
 * close-on-exec. A lock ends with its process, whatever kills it.
 */
#ifndef OS_LOCK_H
#define OS_LOCK_H

#include "base/err.h"

struct lock {
	int fd; /* -1 when not held */
};
#define LOCK_NONE ((struct lock){-1})

/* Waits up to timeout_ms (0: only tries). Busy when somebody else holds it;
 * then `what` ("node api") is in the message. */
bool lock_take(struct lock *l, const char *path, int timeout_ms, const char *what, struct err *e);
void lock_drop(struct lock *l);
/* True when somebody holds it now. Makes nothing: a missing file is not held. */
bool lock_held(const char *path);
#define own_lock __attribute__((cleanup(lock_drop)))

#endif
