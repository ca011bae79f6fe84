#include "ops/workspace.h"

#include "base/mem.h"
#include "base/shquote.h"
#include "base/utf8.h"
#include "model/guest_path.h"
#include "os/file.h"
#include "os/proc.h"

static bool refuse(struct err *e, const char *path, const char *why)
{
	err_set(e, ERR_INVALID_ARGUMENT, "workspace %s %s", path, why);
	err_field(e, "workspace_path", path);
	return err_fix(e, "choose the directory of one repository");
}

/* One directory of the host that a workspace must keep clear of. */
struct protected_dir {
	const char *path, *equal, *around, *inside;
};

static bool clear_of(const char *ws, const struct protected_dir *p, struct err *e)
{
	struct file_stat st;

	if (!*p->path || !file_stat(p->path, &st))
		return true;
	if (file_same(ws, p->path))
		return refuse(e, ws, p->equal);
	if (file_is_in(p->path, ws))
		return refuse(e, ws, p->around);
	if (p->inside && file_is_in(ws, p->path))
		return refuse(e, ws, p->inside);
	return true;
}

static bool clear_of_all(const struct home *h, const char *ws, struct err *e)
{
	own_buf struct buf ssh = {0};
	const char *home_dir = proc_home();

	path_join(&ssh, home_dir, ".ssh");
	const struct protected_dir dirs[] = {
		{"/", "is the root directory", "is the root directory", NULL},
		{home_dir, "is your home directory", "contains your home directory", NULL},
		{h->path, "is CODELIMA_HOME", "contains CODELIMA_HOME", "lies in CODELIMA_HOME"},
		{h->config.lima_home, "is LIMA_HOME", "contains LIMA_HOME", "lies in LIMA_HOME"},
		{buf_z(&ssh), "is ~/.ssh", "contains ~/.ssh", "lies in ~/.ssh"},
	};
	for (size_t i = 0; i < countof(dirs); i++)
		if (!clear_of(ws, &dirs[i], e))
			return false;
	return true;
}

static bool usable_directory(const struct home *h, const char *path, struct err *e)
{
	struct file_stat st;

	if (!file_stat(path, &st))
		return refuse(e, path, "does not exist");
	if (st.type != FILE_DIR)
		return refuse(e, path, "is not a directory");
	if (!guest_path_check(path, proc_home(), e))
		return err_field(e, "workspace_path", path);
	return clear_of_all(h, path, e);
}

/* The word as typed, as an absolute path. */
static bool read_word(const char *given, struct buf *absolute, struct err *e)
{
	if (!*given)
		return refuse(e, "\"\"", "is empty");
	if (!path_absolute(given, absolute, e))
		return false;
	return utf8_valid(buf_view(absolute)) ||
	       refuse(e, buf_z(absolute), "has a name that is not UTF-8");
}

bool workspace_resolve(const struct home *h, const char *given, struct buf *out, struct err *e)
{
	own_buf struct buf absolute = {0};
	own_mem char *real = NULL;
	struct file_stat st;

	if (!read_word(given, &absolute, e))
		return false;
	if (!file_stat(buf_z(&absolute), &st))
		return refuse(e, buf_z(&absolute), "does not exist");
	real = file_realpath(buf_z(&absolute), e);
	if (!real)
		return err_as(e, ERR_INVALID_ARGUMENT);
	if (!usable_directory(h, real, e))
		return false;
	buf_clear(out);
	buf_puts(out, real);
	return true;
}

/* A home that is not ours: what another --home or LIMA_HOME would name. */
static bool looks_like_home(const char *dir, const char **what)
{
	static const struct {
		const char *mark, *what;
	} marks[] = {{"_index/projects", "lies in a CODELIMA_HOME"},
		{"_config/schema", "lies in a CODELIMA_HOME"},
		{"_config/networks.yaml", "lies in a LIMA_HOME"}};

	for (size_t i = 0; i < countof(marks); i++) {
		own_buf struct buf path = {0};

		if (file_exists(path_join(&path, dir, marks[i].mark))) {
			*what = marks[i].what;
			return true;
		}
	}
	return false;
}

static bool outside_all_homes(const char *path, struct err *e)
{
	struct str dir = path_dir(str_z(path));
	const char *what = NULL;

	while (dir.n > 1) {
		own_mem char *z = mem_strndup(dir.p, dir.n);

		if (looks_like_home(z, &what))
			return refuse(e, path, what);
		dir = path_dir(dir);
	}
	return true;
}

static bool in_the_way(struct err *e, const char *path, const char *why)
{
	err_set(e, ERR_PRECONDITION_FAILED, "%s %s", path, why);
	err_field(e, "workspace_path", path);
	return err_fix(e, "choose a directory that does not exist yet");
}

static bool nothing_there(const char *path, struct err *e)
{
	own_strv struct strv names = {0};
	struct file_stat st;

	if (!file_lstat(path, &st))
		return true;
	if (st.type != FILE_DIR)
		return in_the_way(e, path, "is there, and is no directory");
	if (!file_list(path, &names, e))
		return false;
	return !names.n || in_the_way(e, path, "is not empty");
}

