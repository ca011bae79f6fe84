#include "os/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/plat.h"

#define READ_MIN 4096

void fd_close_p(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd); /* not again on EINTR: Linux has closed it by then */
	*fd = -1;
	errno = saved;
}

int fd_steal(int *fd)
{
	int f = *fd;

	*fd = -1;
	return f;
}

/* True when the call that just failed is worth repeating. Streams we inherit
 * may be non-blocking: the flag belongs to whoever shares them. */
static bool again(int fd, short events)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK) {
		struct pollfd p = {.fd = fd, .events = events};

		return poll(&p, 1, -1) >= 0 || errno == EINTR;
	}
	return errno == EINTR;
}

static bool write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n >= 0)
			s = str_from(s, (size_t)n);
		else if (!again(fd, POLLOUT))
			return false;
	}
	return true;
}

bool fd_write_all(int fd, struct str s, const char *what, struct err *e)
{
	return write_all(fd, s) || err_sys(e, "write %s", what);
}

static void reserve_file_size(int fd, struct buf *out, size_t max)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
		(uint64_t)st.st_size <= max)
		buf_reserve(out, (size_t)st.st_size + 1); /* the one more is for seeing the end */
}

bool fd_read_all(int fd, struct buf *out, size_t max, const char *what, struct err *e)
{
	size_t start = out->n;

	reserve_file_size(fd, out, max);
	for (;;) {
		ssize_t n;

		if (out->cap - out->n < 2)
			buf_reserve(out, READ_MIN);
		n = read(fd, out->p + out->n, out->cap - out->n - 1);
		if (n == 0)
			break;
		if (n > 0) {
			out->n += (size_t)n;
		} else if (!again(fd, POLLIN)) {
			err_sys(e, "read %s", what);
			buf_cut(out, start);
			return false;
		}
		if (out->n - start > max) {
			buf_cut(out, start);
			err_set(e, ERR_METADATA_CORRUPTION, "%s is larger than %zu bytes", what,
				max);
			if (e)
				e->sys = EFBIG;
			return false;
		}
	}
	buf_cut(out, out->n);
	return true;
}

/* Descriptors 0 to 2 are free when we were started without streams; nothing of
 * ours may land there, where a child's dup2 would close it. */
static bool lift(int *fd)
{
	int up;

	if (*fd > 2)
		return fcntl(*fd, F_SETFD, FD_CLOEXEC) == 0;
	up = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	if (up < 0)
		return false;
	close(*fd);
	*fd = up;
	return true;
}

bool fd_pipe(int pair[2], struct err *e)
{
	int p[2];

	/* pipe2(2) is not on macOS. Its atomicity is not missed: the spawner marks
	 * everything close-on-exec in the child. */
	if (pipe(p) != 0)
		return err_sys(e, "make a pipe");
	if (!lift(&p[0]) || !lift(&p[1])) {
		err_sys(e, "make a pipe");
		close(p[0]);
		close(p[1]);
		return false;
	}
	pair[0] = p[0];
	pair[1] = p[1];
	return true;
}

void fd_pipe_grow(int fd, int bytes)
{
	plat_pipe_grow(fd, bytes);
}

bool fd_nonblock(int fd, bool on, struct err *e)
{
	int flags = fcntl(fd, F_GETFL);
	int want = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;

	if (flags < 0 || (want != flags && fcntl(fd, F_SETFL, want) != 0))
		return err_sys(e, "set descriptor %d %sblocking", fd, on ? "non-" : "");
	return true;
}

bool fd_isatty(int fd)
{
	return isatty(fd) == 1;
}

void fd_stderr(struct str s)
{
	write_all(STDERR_FILENO, s);
}

static int stdout_errno;

void fd_stdout(struct str s)
{
	if (!write_all(STDOUT_FILENO, s) && !stdout_errno)
		stdout_errno = errno;
}

bool fd_stdout_check(struct err *e)
{
	/* A reader that has left wants no more, and no complaint. */
	if (!stdout_errno || stdout_errno == EPIPE)
		return true;
	errno = stdout_errno;
	return err_sys(e, "write to standard output");
}
