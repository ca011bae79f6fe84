/* socket.h - Unix sockets of this machine: connecting, who is there, handing over descriptors */
#ifndef OS_SOCKET_H
#define OS_SOCKET_H

#include "base/err.h"

/* Longest path a socket can have without its NUL: sun_path is 108 bytes on
 * Linux (unix(7)) and 104 on macOS (<sys/un.h>). */
size_t socket_path_max(void);

/* A connected stream, close-on-exec; -1 when nobody listens there, errno says why. */
int socket_connect(const char *path);
/* True when a process accepts connections on this socket now. */
bool socket_answers(const char *path);
/* True when the process at the other end of a connected socket is this user's. */
bool socket_peer_is_us(int fd);
/* Sends a copy of a descriptor, in one message of one byte of 0. */
bool socket_send_fd(int socket, int fd);

#endif
