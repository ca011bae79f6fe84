/* locks_preload: how long each lock is held, for bench/run --only locks
 *
 * Loaded with LD_PRELOAD into codelima (Linux, libc not linked in). Appends "microseconds path"
 * to $BENCH_LOCKS_LOG for each exclusive flock(2), from when it is had to when its
 * descriptor is closed: os/lock.c ends a lock no other way.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FD = 1024 };

static long since[MAX_FD]; /* 0: no lock on this descriptor */

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void note(int fd, long held)
{
	char link[64], path[4096] = "", line[4200];
	const char *log = getenv("BENCH_LOCKS_LOG");
	int out = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	n = snprintf(line, sizeof(line), "%ld %s\n", held, path);
	if (out < 0 || write(out, line, (size_t)n) != n)
		fprintf(stderr, "locks-preload: cannot write BENCH_LOCKS_LOG\n");
	if (out >= 0)
		close(out);
}

int flock(int fd, int how)
{
	static int (*real)(int, int);
	int rc;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "flock");
	rc = real(fd, how);
	if (rc == 0 && fd >= 0 && fd < MAX_FD)
		since[fd] = how & LOCK_EX ? now_us() : 0;
	return rc;
}

int close(int fd)
{
	static int (*real)(int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "close");
	if (fd >= 0 && fd < MAX_FD && since[fd]) {
		long held = now_us() - since[fd];

		since[fd] = 0;
		note(fd, held);
	}
	return real(fd);
}
