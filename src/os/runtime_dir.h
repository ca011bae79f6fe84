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

/* Longest path a socket can have without its NUL: sun_path is 108 bytes on
 * Linux (unix(7)) and 104 on macOS (<sys/un.h>). */
size_t socket_path_max(void);

bool runtime_dir(struct buf *out, struct err *e);
/* True when a process accepts connections on this socket now. */
bool socket_answers(const char *path);
/* True when the process at the other end of a connected socket is this user's. */
bool socket_peer_is_us(int fd);

#endif
