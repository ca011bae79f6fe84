/* tty.h - what the terminal on a descriptor is like */
#ifndef OS_TTY_H
#define OS_TTY_H

#include "base/err.h"

bool tty_size(int fd, int *cols, int *rows); /* false when it is no terminal or has no size */
/* One line typed by the person, without its newline, at most 64 KiB; false at end
 * of input, and when a signal asked to stop. line is cleared first. */
bool tty_read_line(int fd, struct buf *line);

#endif
