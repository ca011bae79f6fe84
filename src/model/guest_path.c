#include "model/guest_path.h"

/* Directories of the guest that a workspace must never replace (contract/cli.md §5). */
static const char *const taken[] = {
	"bin", "boot", "dev", "etc", "proc", "root", "run", "sbin", "sys", "usr", "var", NULL};
static const char *const excepted[] = {"/var/tmp", "/var/folders", "/usr/local/src", NULL};

/* Is path dir or below it? Both absolute, without a slash at the end. */
static bool within(struct str path, struct str dir)
{
	return str_starts(path, dir) && (path.n == dir.n || path.p[dir.n] == '/');
}

static bool is_taken(struct str path)
{
	struct str first = str_from(path, 1);

	first.n = str_find(first, '/');
	if (str_starts(first, STR("lib")))
		return true;
	for (size_t i = 0; taken[i]; i++)
		if (str_eqz(first, taken[i]))
			return true;
	return false;
}

static bool is_excepted(struct str path, struct str home)
{
	if (home.n > 1 && within(path, home))
		return true;
	for (size_t i = 0; excepted[i]; i++)
		if (within(path, str_z(excepted[i])))
			return true;
	return false;
}

bool guest_path_check(const char *path, const char *home, struct err *e)
{
	struct str p = str_z(path), h = str_z(home);

	while (h.n > 1 && h.p[h.n - 1] == '/')
		h.n--;
	if (!p.n || p.p[0] != '/')
		err_set(e, ERR_INVALID_ARGUMENT, "workspace %s is no absolute path", path);
	else if (p.n == 1 || (h.n && within(h, p)))
		err_set(e, ERR_INVALID_ARGUMENT,
			"workspace %s is the home directory or holds it, and the guest uses the "
			"same "
			"path",
			path);
	else if (is_taken(p) && !is_excepted(p, h))
		err_set(e, ERR_INVALID_ARGUMENT,
			"workspace %s lies in a system directory, and the guest uses the same path",
			path);
	else
		return true;
	err_field(e, "workspace_path", path);
	return err_fix(e, "keep the project below your home directory or in a directory like /srv");
}
