/* file_remove_tree() of file.h.
 *
 * A tree that a guest made may be deeper than there are descriptors or stack:
 * what lies MAX_DEPTH directories down is moved up into the top directory, and
 * removed from there in the next round. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"

#define MAX_DEPTH 48

struct removal {
	const char *path; /* for messages */
	int top;
	dev_t dev;
	struct err *e;
};

static bool remove_children(struct removal *r, int fd, int depth);

static bool fail(struct removal *r, const char *name)
{
	return err_sys(r->e, "remove %s: \"%s\"", r->path, name);
}

/* Opens a directory for emptying, with all permissions for us. */
static int open_dir(int parent, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(parent, name, flags);
	struct stat st;

	if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(parent, name, flags);
	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
		fchmod(fd, 0700); /* when it fails, the removals in it tell */
	return fd;
}

static bool move_up(struct removal *r, int parent, const char *name)
{
	char to[32];
	uint64_t rnd;

	random_bytes(&rnd, sizeof(rnd));
	snprintf(to, sizeof(to), ".deep.%016llx", (unsigned long long)rnd);
	return renameat(parent, name, r->top, to) == 0 || fail(r, name);
}

static bool remove_dir(struct removal *r, int parent, const char *name, int depth)
{
	own_fd int fd = open_dir(parent, name);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return fail(r, name);
	if (st.st_dev != r->dev) {
		errno = EXDEV;
		return fail(r, name);
	}
	if (depth >= MAX_DEPTH)
		return move_up(r, parent, name);
	if (!remove_children(r, fd, depth))
		return false;
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT || fail(r, name);
}

static bool entry_is_dir(int parent, const struct dirent *de)
{
	struct stat st;

	if (de->d_type != DT_UNKNOWN)
		return de->d_type == DT_DIR;
	return fstatat(parent, de->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool remove_entry(struct removal *r, int parent, const struct dirent *de, int depth)
{
	if (entry_is_dir(parent, de))
		return remove_dir(r, parent, de->d_name, depth + 1);
	return unlinkat(parent, de->d_name, 0) == 0 || errno == ENOENT || fail(r, de->d_name);
}

/* One pass over the directory; *n counts what was there. */
static bool remove_pass(struct removal *r, DIR *d, int depth, size_t *n)
{
	struct dirent *de;

	rewinddir(d);
	*n = 0;
	while ((errno = 0, de = readdir(d))) {
		if (z_eq(de->d_name, ".") || z_eq(de->d_name, ".."))
			continue;
		++*n;
		if (!remove_entry(r, dirfd(d), de, depth))
			return false;
	}
	return errno == 0 || fail(r, ".");
}

static bool remove_children(struct removal *r, int fd, int depth)
{
	own_fd int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *d = own >= 0 ? fdopendir(own) : NULL;
	size_t n = 1;
	bool ok = true;

	if (!d)
		return fail(r, ".");
	fd_steal(&own);
	/* Until nothing is left: what a pass sees while it removes is not defined
	 * (readdir(3p)), and the top gets what was moved up. */
	while (ok && n)
		ok = remove_pass(r, d, depth, &n);
	closedir(d);
	return ok;
}

static bool remove_top(const char *path, int parent, const char *name, struct err *e)
{
	own_fd int fd = open_dir(parent, name);
	struct removal r = {.path = path, .top = fd, .e = e};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return fail(&r, name);
	r.dev = st.st_dev;
	if (!remove_children(&r, fd, 0))
		return false;
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 || err_sys(e, "remove %s", path);
}

bool file_remove_tree(const char *path, struct err *e)
{
	struct str dir = path_dir(str_z(path)), base = path_base(str_z(path));
	own_mem char *dir_z = mem_strndup(dir.p, dir.n);
	own_mem char *name = mem_strndup(base.p, base.n);
	own_fd int parent = -1;
	struct stat st;

	if (!*name || z_eq(name, "/") || z_eq(name, ".") || z_eq(name, ".."))
		return err_set(e, ERR_INVALID_ARGUMENT, "\"%s\" is no tree to remove", path);
	parent = open(dir_z, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return errno == ENOENT || err_sys(e, "open %s", dir_z);
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || err_sys(e, "remove %s", path);
	if (S_ISDIR(st.st_mode))
		return remove_top(path, parent, name, e);
	return unlinkat(parent, name, 0) == 0 || errno == ENOENT || err_sys(e, "remove %s", path);
}
