#include "os/path.h"

#include <unistd.h>

#include "base/mem.h"
#include "os/proc.h"

const char *path_join(struct buf *out, const char *dir, const char *name)
{
	if (dir != out->p) {
		buf_clear(out);
		buf_puts(out, dir);
	}
	if (out->n && out->p[out->n - 1] != '/')
		buf_putc(out, '/');
	buf_puts(out, name);
	return buf_z(out);
}

static struct str without_end_slashes(struct str s)
{
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

struct str path_base(struct str path)
{
	size_t i;

	path = without_end_slashes(path);
	if (path.n == 1)
		return path;
	for (i = path.n; i > 0 && path.p[i - 1] != '/'; i--)
		;
	return str_from(path, i);
}

struct str path_dir(struct str path)
{
	path = without_end_slashes(path);
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return path.n ? without_end_slashes(path) : STR(".");
}

/* Adds the components of `path` to out, which is "" (the root) or "/a/b". */
static void add_components(struct buf *out, struct str path)
{
	struct str c;

	while (str_split(&path, '/', &c)) {
		if (c.n == 0 || str_eqz(c, "."))
			continue;
		if (str_eqz(c, "..")) {
			while (out->n && out->p[out->n - 1] != '/')
				out->n--;
			buf_cut(out, out->n ? out->n - 1 : 0);
			continue;
		}
		buf_putc(out, '/');
		buf_str(out, c);
	}
}

bool path_absolute(const char *path, struct buf *out, struct err *e)
{
	own_buf struct buf b = {0};
	struct str rest = str_z(path);

	if (!rest.n)
		return err_set(e, ERR_INVALID_ARGUMENT, "an empty path names no file");
	if (str_eqz(rest, "~") || str_starts(rest, STR("~/"))) {
		if (!*proc_home())
			return err_set(e, ERR_PRECONDITION_FAILED,
				"%s: the home directory is unknown (HOME is not set)", path);
		add_components(&b, str_z(proc_home()));
		rest = str_from(rest, 1);
	} else if (*path != '/') {
		own_mem char *cwd = getcwd(NULL, 0);

		if (!cwd)
			return err_sys(e, "%s: find the current directory", path);
		add_components(&b, str_z(cwd));
	}
	add_components(&b, rest);
	if (!b.n)
		buf_putc(&b, '/');
	buf_clear(out);
	buf_str(out, buf_view(&b));
	return true;
}
