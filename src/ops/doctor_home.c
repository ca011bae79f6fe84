#include "ops/doctor_home.h"

#include "base/mem.h"
#include "base/shquote.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/config_file.h"

/* A temp file younger than this belongs to a process that is writing now. */
#define TEMP_AGE_S 60
#define MAX_DEPTH 8

static const char *const written[] = {"_config", "_index", "_jobs", "_locks", "_state",
	"environment-configs", "nodes", "projects"};

const char *doctor_nearest(const char *path, struct buf *out)
{
	buf_clear(out);
	buf_puts(out, path);
	while (!file_exists(buf_z(out)) && out->n > 1)
		buf_cut(out, path_dir(buf_view(out)).n);
	return buf_z(out);
}

static void check_writable(const struct home *h, struct checks *out)
{
	own_finding struct finding locked = {0};
	own_buf struct buf path = {0};

	if (!h->exists) {
		if (file_writable(doctor_nearest(h->path, &path)))
			check_ok(out, "home",
				"%s is not there yet: the first command that writes makes it",
				h->path);
		else
			check_fail(out, "home", "choose another place with CODELIMA_HOME or --home",
				"%s cannot be made: %s cannot be written", h->path, buf_z(&path));
		return;
	}
	if (!file_writable(h->path))
		finding_add(&locked, "%s", h->path);
	for (size_t i = 0; i < countof(written); i++)
		if (file_exists(home_path(h, &path, "%s", written[i])) &&
			!file_writable(buf_z(&path)))
			finding_add(&locked, "%s", buf_z(&path));
	if (locked.n)
		check_fail(out, "home",
			"make it writable for you, or choose another with CODELIMA_HOME",
			"cannot be written: %s", buf_z(&locked.text));
	else
		check_ok(out, "home", "%s can be written", h->path);
}

/* Defaults, for the checks that do not need a home. */
static void default_config(struct home *h, const char *home_flag)
{
	const char *path = home_flag ? home_flag : proc_env("CODELIMA_HOME");
	own_buf struct buf config = {0};

	path = path && *path ? path : "/";
	path_join(&config, path, "_config/config.yaml");
	config_fini(&h->config);
	config_load(path, buf_z(&config), &h->config, NULL);
}

static bool load_config(struct home *h, struct err *e)
{
	config_fini(&h->config);
	return config_load(h->path, h->config_path, &h->config, e) &&
	       config_check(&h->config, h->config_path, e);
}

static void report_config(const struct home *h, const struct err *e, struct checks *out)
{
	if (e->kind != ERR_NONE)
		check_error(out, "config", e);
	else if (file_exists(h->config_path))
		check_ok(out, "config", "%s is sound", h->config_path);
	else
		check_ok(out, "config", "no config.yaml yet: the defaults hold");
}

bool doctor_home_open(struct home *h, const char *home_flag, struct checks *out)
{
	own_err struct err why = {0}, config = {0};
	bool opened = home_open(h, home_flag, &why);
	bool blamed;

	if (!h->path) {
		check_error(out, "home", &why);
		check_fail(out, "config", NULL, "not read, since there is no home");
		default_config(h, home_flag);
		return false;
	}
	/* When it is not the configuration that keeps it from being opened, it is the home. */
	blamed = load_config(h, &config) && !opened;
	if (blamed)
		check_error(out, "home", &why);
	else
		check_writable(h, out);
	report_config(h, &config, out);
	return h->exists && !blamed;
}

struct look {
	const char *home;
	unsigned uid;
	int64_t now;
	struct finding wide, foreign, temp;
};

static void look_at(struct look *k, const char *name, struct str base, const struct file_stat *st)
{
	if (st->uid != k->uid)
		finding_add(&k->foreign, "%s", name);
	else if (st->mode & 077)
		finding_add(&k->wide, "%s (%04o)", name, st->mode);
	if (st->type == FILE_REG && str_starts(base, STR(".")) && str_ends(base, STR(".tmp")) &&
		k->now - st->mtime_s > TEMP_AGE_S)
		finding_add(&k->temp, "%s", name);
}

/* What a snapshot holds keeps its modes in the manifest; patches/ is not ours. */
static bool skipped(const char *name)
{
	return z_eq(name, "patches") || str_ends(str_z(name), STR("/tree"));
}

static void look_into(struct look *k, const char *dir, int depth)
{
	own_strv struct strv names = {0};
	own_buf struct buf path = {0};

	if (depth > MAX_DEPTH || !file_list(dir, &names, NULL))
		return;
	for (size_t i = 0; i < names.n; i++) {
		const char *name = path_join(&path, dir, names.v[i]) + strlen(k->home) + 1;
		struct file_stat st;

		if (!file_lstat(buf_z(&path), &st) || (st.type != FILE_REG && st.type != FILE_DIR))
			continue;
		look_at(k, name, str_z(names.v[i]), &st);
		if (st.type == FILE_DIR && !skipped(name))
			look_into(k, buf_z(&path), depth + 1);
	}
}

static void report_modes(const struct home *h, struct look *k, struct checks *out)
{
	own_buf struct buf fix = {0};

	if (k->foreign.n) {
		buf_printf(&fix, "sudo chown -R %s ", proc_user());
		sh_quote(&fix, str_z(h->path));
		check_finding(
			out, "permissions", &k->foreign, "", "owned by somebody else", buf_z(&fix));
		return;
	}
	buf_puts(&fix, "chmod -R go-rwx ");
	sh_quote(&fix, str_z(h->path));
	check_finding(out, "permissions", &k->wide, "only you can read the home",
		"wider than 0700 and 0600", buf_z(&fix));
}

void doctor_home_files(const struct home *h, struct checks *out)
{
	struct look k = {.home = h->path, .uid = proc_uid()};
	struct file_stat st;
	uint32_t nanos;

	clock_now(&k.now, &nanos);
	if (file_stat(h->path, &st))
		look_at(&k, h->path, str_z(""), &st);
	look_into(&k, h->path, 1);
	report_modes(h, &k, out);
	check_finding(out, "temp_files", &k.temp, "no stray temporary files",
		"left behind by writers that were killed", "they hold nothing: delete them");
	finding_fini(&k.wide);
	finding_fini(&k.foreign);
	finding_fini(&k.temp);
}
