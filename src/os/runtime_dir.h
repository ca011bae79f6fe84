/* runtime_dir.h - the short private directory for sockets
 *
 * $XDG_RUNTIME_DIR/codelima, else /tmp/codelima-UID: 0700, owned by us, no link
 * (contract/threats.md T15). Made when missing. An XDG_RUNTIME_DIR that is not
 * ours (after su), is missing, or leaves less than 40 bytes for a socket's name
 * does not count.
 */
#ifndef OS_RUNTIME_DIR_H
#define OS_RUNTIME_DIR_H

#include "base/err.h"

bool runtime_dir(struct buf *out, struct err *e);

#endif
