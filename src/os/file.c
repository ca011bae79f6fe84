#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/draft.h"
#include "os/fd.h"
#include "os/plat.h"

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

bool file_sync_fs(const char *path, struct err *e)
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || plat_sync_fs(fd) != 0)
		return err_sys(e, "sync the file system of %s", path);
	return true;
}

bool file_read(const char *path, struct buf *out, size_t max, struct err *e)
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, "open %s", path);
	return fd_read_all(fd, out, max, path, e);
}

bool file_read_from(const char *path, uint64_t from, struct buf *out, size_t max, struct err *e)
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t want = max, got;
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	while (want > 0) {
		size_t piece = want < 65536 ? want : 65536;

		buf_reserve(out, piece);
		n = pread(fd, out->p + out->n, piece, (off_t)from);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read %s", path);
		got = (size_t)n;
		if (!got)
			break;
		out->n += got;
		out->p[out->n] = 0;
		from += got;
		want -= got;
	}
	return true;
}

bool file_replace(const char *path, struct str content, unsigned mode, struct err *e)
{
	own_draft struct draft d = DRAFT_NONE;

	if (!draft_open(&d, path, e) || !fd_write_all(d.fd, content, path, e) ||
		!draft_commit(&d, mode, e))
		return err_wrap(e, "replace %s", path);
	return true;
}

bool file_swap(const char *path, struct str content, unsigned mode, struct err *e)
{
	own_draft struct draft d = DRAFT_NONE;

	if (!draft_open(&d, path, e) || !fd_write_all(d.fd, content, path, e) ||
		!draft_swap(&d, mode, e))
		return err_wrap(e, "replace %s", path);
	return true;
}

bool file_create(const char *path, struct str content, unsigned mode, struct err *e)
{
	own_draft struct draft d = DRAFT_NONE;
	struct file_stat st;

	/* The commit would tell as well, but after two syncs for nothing. */
	if (file_lstat(path, &st)) {
		errno = EEXIST;
		return err_sys(e, "create %s", path);
	}
	return draft_open(&d, path, e) && fd_write_all(d.fd, content, path, e) &&
	       draft_commit_new(&d, mode, e);
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
	struct str parent = path_dir(str_z(to));
	own_mem char *dir = mem_strndup(parent.p, parent.n);

	if (rename(from, to) != 0)
		return err_sys(e, "rename %s to %s", from, to);
	return file_sync_dir(dir, e);
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
