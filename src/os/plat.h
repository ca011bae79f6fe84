/* plat.h - what Linux and macOS do differently, for the other files of os/
 *
 * plat_linux.c and plat_darwin.c are the only files that know which platform
 * this is. Sources: proc(5), close_range(2), fcntl(2), unix(7) on Linux;
 * <libproc.h>, <sys/proc_info.h>, <sys/sysctl.h>, fcntl(2), getpeereid(3) on
 * macOS.
 */
#ifndef OS_PLAT_H
#define OS_PLAT_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"

struct plat_proc {
	uint64_t start; /* proc.h; never 0, below 2^53: exact in any JSON reader */
	int pgid;
	bool zombie;
};
bool plat_proc(int pid, struct plat_proc *out); /* false when there is none */
bool plat_group_alive(int pgid);		/* zombies do not count */
bool plat_exe(int pid, struct buf *path);	/* path of the executable, or only its name */
bool plat_args(int pid, struct buf *args);	/* the words, each ended by a NUL */

/* Sets close-on-exec on every descriptor from `first` on. Async-signal-safe. */
void plat_cloexec_from(int first);
void plat_pipe_grow(int fd, int bytes); /* best effort */
int plat_fsync(int fd);			/* through the drive's cache; -1 and errno */
/* Everything written to the file system of fd becomes durable (syncfs(2); sync(2) where there
 * is none). -1 and errno. */
int plat_sync_fs(int fd);
/* Makes `name` in dir a copy of the open file src that shares its blocks (FICLONE in
 * ioctl_ficlone(2); clonefile(2)), with this mode. A descriptor for reading it; -1 with
 * errno and nothing made where the file system cannot. */
int plat_clone(int src, int dir, const char *name, unsigned mode);
/* Up to n bytes from src to dst at the same place, within the kernel (copy_file_range(2));
 * how many, -1 and errno: ENOSYS, EXDEV and others where it cannot. */
int64_t plat_copy_range(int src, int dst, int64_t at, size_t n);
uint32_t plat_mtime_ns(const struct stat *s);
uint32_t plat_ctime_ns(const struct stat *s);
char **plat_environ(void);
bool plat_peer_uid(int fd, unsigned *uid);

const char *plat_os(void);
uint64_t plat_memory(void);
bool plat_accel(void); /* may this user make hardware-accelerated VMs? */

#endif