/* A link to an empty directory stands for that directory. */
static bool resolve_destination(const char *absolute, struct buf *out, struct err *e)
{
	struct str above = path_dir(str_z(absolute)), base = path_base(str_z(absolute));
	own_mem char *dir = mem_strndup(above.p, above.n);
	own_mem char *name = mem_strndup(base.p, base.n);
	own_mem char *real = NULL;
	struct file_stat st;

	if (file_stat(absolute, &st)) {
		real = file_realpath(absolute, e);
		buf_clear(out);
		buf_puts(out, real);
		return real;
	}
	if (!file_stat(dir, &st) || st.type != FILE_DIR) {
		own_buf struct buf word = {0};

		sh_quote_z(&word, dir);
		refuse(e, absolute, "has no directory above it");
		return err_fix(e, "mkdir -p %s", buf_z(&word));
	}
	real = file_realpath(dir, e);
	if (!real)
		return false;
	path_join(out, real, name);
	return true;
}

/* NAME_MAX is 255 on Linux and macOS; PATH_MAX is 1,024 on macOS and 4,096 on Linux, and what
 * lies below wants some of it. */
#define NAME_LONGEST 255
#define PATH_LONGEST 900

static bool short_enough(const char *path, struct err *e)
{
	if (strlen(path) <= PATH_LONGEST && path_base(str_z(path)).n <= NAME_LONGEST)
		return true;
	err_set(e, ERR_INVALID_ARGUMENT,
		"workspace %.60s… is too long a path: %zu bytes, of at most %d, its name %zu, "
		"of at most %d",
		path, strlen(path), PATH_LONGEST, path_base(str_z(path)).n, NAME_LONGEST);
	err_field(e, "workspace_path", path);
	return err_fix(e, "choose a shorter one");
}

bool workspace_destination(const struct home *h, const char *given, struct buf *out, struct err *e)
{
	own_buf struct buf absolute = {0};

	if (!read_word(given, &absolute, e) || !short_enough(buf_z(&absolute), e))
		return false;
	if (!resolve_destination(buf_z(&absolute), out, e))
		return err_as(e, ERR_INVALID_ARGUMENT);
	if (!guest_path_check(buf_z(out), proc_home(), e))
		return err_field(e, "workspace_path", buf_z(out));
	return clear_of_all(h, buf_z(out), e) && outside_all_homes(buf_z(out), e) &&
	       nothing_there(buf_z(out), e);
}

bool workspace_usable(const struct home *h, const char *workspace, struct err *e)
{
	own_mem char *real = NULL;

	if (!usable_directory(h, workspace, e))
		return false;
	real = file_realpath(workspace, e);
	if (!real)
		return false;
	if (!z_eq(real, workspace))
		return refuse(e, workspace, "now leads elsewhere through a link");
	return true;
}

static bool has_mounted_node(const struct record_list *nodes, const char *project_id)
{
	const struct node *n = nodes->v;

	for (size_t i = 0; i < nodes->n; i++)
		if (z_eq(n[i].project_id, project_id) && z_eq(n[i].workspace_mode, "mounted"))
			return true;
	return false;
}

static bool taken(const struct project *p, const char *workspace, struct err *e)
{
	err_set(e, ERR_PRECONDITION_FAILED, "workspace %s already belongs to project %s", workspace,
		p->slug);
	err_field(e, "workspace_path", workspace);
	err_field(e, "project_slug", p->slug);
	err_field(e, "project_id", p->id);
	return err_fix(e, "codelima project show %s", p->slug);
}

static bool nested_mount(const struct project *p, const char *workspace, struct err *e)
{
	err_set(e, ERR_PRECONDITION_FAILED,
		"workspace %s and that of project %s (%s) lie in one another, and one of them is "
		"mounted live",
		workspace, p->slug, p->workspace_path);
	err_field(e, "workspace_path", workspace);
	err_field(e, "project_slug", p->slug);
	return err_fix(e, "use --workspace-mode copy, or delete the mounted node");
}

/* How two workspaces lie to each other. One that is missing has a place all the same. */
enum kinship { APART, NESTED, SAME };

static enum kinship kinship(const char *workspace, const struct file_above *above,
	const struct file_stat *self, const struct project *p)
{
	own_above struct file_above theirs = {0};
	struct file_stat other;
	bool holds = file_stat(p->workspace_path, &other) && file_above_has(above, &other);

	if (z_eq(p->workspace_path, workspace) ||
		(holds && other.dev == self->dev && other.ino == self->ino))
		return SAME;
	if (holds)
		return NESTED;
	file_above_of(p->workspace_path, &theirs);
	return self->type && file_above_has(&theirs, self) ? NESTED : APART;
}

bool workspace_check_others(const struct home *h, const struct ctx *c, const char *workspace,
	const char *self_id, bool mounting, struct err *e)
{
	own_records struct record_list projects = {0};
	own_records struct record_list nodes = {0};
	own_above struct file_above above = {0};
	struct file_stat self = {0};

	file_stat(workspace, &self);
	file_above_of(workspace, &above);
	if (!records_list(h, c, REC_PROJECT, LIST_QUIET, &projects, e) ||
		!records_list(h, c, REC_NODE, LIST_QUIET, &nodes, e))
		return false;
	bool self_mounted = mounting || (self_id && has_mounted_node(&nodes, self_id));

	for (size_t i = 0; i < projects.n; i++) {
		const struct project *p = (const struct project *)projects.v + i;

		enum kinship kin =
			z_eq(p->id, self_id) ? APART : kinship(workspace, &above, &self, p);

		if (kin == SAME)
			return taken(p, workspace, e);
		if (kin == APART)
			continue;
		if (self_mounted || has_mounted_node(&nodes, p->id))
			return nested_mount(p, workspace, e);
		ctx_notice(c, LEVEL_WARN,
			"workspace %s and that of project %s (%s) lie in one another", workspace,
			p->slug, p->workspace_path);
	}
	return true;
}
