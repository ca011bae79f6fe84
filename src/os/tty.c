#include "os/tty.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "os/signals.h"

#define LINE_MAX_BYTES (64u << 10)

bool tty_size(int fd, int *cols, int *rows)
{
	struct winsize w;

	if (ioctl(fd, TIOCGWINSZ, &w) != 0 || !w.ws_col || !w.ws_row)
		return false;
	*cols = w.ws_col;
	*rows = w.ws_row;
	return true;
}

/* Byte by byte: what follows the line belongs to whoever reads next. */
bool tty_read_line(int fd, struct buf *line)
{
	char c;

	buf_clear(line);
	while (line->n < LINE_MAX_BYTES) {
		ssize_t n = read(fd, &c, 1);

		if (n < 0 && errno == EINTR && !signals_pending())
			continue;
		if (n <= 0)
			return n == 0 && line->n > 0;
		if (c == '\n')
			return true;
		buf_putc(line, c);
	}
	return true;
}
