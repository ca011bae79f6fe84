#include <crt_externs.h>
#include <errno.h>
#include <fcntl.h>
#include <libproc.h>
#include <signal.h>
#include <sys/clonefile.h>
#include <sys/proc.h>
#include <sys/proc_info.h>
#include <sys/sysctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/plat.h"

/* os/proc.h is not included: <libproc.h> has a proc_name() of its own. */

bool plat_proc(int pid, struct plat_proc *out)
{
	struct proc_bsdinfo info;

	if (pid <= 0 || proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, sizeof(info)) != sizeof(info))
		return false;
	*out = (struct plat_proc){
		.start = info.pbi_start_tvsec * 1000000ull + info.pbi_start_tvusec,
		.pgid = (int)info.pbi_pgid,
		.zombie = info.pbi_status == SZOMB,
	};
	return true;
}

bool plat_group_alive(int pgid)
{
	int pids[1024];
	int bytes;
	struct plat_proc p;

	if (kill(-pgid, 0) != 0 && errno == ESRCH)
		return false;
	bytes = proc_listpids(PROC_PGRP_ONLY, (uint32_t)pgid, pids, sizeof(pids));
	for (int i = 0; i < bytes / (int)sizeof(*pids); i++)
		if (plat_proc(pids[i], &p) && !p.zombie)
			return true;
	return false;
}

bool plat_exe(int pid, struct buf *path)
{
	char p[PROC_PIDPATHINFO_MAXSIZE];
	int n = proc_pidpath(pid, p, sizeof(p));

	if (n <= 0)
		return false;
	buf_add(path, p, (size_t)n);
	return true;
}

/* KERN_PROCARGS2: int argc, the executable's path, NULs, then the words. */
bool plat_args(int pid, struct buf *args)
{
	int mib[3] = {CTL_KERN, KERN_PROCARGS2, pid};
	int argmax_mib[2] = {CTL_KERN, KERN_ARGMAX};
	int argmax = 0, argc = 0;
	size_t n = sizeof(argmax);
	own_mem char *raw = NULL;
	const char *p, *end;

	if (sysctl(argmax_mib, 2, &argmax, &n, NULL, 0) != 0 || argmax <= 0)
		return false;
	n = (size_t)argmax;
	raw = mem_alloc(n);
	if (sysctl(mib, 3, raw, &n, NULL, 0) != 0 || n < sizeof(argc))
		return false;
	memcpy(&argc, raw, sizeof(argc));
	p = raw + sizeof(argc);
	end = raw + n;
	while (p < end && *p)
		p++;
	while (p < end && !*p)
		p++;
	for (const char *q = p; argc > 0 && q < end; q++)
		if (!*q && --argc == 0)
			end = q + 1;
	buf_add(args, p, (size_t)(end - p));
	return true;
}

void plat_cloexec_from(int first)
{
	int end = getdtablesize();

	for (int fd = first; fd < end; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void plat_pipe_grow(int fd, int bytes)
{
	(void)fd; /* pipes grow by themselves, to 64 KiB */
	(void)bytes;
}

int plat_fsync(int fd)
{
	/* fsync(2) leaves data in the drive; not every file system knows the other. */
	return fcntl(fd, F_FULLFSYNC) == 0 ? 0 : fsync(fd);
}

int plat_sync_fs(int fd)
{
	sync(); /* only schedules; the barrier behind it is the drive's own */
	return plat_fsync(fd);
}

int plat_clone(int src, int dir, const char *name, unsigned mode)
{
	int fd, why;

	if (fclonefileat(src, dir, name, CLONE_NOFOLLOW) != 0)
		return -1;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && fchmod(fd, (mode_t)mode) == 0)
		return fd;
	why = errno;
	if (fd >= 0)
		close(fd);
	unlinkat(dir, name, 0);
	errno = why;
	return -1;
}

int64_t plat_copy_range(int src, int dst, int64_t at, size_t n)
{
	(void)src;
	(void)dst;
	(void)at;
	(void)n;
	errno = ENOSYS;
	return -1;
}

uint32_t plat_mtime_ns(const struct stat *s)
{
	return (uint32_t)s->st_mtimespec.tv_nsec;
}

uint32_t plat_ctime_ns(const struct stat *s)
{
	return (uint32_t)s->st_ctimespec.tv_nsec;
}

char **plat_environ(void)
{
	return *_NSGetEnviron();
}

bool plat_peer_uid(int fd, unsigned *uid)
{
	uid_t u;
	gid_t g;

	if (getpeereid(fd, &u, &g) != 0)
		return false;
	*uid = u;
	return true;
}

const char *plat_os(void)
{
	return "darwin";
}

uint64_t plat_memory(void)
{
	uint64_t bytes = 0;
	size_t n = sizeof(bytes);

	return sysctlbyname("hw.memsize", &bytes, &n, NULL, 0) == 0 ? bytes : 0;
}

bool plat_accel(void)
{
	return true;
}
