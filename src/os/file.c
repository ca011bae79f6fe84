#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/plat.h"

/* A path taken apart: its directory, opened, and the name in it. */
struct place {
	int dir;
	struct str name; /* at the end of the path, so NUL terminated */
};

static void place_fini(struct place *p)
{
	fd_close_p(&p->dir);
}
#define own_place __attribute__((cleanup(place_fini)))
#define PLACE_NONE ((struct place){-1, {"", 0}})

static bool place_open(struct place *p, const char *path, struct err *e)
{
	struct str name = path_base(str_z(path));
	own_mem char *dir = NULL;

	if (!name.n || name.p[name.n] || str_eqz(name, ".") || str_eqz(name, ".."))
		return err_set(e, ERR_INVALID_ARGUMENT, "\"%s\" names no file", path);
	dir = mem_strndup(path_dir(str_z(path)).p, path_dir(str_z(path)).n);
	p->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->dir < 0)
		return err_sys(e, "open %s", dir);
	p->name = name;
	return true;
}

static bool sync_dir_fd(int fd)
{
	/* Some network and FUSE file systems cannot, and are durable or not anyway. */
	return plat_fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
}

bool file_sync_dir(const char *path, struct err *e)
{
	own_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || !sync_dir_fd(fd))
		return err_sys(e, "sync %s", path);
	return true;
}

bool file_read(const char *path, struct buf *out, size_t max, struct err *e)
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, "open %s", path);
	return fd_read_all(fd, out, max, path, e);
}

static void temp_name(struct buf *out, struct str name)
{
	uint64_t r;

	random_bytes(&r, sizeof(r));
	if (name.n > 200) /* NAME_MAX is 255 */
		name.n = 200;
	buf_printf(out, ".%.*s.%016llx.tmp", STRF(name), (unsigned long long)r);
}

/* Writes the whole content to a new file `temp` beside the target, on disk when
 * it returns. Leaves nothing behind when it fails. */
static bool write_temp(
	struct place *p, const char *temp, struct str content, unsigned mode, struct err *e)
{
	own_fd int fd = openat(p->dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return err_sys(e, "make a temporary file for %s", p->name.p);
	ok = fd_write_all(fd, content, p->name.p, e);
	if (ok && (fchmod(fd, (mode_t)mode) != 0 || plat_fsync(fd) != 0))
		ok = err_sys(e, "write %s", p->name.p);
	if (!ok)
		unlinkat(p->dir, temp, 0);
	return ok;
}

bool file_replace(const char *path, struct str content, unsigned mode, struct err *e)
{
	own_place struct place p = PLACE_NONE;
	own_buf struct buf temp = {0};

	if (!place_open(&p, path, e))
		return false;
	temp_name(&temp, p.name);
	if (!write_temp(&p, temp.p, content, mode, e))
		return err_wrap(e, "replace %s", path);
	if (renameat(p.dir, temp.p, p.dir, p.name.p) != 0) {
		err_sys(e, "replace %s", path);
		unlinkat(p.dir, temp.p, 0);
		return false;
	}
	return sync_dir_fd(p.dir) || err_sys(e, "sync the directory of %s", path);
}

bool file_create(const char *path, struct str content, unsigned mode, struct err *e)
{
	own_place struct place p = PLACE_NONE;
	own_buf struct buf temp = {0};
	struct stat st;
	int rc;

	if (!place_open(&p, path, e))
		return false;
	/* linkat() would tell as well, but after two syncs for nothing. */
	if (fstatat(p.dir, p.name.p, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return err_sys(e, "create %s", path);
	}
	temp_name(&temp, p.name);
	if (!write_temp(&p, temp.p, content, mode, e))
		return err_wrap(e, "create %s", path);
	rc = linkat(p.dir, temp.p, p.dir, p.name.p, 0);
	if (rc != 0)
		err_sys(e, "create %s", path);
	unlinkat(p.dir, temp.p, 0);
	if (rc != 0)
		return false;
	return sync_dir_fd(p.dir) || err_sys(e, "sync the directory of %s", path);
}

bool file_append(const char *path, struct str line, struct err *e)
{
	own_fd int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	do
		n = write(fd, line.p, line.n);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "append to %s", path);
	if ((size_t)n < line.n)
		return err_set(e, ERR_INTERNAL, "append to %s: only %zd of %zu bytes were written",
			path, n, line.n);
	return true;
}

static enum file_type type_of(mode_t m)
{
	switch (m & S_IFMT) {
	case S_IFREG:
		return FILE_REG;
	case S_IFDIR:
		return FILE_DIR;
	case S_IFLNK:
		return FILE_LINK;
	default:
		return FILE_OTHER;
	}
}

static bool stat_result(int rc, const struct stat *s, struct file_stat *out)
{
	*out = (struct file_stat){0};
	if (rc != 0)
		return false;
	*out = (struct file_stat){
		.type = type_of(s->st_mode),
		.mode = s->st_mode & 07777,
		.size = (uint64_t)s->st_size,
		.mtime_s = (int64_t)s->st_mtime,
		.mtime_ns = plat_mtime_ns(s),
		.dev = (uint64_t)s->st_dev,
		.ino = (uint64_t)s->st_ino,
		.uid = s->st_uid,
	};
	return true;
}

bool file_stat(const char *path, struct file_stat *st)
{
	struct stat s;

	return stat_result(stat(path, &s), &s, st);
}

bool file_lstat(const char *path, struct file_stat *st)
{
	struct stat s;

	return stat_result(lstat(path, &s), &s, st);
}

bool file_exists(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0;
}

bool file_unlink(const char *path, struct err *e)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(e, "remove %s", path);
	return true;
}

bool file_rename(const char *from, const char *to, struct err *e)
{
	own_place struct place p = PLACE_NONE;

	if (!place_open(&p, to, e))
		return false;
	if (rename(from, to) != 0)
		return err_sys(e, "rename %s to %s", from, to);
	return sync_dir_fd(p.dir) || err_sys(e, "sync the directory of %s", to);
}

bool file_writable(const char *dir)
{
	return access(dir, W_OK) == 0;
}

bool file_space(const char *path, uint64_t *bytes, struct err *e)
{
	struct statvfs v;

	if (statvfs(path, &v) != 0)
		return err_sys(e, "ask for the free space of %s", path);
	*bytes = (uint64_t)v.f_bavail * v.f_frsize;
	return true;
}

bool file_same(const char *a, const char *b)
{
	struct file_stat x, y;

	return file_stat(a, &x) && file_stat(b, &y) && x.dev == y.dev && x.ino == y.ino;
}
