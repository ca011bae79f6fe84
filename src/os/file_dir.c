/* The part of file.h that is about directories. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"

bool file_chmod(const char *path, unsigned mode, struct err *e)
{
	return chmod(path, (mode_t)mode) == 0 || err_sys(e, "change the mode of %s", path);
}

bool file_mkdir(const char *path, unsigned mode, struct err *e)
{
	struct file_stat st;

	if (mkdir(path, (mode_t)mode) == 0) {
		if (chmod(path, (mode_t)mode) != 0) /* the umask may have taken bits */
			return err_sys(e, "make directory %s", path);
		return true;
	}
	if (errno == EEXIST && file_stat(path, &st)) {
		if (st.type == FILE_DIR)
			return true;
		errno = EEXIST;
	}
	return err_sys(e, "make directory %s", path);
}

bool file_mkdirs(const char *path, unsigned mode, struct err *e)
{
	struct file_stat st;
	struct str dir = path_dir(str_z(path));
	own_mem char *parent = NULL;

	if (file_stat(path, &st) && st.type == FILE_DIR)
		return true;
	parent = mem_strndup(dir.p, dir.n);
	if (!z_eq(parent, "/") && !z_eq(parent, ".") && !file_mkdirs(parent, mode, e))
		return false;
	return file_mkdir(path, mode, e);
}

static bool is_dot(const char *name)
{
	return z_eq(name, ".") || z_eq(name, "..");
}

bool file_list(const char *path, struct strv *names, struct err *e)
{
	own_strv struct strv found = {0};
	struct dirent *de;
	DIR *d = opendir(path);
	int sys;

	if (!d && errno != ENOENT)
		return err_sys(e, "list %s", path);
	errno = 0;
	while (d && (de = readdir(d)))
		if (!is_dot(de->d_name))
			strv_add(&found, de->d_name);
	sys = errno;
	if (d)
		closedir(d);
	errno = sys;
	if (d && sys)
		return err_sys(e, "list %s", path);
	strv_sort(&found);
	strv_clear(names);
	strv_all(names, &found);
	return true;
}

char *file_realpath(const char *path, struct err *e)
{
	char *real = realpath(path, NULL);

	if (!real)
		err_sys(e, "resolve %s", path);
	return real;
}

char *file_cwd(struct err *e)
{
	char *cwd = getcwd(NULL, 0); /* POSIX leaves NULL open; glibc and macOS allocate */

	if (!cwd)
		err_sys(e, "find the current directory");
	return cwd;
}

/* The real path of the deepest existing ancestor of an absolute path (or of the
 * path itself), and the rest of the path, which does not exist. */
static char *deepest_real(const char *path, struct str *rest)
{
	struct str s = str_z(path);

	for (;;) {
		own_mem char *part = mem_strndup(s.p, s.n);
		char *real = realpath(part, NULL);

		if (real || s.n <= 1) {
			*rest = str_from(str_z(path), s.n);
			return real;
		}
		while (s.n > 1 && s.p[s.n - 1] == '/')
			s.n--;
		while (s.n > 1 && s.p[s.n - 1] != '/')
			s.n--;
	}
}

/* The path with all links resolved, of a file that need not exist. A ".." after
 * a missing component can lead back to what exists: then once more. */
static char *real_or_missing(const char *path)
{
	own_buf struct buf abs = {0};

	if (*path != '/') {
		own_mem char *cwd = file_cwd(NULL);

		if (!cwd)
			return NULL;
		path = path_join(&abs, cwd, path);
	}
	for (int round = 0; round < 16; round++) {
		struct str rest;
		own_mem char *real = deepest_real(path, &rest);
		own_buf struct buf joined = {0}, clean = {0};

		if (!real)
			return NULL;
		buf_printf(&joined, "%s/%.*s", real, STRF(rest));
		if (!path_absolute(joined.p, &clean, NULL))
			return NULL;
		if (z_eq(path, clean.p))
			return buf_steal(&clean);
		buf_clear(&abs);
		buf_str(&abs, buf_view(&clean));
		path = abs.p;
	}
	return NULL;
}

void file_above_of(const char *path, struct file_above *out)
{
	own_mem char *real = real_or_missing(path);
	size_t n = real ? strlen(real) : 0;

	*out = (struct file_above){0};
	while (real) {
		real[n] = '\0';
		out->v = mem_array(out->v, out->n + 1, sizeof(*out->v));
		out->n += file_stat(n ? real : "/", &out->v[out->n]);
		if (n == 0)
			return;
		while (n > 0 && real[n - 1] != '/')
			n--;
		n -= n > 0;
	}
}

bool file_above_has(const struct file_above *a, const struct file_stat *dir)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].dev == dir->dev && a->v[i].ino == dir->ino)
			return true;
	return false;
}

void file_above_fini(struct file_above *a)
{
	free(a->v);
	*a = (struct file_above){0};
}

bool file_is_in(const char *path, const char *dir)
{
	own_above struct file_above above = {0};
	struct file_stat st;

	if (!file_stat(dir, &st))
		return false;
	file_above_of(path, &above);
	return file_above_has(&above, &st);
}
