#include "store/config_file.h"

#include <errno.h>

#include "base/mem.h"
#include "data/codec.h"
#include "model/commands.h"
#include "model/ports.h"
#include "model/settings.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/command_files.h"
#include "store/legacy.h"

#define PROFILES "_config/agent-profiles"

static bool read_file(const char *path, struct config *c, struct err *e)
{
	own_buf struct buf text = {0}, fresh = {0};
	own_err struct err why = {0};
	struct str now;

	if (!file_read(path, &text, YAML_MAX_SIZE, &why))
		return why.sys == ENOENT || why.sys == ENOTDIR || err_move(e, &why);
	now = buf_view(&text);
	if (legacy_suspect(LEGACY_CONFIG, now)) {
		if (!legacy_modernize(LEGACY_CONFIG, now, path, &fresh, e))
			return false;
		now = buf_view(&fresh);
	}
	return codec_read_yaml(&config_fields, c, now, path, e);
}

static void set(char **slot, const char *value)
{
	char *fresh = mem_strdup(value);

	free(*slot);
	*slot = fresh;
}

static void set_default(char **slot, const char *value)
{
	if (!*slot || !**slot)
		set(slot, value);
}

static bool make_absolute(char **slot, struct err *e)
{
	own_buf struct buf path = {0};

	if (!path_absolute(*slot, &path, e))
		return false;
	set(slot, buf_z(&path));
	return true;
}

/* A home that was moved or copied still names its old place, where the profiles
 * of another home may lie by now. */
static bool points_elsewhere(const struct config *c, const char *home)
{
	const char *dir = c->agent_profiles_dir, *root = c->metadata_root;

	if (root && *root && !z_eq(root, home) && !file_same(root, home)) {
		struct str rest = str_z(dir);

		if (str_starts(rest, str_z(root)) && dir[strlen(root)] == '/')
			return true;
	}
	return str_ends(str_z(dir), STR("/" PROFILES)) && !file_exists(dir);
}

static bool resolve_paths(struct config *c, const char *home, struct err *e)
{
	own_buf struct buf profiles = {0};
	const char *lima = proc_env("LIMA_HOME");

	path_join(&profiles, home, PROFILES);
	set_default(&c->agent_profiles_dir, buf_z(&profiles));
	if (!make_absolute(&c->agent_profiles_dir, e))
		return err_wrap(e, "agent_profiles_dir");
	if (points_elsewhere(c, home))
		set(&c->agent_profiles_dir, buf_z(&profiles));
	set(&c->metadata_root, home);
	if (lima)
		set(&c->lima_home, lima);
	set_default(&c->lima_home, "~/.lima");
	return make_absolute(&c->lima_home, e) || err_wrap(e, "lima_home");
}

bool config_load(const char *home, const char *path, struct config *c, struct err *e)
{
	bool ok = read_file(path, c, e);

	set_default(&c->default_agent_profile, "codex-cli");
	set_default(&c->default_template, "template:default");
	set_default(&c->accelerator, "auto");
	if (!c->snapshot_excludes.n) {
		strv_add(&c->snapshot_excludes, ".codelima");
		strv_add(&c->snapshot_excludes, ".git");
	}
	/* Also after a failure: doctor goes on with what there is. */
	return resolve_paths(c, home, ok ? e : NULL) && ok;
}

static bool check_sizes(const struct resources *r, struct err *e)
{
	own_buf struct buf ignored = {0};

	if (r->cpus < 0 || r->cpus > 1024)
		return err_set(e, ERR_INVALID_ARGUMENT, "resources.cpus: %lld will not do",
			(long long)r->cpus);
	return (!r->memory || size_normalize(str_z(r->memory), "resources.memory", &ignored, e)) &&
	       (!r->disk || size_normalize(str_z(r->disk), "resources.disk", &ignored, e));
}

static bool check_deadlines(const struct config *c, struct err *e)
{
	int64_t ms;

	for (size_t i = 0; i < c->deadlines.keys.n; i++)
		if (!settings_deadline(c, c->deadlines.keys.v[i], &ms, e))
			return false;
	return true;
}

static bool check_values(const struct config *c, struct err *e)
{
	struct port_rules ignored;

	if (!z_eq(c->accelerator, "auto") && !z_eq(c->accelerator, "tcg"))
		return err_set(e, ERR_INVALID_ARGUMENT,
			"accelerator: \"%s\" is neither auto nor tcg", c->accelerator);
	return check_sizes(&c->resources, e) && check_deadlines(c, e) &&
	       ports_parse(&c->ports, &ignored, e);
}

bool config_check(const struct config *c, const char *path, struct err *e)
{
	if (!check_values(c, e)) {
		err_wrap(e, "%s", path);
		return err_field(e, "path", path);
	}
	return commands_check(&c->lima_commands, path, e);
}

/* All ten actions are written out, as the reference does; a list equal to a
 * default overrides nothing (model/commands.h). */
void config_text(const struct config *c, struct buf *out)
{
	const struct command_level none[LEVEL_COUNT] = {{0}};
	struct config full = {0};

	fields_copy(&config_fields, &full, c);
	free(full.accelerator);
	full.accelerator = NULL; /* "auto" needs no line */
	for (size_t a = 0; a < ACT_COUNT; a++) {
		struct command_list list;

		if (lists_get(&full.lima_commands, actions[a].name))
			continue;
		commands_effective(none, (enum action)a, &list);
		lists_add(&full.lima_commands, actions[a].name)->list = list.commands;
	}
	codec_to_yaml(&config_fields, &full, out);
	config_fini(&full);
}
