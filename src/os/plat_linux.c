#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/plat.h"

/* A file of /proc: they have no size, and what does not fit is not wanted. */
static bool proc_file(int pid, const char *name, char *out, size_t size)
{
	char path[64];
	own_fd int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, out, size - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	return true;
}

/* 16 bits of this boot's id: start times are counted from the boot, so that the
 * same pid and ticks can come again after the next one. */
static uint64_t boot_tag(void)
{
	static uint64_t tag;
	char id[64] = "";
	uint32_t h = 2166136261u;
	own_fd int fd = -1;

	if (tag)
		return tag;
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, id, sizeof(id) - 1) < 0)
		id[0] = '\0';
	for (const char *p = id; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	tag = ((h ^ h >> 16) & 0xffff) | 1;
	return tag;
}

bool plat_proc(int pid, struct plat_proc *out)
{
	char stat[1024], *p;
	char state;
	int pgid;
	unsigned long long ticks;

	if (pid <= 0 || !proc_file(pid, "stat", stat, sizeof(stat)))
		return false;
	p = strrchr(stat, ')'); /* the name may hold any byte, ')' too */
	/* state ppid pgrp session tty tpgid flags 4×faults 4×times prio nice threads itreal start
	 */
	if (!p || sscanf(p + 1,
			  " %c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d"
			  " %*d %*d %llu",
			  &state, &pgid, &ticks) != 3)
		return false;
	*out = (struct plat_proc){.start = boot_tag() << 37 | (ticks & ((1ull << 37) - 1)),
		.pgid = pgid,
		.zombie = state == 'Z' || state == 'X'};
	return true;
}

bool plat_group_alive(int pgid)
{
	DIR *d;
	bool found = false;
	struct dirent *de;
	struct plat_proc p;

	if (kill(-pgid, 0) != 0 && errno == ESRCH)
		return false;
	/* There is something, but a zombie nobody reaps (a container without an
	 * init) answers signals too. */
	d = opendir("/proc");
	if (!d)
		return true;
	while (!found && (de = readdir(d)))
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9')
			found = plat_proc((int)strtol(de->d_name, NULL, 10), &p) &&
				p.pgid == pgid && !p.zombie;
	closedir(d);
	return found;
}

bool plat_exe(int pid, struct buf *path)
{
	static const struct str deleted = {" (deleted)", 10};
	char link[64], target[4096];
	struct str s;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	n = readlink(link, target, sizeof(target));
	if (n > 0) {
		s = str_n(target, (size_t)n);
		if (str_ends(s, deleted)) /* replaced by an upgrade while it runs */
			s.n -= deleted.n;
	} else {
		/* Somebody else's: only the short name is readable. */
		if (!proc_file(pid, "comm", target, sizeof(target)))
			return false;
		s = str_trim(str_z(target));
	}
	buf_str(path, s);
	return true;
}

/* A read of this file that is short is the last one; asked in lists, so not in vain. */
bool plat_args(int pid, struct buf *args)
{
	enum { PIECE = 8192, MOST = 4 << 20 };
	char path[64];
	own_fd int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	do {
		buf_reserve(args, PIECE);
		n = read(fd, args->p + args->n, PIECE);
		if (n > 0)
			args->n += (size_t)n;
		args->p[args->n] = '\0';
	} while (n == PIECE && args->n < MOST);
	return n >= 0;
}

void plat_cloexec_from(int first)
{
	struct rlimit lim = {0};
	int end;

	if (syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	/* Before Linux 5.11. Nobody raises the limit beyond what they use. */
	getrlimit(RLIMIT_NOFILE, &lim);
	end = lim.rlim_cur < 65536 ? (int)lim.rlim_cur : 65536;
	for (int fd = first; fd < end; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void plat_pipe_grow(int fd, int bytes)
{
	fcntl(fd, F_SETPIPE_SZ, bytes);
}

int plat_fsync(int fd)
{
	return fsync(fd);
}

int plat_sync_fs(int fd)
{
	return syncfs(fd);
}

int plat_clone(int src, int dir, const char *name, unsigned mode)
{
	own_fd int fd =
		openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);

	if (fd < 0)
		return -1;
	if (ioctl(fd, FICLONE, src) == 0)
		return fd_steal(&fd);
	int why = errno;

	unlinkat(dir, name, 0);
	errno = why;
	return -1;
}

int64_t plat_copy_range(int src, int dst, int64_t at, size_t n)
{
	off_t from = at, to = at;

	return copy_file_range(src, &from, dst, &to, n, 0);
}

uint32_t plat_mtime_ns(const struct stat *s)
{
	return (uint32_t)s->st_mtim.tv_nsec;
}

uint32_t plat_ctime_ns(const struct stat *s)
{
	return (uint32_t)s->st_ctim.tv_nsec;
}

char **plat_environ(void)
{
	return environ;
}

bool plat_peer_uid(int fd, unsigned *uid)
{
	struct ucred c;
	socklen_t n = sizeof(c);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0)
		return false;
	*uid = c.uid;
	return true;
}

const char *plat_os(void)
{
	return "linux";
}

uint64_t plat_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

bool plat_accel(void)
{
	own_fd int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	return fd >= 0;
}
