#include "os/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/fd.h"

/* How long lock_take(…, 0) puts up with lock_held() looking at the lock. */
#define LOOKED_AT_MS 1000

static bool try_flock(int fd, int how)
{
	int rc;

	do
		rc = flock(fd, how | LOCK_NB);
	while (rc != 0 && errno == EINTR);
	return rc == 0;
}

/* A lock that cannot be taken alone, but shared, is only being looked at. */
static bool only_looked_at(int fd)
{
	if (!try_flock(fd, LOCK_SH))
		return false;
	flock(fd, LOCK_UN);
	return true;
}

bool lock_take(struct lock *l, const char *path, int timeout_ms, const char *what, struct err *e)
{
	own_fd int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int64_t start = clock_mono_ms();
	int pause = 1;

	if (fd < 0)
		return err_sys(e, "open lock %s", path);
	while (!try_flock(fd, LOCK_EX)) {
		int64_t waited = clock_mono_ms() - start;

		if (errno != EWOULDBLOCK)
			return err_sys(e, "lock %s", path);
		if (waited >= timeout_ms && !(waited < LOOKED_AT_MS && only_looked_at(fd)))
			return err_set(e, ERR_BUSY, "%s is in use by another codelima", what);
		clock_sleep_ms(pause);
		pause = pause < 16 ? pause * 2 : 16;
	}
	l->fd = fd_steal(&fd);
	return true;
}

void lock_drop(struct lock *l)
{
	fd_close_p(&l->fd);
}

bool lock_held(const char *path)
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd >= 0 && !try_flock(fd, LOCK_SH) && errno == EWOULDBLOCK;
}
