/* tty.h - what the terminal on a descriptor is like */
#ifndef OS_TTY_H
#define OS_TTY_H

#include "base/err.h"

bool tty_size(int fd, int *cols, int *rows); /* false when it is no terminal or has no size */
/* One line typed by the person, without its newline; false at end of input. */
bool tty_read_line(int fd, struct buf *line);

#endif
