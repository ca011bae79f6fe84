#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NONE (-1)

/* path, other: which arguments are paths; at: a descriptor before `path` names its directory.
 * Where path is NONE, argument 0 is a descriptor. */
struct row {
	long nr;
	const char *name;
	unsigned bits;
	int path, other;
	bool at;
};

static const struct row rows[] = {
	{SYS_openat, "openat", CALL_OPEN, 1, NONE, true},
	{SYS_write, "write", CALL_FILE | CALL_WRITE | CALL_GROW, NONE, NONE, false},
	{SYS_pwrite64, "pwrite", CALL_FILE | CALL_WRITE | CALL_GROW, NONE, NONE, false},
	{SYS_writev, "writev", CALL_FILE | CALL_GROW, NONE, NONE, false},
	{SYS_pwritev, "pwritev", CALL_FILE | CALL_GROW, NONE, NONE, false},
	{SYS_renameat2, "renameat2", CALL_FILE | CALL_PLACE, 1, 3, true},
	{SYS_linkat, "linkat", CALL_FILE | CALL_PLACE | CALL_GROW, 1, 3, true},
	{SYS_symlinkat, "symlinkat", CALL_FILE | CALL_GROW, 2, NONE, true},
	{SYS_mkdirat, "mkdirat", CALL_FILE | CALL_GROW, 1, NONE, true},
	{SYS_mknodat, "mknodat", CALL_FILE | CALL_GROW, 1, NONE, true},
	{SYS_unlinkat, "unlinkat", CALL_FILE | CALL_REMOVE, 1, NONE, true},
	{SYS_truncate, "truncate", CALL_FILE, 0, NONE, false},
	{SYS_ftruncate, "ftruncate", CALL_FILE, NONE, NONE, false},
	{SYS_fallocate, "fallocate", CALL_FILE | CALL_GROW, NONE, NONE, false},
	{SYS_fchmod, "fchmod", CALL_FILE, NONE, NONE, false},
	{SYS_fchmodat, "fchmodat", CALL_FILE, 1, NONE, true},
	{SYS_fchown, "fchown", CALL_FILE, NONE, NONE, false},
	{SYS_fchownat, "fchownat", CALL_FILE, 1, NONE, true},
	{SYS_utimensat, "utimensat", CALL_FILE, 1, NONE, true},
	{SYS_fsync, "fsync", CALL_FILE | CALL_SYNC, NONE, NONE, false},
	{SYS_fdatasync, "fdatasync", CALL_FILE | CALL_SYNC, NONE, NONE, false},
	{SYS_syncfs, "syncfs", CALL_FILE | CALL_SYNC, NONE, NONE, false},
	{SYS_flock, "flock", CALL_FILE | CALL_WAIT, NONE, NONE, false},
	{SYS_copy_file_range, "copy_file_range", CALL_FILE | CALL_GROW, NONE, NONE, false},
	{SYS_sendfile, "sendfile", CALL_FILE | CALL_GROW, NONE, NONE, false},
	{SYS_ioctl, "ioctl", CALL_FILE | CALL_GROW, NONE, NONE, false},
	{SYS_setxattr, "setxattr", CALL_FILE, 0, NONE, false},
	{SYS_fsetxattr, "fsetxattr", CALL_FILE, NONE, NONE, false},
	{SYS_read, "read", CALL_READ, NONE, NONE, false},
	{SYS_pread64, "pread", CALL_READ, NONE, NONE, false},
	{SYS_getdents64, "getdents", CALL_READ, NONE, NONE, false},
	{SYS_clone, "clone", CALL_PROCESS, NONE, NONE, false},
	{SYS_clone3, "clone3", CALL_PROCESS, NONE, NONE, false},
	{SYS_execve, "execve", CALL_PROCESS, 0, NONE, false},
	{SYS_kill, "kill", CALL_PROCESS, NONE, NONE, false},
	{SYS_pipe2, "pipe2", CALL_OPEN, NONE, NONE, false},
	{SYS_socket, "socket", CALL_OPEN, NONE, NONE, false},
	{SYS_dup, "dup", CALL_OPEN, NONE, NONE, false},
	{SYS_wait4, "wait4", CALL_WAIT, NONE, NONE, false},
	{SYS_waitid, "waitid", CALL_WAIT, NONE, NONE, false},
	{SYS_ppoll, "ppoll", CALL_WAIT, NONE, NONE, false},
	{SYS_epoll_pwait, "epoll_pwait", CALL_WAIT, NONE, NONE, false},
	{SYS_nanosleep, "nanosleep", CALL_WAIT, NONE, NONE, false},
	{SYS_clock_nanosleep, "clock_nanosleep", CALL_WAIT, NONE, NONE, false},
#ifdef SYS_open /* those that newer architectures have no more */
	{SYS_open, "open", CALL_OPEN, 0, NONE, false},
	{SYS_creat, "creat", CALL_FILE | CALL_OPEN | CALL_GROW, 0, NONE, false},
	{SYS_rename, "rename", CALL_FILE | CALL_PLACE, 0, 1, false},
	{SYS_renameat, "renameat", CALL_FILE | CALL_PLACE, 1, 3, true},
	{SYS_link, "link", CALL_FILE | CALL_PLACE | CALL_GROW, 0, 1, false},
	{SYS_symlink, "symlink", CALL_FILE | CALL_GROW, 1, NONE, false},
	{SYS_mkdir, "mkdir", CALL_FILE | CALL_GROW, 0, NONE, false},
	{SYS_rmdir, "rmdir", CALL_FILE | CALL_REMOVE, 0, NONE, false},
	{SYS_unlink, "unlink", CALL_FILE | CALL_REMOVE, 0, NONE, false},
	{SYS_chmod, "chmod", CALL_FILE, 0, NONE, false},
	{SYS_chown, "chown", CALL_FILE, 0, NONE, false},
	{SYS_fork, "fork", CALL_PROCESS, NONE, NONE, false},
	{SYS_vfork, "vfork", CALL_PROCESS, NONE, NONE, false},
	{SYS_pipe, "pipe", CALL_OPEN, NONE, NONE, false},
	{SYS_poll, "poll", CALL_WAIT, NONE, NONE, false},
	{SYS_epoll_wait, "epoll_wait", CALL_WAIT, NONE, NONE, false},
#endif
};

