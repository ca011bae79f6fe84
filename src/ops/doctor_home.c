#include "ops/doctor_home.h"

#include "base/mem.h"
#include "base/shquote.h"
#include "ops/home_files.h"
#include "os/proc.h"
#include "store/config_file.h"

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
	struct finding wide, foreign, temp;
};

static void look_at(void *arg, const struct home_file *f)
{
	struct look *k = arg;

	if (!home_file_ours(f))
		finding_add(&k->foreign, "%s", f->name);
	else if (home_file_wide(f))
		finding_add(&k->wide, "%s (%04o)", f->name, f->st.mode);
	if (home_file_stray(f))
		finding_add(&k->temp, "%s", f->name);
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
	check_finding(out, "permissions", &k->wide, "only you can read the home",
		"wider than 0700 and 0600", REPAIR_FIX);
}

void doctor_home_files(const struct home *h, struct checks *out)
{
	struct look k = {0};

	home_files_walk(h->path, look_at, &k);
	report_modes(h, &k, out);
	check_finding(out, "temp_files", &k.temp, "no stray temporary files",
		"left behind by writers that were killed", REPAIR_FIX);
	finding_fini(&k.wide);
	finding_fini(&k.foreign);
	finding_fini(&k.temp);
}
