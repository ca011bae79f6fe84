#include "os/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/path.h"
#include "os/plat.h"

static char *temp_name(struct str name)
{
	own_buf struct buf b = {0};
	uint64_t r;

	random_bytes(&r, sizeof(r));
	if (name.n > 200) /* NAME_MAX is 255 */
		name.n = 200;
	buf_printf(&b, ".%.*s.%016llx.tmp", STRF(name), (unsigned long long)r);
	return buf_steal(&b);
}

static bool open_dir(struct draft *d, const char *path, struct err *e)
{
	struct str name = path_base(str_z(path)), parent = path_dir(str_z(path));
	own_mem char *dir = NULL;

	if (!name.n || name.p[name.n] || str_eqz(name, ".") || str_eqz(name, "..") ||
		str_eqz(name, "/"))
		return err_set(e, ERR_INVALID_ARGUMENT, "\"%s\" names no file", path);
	dir = mem_strndup(parent.p, parent.n);
	d->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->dir < 0)
		return err_sys(e, "open %s", dir);
	d->path = mem_strdup(path);
	d->name = d->path + (name.p - path);
	return true;
}

bool draft_open(struct draft *d, const char *path, struct err *e)
{
	own_mem char *temp = NULL;

	*d = DRAFT_NONE;
	if (!open_dir(d, path, e))
		return false;
	temp = temp_name(str_z(d->name));
	d->fd = openat(d->dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (d->fd < 0) {
		err_sys(e, "make a temporary file for %s", path);
		draft_drop(d);
		return false;
	}
	d->temp = steal(&temp);
	return true;
}

static bool settle(struct draft *d, unsigned mode, struct err *e)
{
	if (fchmod(d->fd, (mode_t)mode) != 0 || plat_fsync(d->fd) != 0)
		return err_sys(e, "write %s", d->path);
	return true;
}

static bool settle_dir(struct draft *d, struct err *e)
{
	/* Some network and FUSE file systems cannot, and are durable or not anyway. */
	if (plat_fsync(d->dir) == 0 || errno == EINVAL || errno == ENOTSUP)
		return true;
	return err_sys(e, "sync the directory of %s", d->path);
}

static bool put_in_place(struct draft *d, struct err *e)
{
	if (renameat(d->dir, d->temp, d->dir, d->name) != 0)
		return err_sys(e, "replace %s", d->path);
	mem_free_p(&d->temp);
	return true;
}

bool draft_commit(struct draft *d, unsigned mode, struct err *e)
{
	return settle(d, mode, e) && put_in_place(d, e) && settle_dir(d, e);
}

bool draft_swap(struct draft *d, unsigned mode, struct err *e)
{
	if (fchmod(d->fd, (mode_t)mode) != 0)
		return err_sys(e, "write %s", d->path);
	return put_in_place(d, e);
}

bool draft_commit_new(struct draft *d, unsigned mode, struct err *e)
{
	if (!settle(d, mode, e))
		return false;
	if (linkat(d->dir, d->temp, d->dir, d->name, 0) != 0)
		return err_sys(e, "create %s", d->path);
	unlinkat(d->dir, d->temp, 0);
	mem_free_p(&d->temp);
	return settle_dir(d, e);
}

void draft_drop(struct draft *d)
{
	int saved = errno;

	if (d->temp)
		unlinkat(d->dir, d->temp, 0);
	fd_close_p(&d->fd);
	fd_close_p(&d->dir);
	free(d->path);
	free(d->temp);
	*d = DRAFT_NONE;
	errno = saved;
}