static const struct row *row_of(long nr)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].nr == nr)
			return &rows[i];
	return NULL;
}

/* A string of the tracee; it may end before a page that is not there. */
static void read_string(pid_t tid, uint64_t at, char *out, size_t n)
{
	size_t have = 0;

	while (have + 1 < n) {
		size_t piece = 256 - (at + have) % 256;
		struct iovec to, from;
		ssize_t got;

		if (piece > n - 1 - have)
			piece = n - 1 - have;
		to = (struct iovec){out + have, piece};
		from = (struct iovec){(void *)(uintptr_t)(at + have), piece};
		got = process_vm_readv(tid, &to, 1, &from, 1, 0);
		if (got <= 0)
			break;
		if (memchr(out + have, 0, (size_t)got))
			return;
		have += (size_t)got;
	}
	out[have] = 0;
}

static void fd_path(pid_t tid, int fd, char *out, size_t n)
{
	char link[64];
	ssize_t got;

	if (fd == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/%d/cwd", (int)tid);
	else
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)tid, fd);
	got = readlink(link, out, n - 1);
	out[got < 0 ? 0 : got] = 0;
}

static void path_at(const struct call *c, const struct row *r, int i, char *out, size_t n)
{
	char name[1024], dir[1024];

	read_string(c->tid, c->arg[i], name, sizeof(name));
	dir[0] = 0;
	if (name[0] != '/')
		fd_path(c->tid, r->at ? (int)c->arg[i - 1] : AT_FDCWD, dir, sizeof(dir));
	snprintf(out, n, "%s%s%s", dir, *dir && *name ? "/" : "", name);
}

