#include "ops/home_files.h"

#include "base/mem.h"
#include "os/clock.h"
#include "os/proc.h"

#define MAX_DEPTH 8
/* A temp file younger than this belongs to a process that is writing now. */
#define TEMP_AGE_S 60

struct walk {
	const char *home;
	void (*see)(void *arg, const struct home_file *f);
	void *arg;
};

static bool sealed(const char *name)
{
	return z_eq(name, "patches") || str_ends(str_z(name), STR("/tree"));
}

static void walk_into(const struct walk *w, const char *dir, int depth)
{
	own_strv struct strv names = {0};
	own_buf struct buf path = {0};

	if (depth > MAX_DEPTH || !file_list(dir, &names, NULL))
		return;
	for (size_t i = 0; i < names.n; i++) {
		struct home_file f = {.path = path_join(&path, dir, names.v[i])};

		f.name = f.path + strlen(w->home) + 1;
		f.sealed = sealed(f.name);
		if (!file_lstat(f.path, &f.st) || (f.st.type != FILE_REG && f.st.type != FILE_DIR))
			continue;
		w->see(w->arg, &f);
		if (f.st.type == FILE_DIR && !f.sealed)
			walk_into(w, f.path, depth + 1);
	}
}

void home_files_walk(const char *home, void (*see)(void *arg, const struct home_file *f), void *arg)
{
	const struct walk w = {home, see, arg};
	struct home_file f = {.path = home, .name = home};

	if (!file_stat(home, &f.st))
		return;
	see(arg, &f);
	walk_into(&w, home, 1);
}

bool home_file_ours(const struct home_file *f)
{
	return f->st.uid == proc_uid();
}

bool home_file_wide(const struct home_file *f)
{
	return (f->st.mode & 077) != 0;
}

bool home_file_stray(const struct home_file *f)
{
	struct str name = path_base(str_z(f->path));
	int64_t now;
	uint32_t nanos;

	clock_now(&now, &nanos);
	return f->st.type == FILE_REG && str_starts(name, STR(".")) &&
	       str_ends(name, STR(".tmp")) && now - f->st.mtime_s > TEMP_AGE_S;
}
