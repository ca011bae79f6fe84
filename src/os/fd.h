/* fd.h - file descriptors that close themselves
 *
 *	own_fd int fd = open(...);
 *	return fd_steal(&fd);
 *
 * Every descriptor in the program is close-on-exec; what a child gets is named
 * in struct spawn.
 */
#ifndef OS_FD_H
#define OS_FD_H

#include "base/err.h"

void fd_close_p(int *fd); /* closes when ≥ 0, sets -1, keeps errno */
#define own_fd __attribute__((cleanup(fd_close_p)))
int fd_steal(int *fd);

/* Whole writes and reads, EINTR, EAGAIN and short ones handled. */
bool fd_write_all(int fd, struct str s, const char *what, struct err *e);
/* Appends all up to the end to out; more than max bytes is an error (err->sys
 * EFBIG). On failure out is as it was. */
bool fd_read_all(int fd, struct buf *out, size_t max, const char *what, struct err *e);
bool fd_pipe(int pair[2], struct err *e); /* close-on-exec, both ends above 2 */
void fd_pipe_grow(int fd, int bytes);	  /* a larger buffer, where the system has one */
bool fd_nonblock(int fd, bool on, struct err *e);
bool fd_isatty(int fd);
void fd_stderr(struct str s); /* best effort, whole */
void fd_stdout(struct str s);
bool fd_stdout_check(struct err *e); /* false when something of it was lost */

#endif