void call_path(const struct call *c, char *out, size_t n)
{
	const struct row *r = row_of(c->nr);

	out[0] = 0;
	if (r && r->path != NONE)
		path_at(c, r, r->path, out, n);
	else if (r && (r->bits & (CALL_FILE | CALL_READ)))
		fd_path(c->tid, (int)c->arg[0], out, n);
}

static bool inside(const char *path, const char *root)
{
	size_t n = strlen(root);

	return strncmp(path, root, n) == 0 && (path[n] == '/' || !path[n]);
}

static bool is_channel(const char *path)
{
	return strncmp(path, "pipe:", 5) == 0 || strncmp(path, "socket:", 7) == 0;
}

static unsigned open_bits(const struct call *c, const struct row *r, bool in)
{
	int flags = (int)c->arg[r->path + 1];

	if (!in)
		return 0;
	if (flags & O_CREAT)
		return CALL_OPEN | CALL_FILE | CALL_GROW;
	if (flags & (O_WRONLY | O_RDWR | O_TRUNC))
		return CALL_OPEN | CALL_FILE;
	return CALL_OPEN | CALL_READ;
}

/* A clone that makes a thread starts no process. */
static bool makes_thread(const struct call *c)
{
	uint64_t flags = c->arg[0];
	struct iovec to = {&flags, sizeof(flags)};
	struct iovec from = {(void *)(uintptr_t)c->arg[0], sizeof(flags)};

	if (c->nr == SYS_clone3 && process_vm_readv(c->tid, &to, 1, &from, 1, 0) < 0)
		return false;
	return c->nr != SYS_execve && c->nr != SYS_kill && (flags & 0x10000); /* CLONE_THREAD */
}

unsigned call_bits(const struct call *c, const char *root)
{
	const struct row *r = row_of(c->nr);
	char path[2048];
	bool in;

	if (!r)
		return 0;
	if (r->bits & CALL_PROCESS)
		return makes_thread(c) || (c->nr == SYS_kill && !c->arg[1]) ? 0 : CALL_PROCESS;
	if (!(r->bits & (CALL_FILE | CALL_READ)) && r->path == NONE)
		return r->bits;
	call_path(c, path, sizeof(path));
	in = inside(path, root);
	if (strncmp(r->name, "open", 4) == 0)
		return open_bits(c, r, in);
	if (r->path == NONE && c->arg[0] < 3) /* our streams: the runner's own files */
		return 0;
	if (r->nr == SYS_ioctl && c->arg[1] != FICLONE && c->arg[1] != FICLONERANGE)
		return 0;
	if (is_channel(path))
		return r->bits & CALL_FILE ? CALL_CHANNEL : CALL_WAIT;
	return in ? r->bits : 0;
}

static void strip_root(char *path, const char *root)
{
	size_t n = strlen(root);

	if (inside(path, root)) {
		path[0] = '@';
		memmove(path + 1, path + n, strlen(path + n) + 1);
	}
}

void call_text(const struct call *c, const char *root, char *out, size_t n)
{
	const struct row *r = row_of(c->nr);
	char path[1024], other[1024] = "";

	if (!r) {
		snprintf(out, n, "call %ld", c->nr);
		return;
	}
	call_path(c, path, sizeof(path));
	strip_root(path, root);
	if (r->other != NONE) {
		path_at(c, r, r->other, other, sizeof(other));
		strip_root(other, root);
	}
	snprintf(out, n, "%s %s%s%s", r->name, path, *other ? ", " : "", other);
}

int call_error(const struct call *c, int wanted)
{
	const struct row *r = row_of(c->nr);

	if (wanted == ENOSPC && c->nr == SYS_flock)
		return ENOLCK;
	if (wanted == ENOSPC && c->nr == SYS_kill)
		return EPERM;
	if (wanted == ENOSPC && c->nr == SYS_execve)
		return ENOMEM;
	return wanted == ENOSPC && r && (r->bits & CALL_PROCESS) ? EAGAIN : wanted;
}
