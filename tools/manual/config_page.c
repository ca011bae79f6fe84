/* codelima-config(5): every key that a file of the home may hold, in the order of the field tables
 */
#include <stdio.h>

#include "base/mem.h"
#include "model/commands.h"
#include "model/records.h"
#include "pages.h"

/* fallback: where it is not given. example: what stands behind "key:", lines below it
 * indented. Both may be NULL. Keys inside others are named with a dot. */
struct key_text {
	const char *key, *text, *fallback, *example;
};

#define RESOURCES                                                                                  \
	{"resources",                                                                              \
		"Size of the VMs; the nearest of node, project and config.yaml wins, "             \
		"number by number.",                                                               \
		NULL, "\n    cpus: 4\n    memory: 8GiB"},                                          \
		{"resources.cpus", "How many CPUs.", "2", NULL},                                   \
		{"resources.memory", "Memory: 4GiB, 512MiB; a bare number is GiB.", "4GiB", NULL}, \
	{                                                                                          \
		"resources.disk", "Largest size of the disk, written as memory is.", "20GiB", NULL \
	}
#define SHARED_DIRS(where)                                                                         \
	{"shared_dirs", where, "none", "\n    - host: ~/models\n      writable: false"},           \
		{"shared_dirs.host", "Directory on this computer.", NULL, NULL},                   \
		{"shared_dirs.guest", "Where the VM sees it.", "~/Shared in the VM", NULL},        \
	{                                                                                          \
		"shared_dirs.writable", "May the guest write it?", "false", NULL                   \
	}
#define COMMANDS(where)                                                                            \
	{                                                                                          \
		"lima_commands", where, "built in",                                                \
			"\n    start:\n        - '{{binary}} start -y --timeout 1h "               \
			"{{instance_name}}'"                                                       \
	}
#define KEPT "Kept by codelima; not to be changed by hand."
#define TIMES                                                                                      \
	{"created_at", KEPT, NULL, NULL}, {"updated_at", KEPT, NULL, NULL},                        \
	{                                                                                          \
		"deleted_at", "When it was deleted; a record with it is out of use.", NULL, NULL   \
	}

static const struct key_text config_texts[] = {
	{"metadata_root", "Written for older programs; ignored when read.", NULL, NULL},
	{"lima_home", "Where Lima keeps its instances. LIMA_HOME in the environment beats it.",
		"~/.lima", "~/vms"},
	{"default_agent_profile", "Profile of new projects.", "codex-cli", "claude-code"},
	{"default_template", "Lima template of new projects: template:NAME, a file or a URL.",
		"template:default", "template:debian"},
	COMMANDS("The command lines that are run, action by action; see below."),
	{"snapshot", "What project snapshots and forks do.", NULL, NULL},
	{"snapshot.excludes", "What they leave out, in the syntax of gitignore(5).",
		".codelima and .git", "\n    excludes:\n        - .git\n        - node_modules/"},
	{"agent_profiles_dir",
		"Directory of the agent profiles. One that points into a home that was moved "
		"counts "
		"as the default.",
		"_config/agent-profiles in the home", NULL},
	RESOURCES,
	{"accelerator",
		"auto, or tcg: emulate even where the host could do better. "
		"CODELIMA_ACCEL in the environment beats it.",
		"auto", "tcg"},
	{"deadlines",
		"How long each kind of work may take: 15s, 30m, none. Kinds: list, bootstrap, "
		"seed_prepare, boot_silence (a first boot without a word on the console), and the "
		"actions of lima_commands.",
		"list 15s, start 30m, bootstrap and shell none, boot_silence 30s, others 10m",
		"\n    start: 45m"},
	{"keys", "Kept for the terminal UI: action to key.", NULL, NULL},
	{"ports", "Guest ports that are forwarded to 127.0.0.1: ranges, HOST:GUEST, or off.",
		"1024-65535", "[3000, '8080:80']"},
	SHARED_DIRS(
		"Mounts that are meant to be: one that Lima's own default.yaml or override.yaml "
		"adds is refused unless it stands here, with the same three values. This list "
		"mounts nothing by itself."),
	{"containerd", "Let Lima set up containerd in new VMs?", "false", "true"},
};

static const struct key_text project_texts[] = {
	{"id", KEPT, NULL, NULL},
	{"slug", "Its name.", NULL, "api"},
	{"workspace_path", "The directory with the code; changed with project update.", NULL, NULL},
	{"parent_project_id", "The project it was forked from.", NULL, NULL},
	{"fork_base_snapshot_id", "The snapshot it was forked from.", NULL, NULL},
	{"agent_profile_name", "Agent profile of its new nodes.", "default_agent_profile",
		"claude-code"},
	{"environment_configs", "Environment configs that prepare its new nodes, in this order.",
		"none", "[codex, tools]"},
	{"default_runtime", "Only vm.", "vm", NULL},
	{"default_provider", "Only lima.", "lima", NULL},
	{"default_lima_template", "Lima template of its new nodes.", "default_template",
		"template:debian"},
	COMMANDS("As in config.yaml, for the nodes of this project; beats it."),
	RESOURCES,
	SHARED_DIRS("As in config.yaml, for the nodes of this project; the two lists add up."),
	TIMES,
};

static const struct key_text node_texts[] = {
	{"id", KEPT, NULL, NULL},
	{"slug", "Its name.", NULL, "api-node"},
	{"project_id", KEPT, NULL, NULL},
	{"parent_node_id", "The node it was cloned from.", NULL, NULL},
	{"runtime", "Only vm.", "vm", NULL},
	{"provider", "Only lima.", "lima", NULL},
	{"lima_instance_name", "Lima's name of the VM. " KEPT, NULL, NULL},
	{"lifecycle_state",
		"created, provisioning, registering, failed, terminating or terminated. " KEPT,
		"what is observed", NULL},
	{"agent_profile_name", "Agent profile, frozen when the node was created.", NULL, NULL},
	COMMANDS("As in config.yaml, for this node; beats the project's."),
	{"bootstrap_commands", "Commands of its own that ran when it was prepared.", "none", NULL},
	{"generated_template_path", KEPT, NULL, NULL},
	{"workspace_mode", "copy or mounted. " KEPT, NULL, NULL},
	{"guest_workspace_path", "Where the copy is in the guest. " KEPT, NULL, NULL},
	{"workspace_mount_path", "What is mounted. " KEPT, NULL, NULL},
	{"workspace_seeded", "Was the copy made? " KEPT, NULL, NULL},
	{"bootstrap_completed", "Did every step run? " KEPT, NULL, NULL},
	{"bootstrap_completed_at", KEPT, NULL, NULL},
	RESOURCES,
	{"ports", "As in config.yaml, for this node; read when its VM is built.", "config.yaml's",
		"off"},
	TIMES,
};

static const struct key_text environment_texts[] = {
	{"id", KEPT, NULL, NULL},
	{"slug", "Its name.", NULL, "tools"},
	{"bootstrap_commands",
		"Commands that prepare a guest, each its own sh -lc with the workspace as "
		"directory.",
		"none", "\n    - sudo apt-get install -y gcc make"},
	TIMES,
};

static const struct key_text profile_texts[] = {
	{"name", "The same as the file's name.", "the file's name", "claude-code"},
	{"install_commands", "Commands that install the agent in a guest.", "none",
		"\n    - curl -fsSL https://example.com/install.sh | sh"},
	{"validation_command", "Command that tells whether the agent is there.", "none",
		"claude --version"},
	{"launch_command", "Command that starts the agent; shown, never run by itself.", "none",
		"claude"},
	{"environment", "Variables in bootstrap steps and in shells.", "none",
		"\n    LANG: C.UTF-8"},
	{"term_program", "What TERM_PROGRAM is in its terminals.", NULL, NULL},
};

static const struct {
	const char *file, *about;
	const struct fields *fields;
	const struct key_text *texts;
	size_t n;
} files[] = {
	{"_config/config.yaml",
		"Settings of the whole home. codelima config show prints what is in "
		"force.",
		&config_fields, config_texts, countof(config_texts)},
	{"projects/ID/project.yaml", "A project.", &project_fields, project_texts,
		countof(project_texts)},
	{"nodes/ID/node.yaml", "A node.", &node_fields, node_texts, countof(node_texts)},
	{"environment-configs/ID/environment-config.yaml", "An environment config.",
		&environment_fields, environment_texts, countof(environment_texts)},
	{"_config/agent-profiles/NAME.yaml", "An agent profile.", &profile_fields, profile_texts,
		countof(profile_texts)},
};

static const char *type_word(enum field_type t)
{
	static const char *const words[F_TYPES] = {[F_STR] = "text",
		[F_BOOL] = "true or false",
		[F_INT] = "whole number",
		[F_LIST] = "list of texts",
		[F_MAP] = "map of texts",
		[F_LISTS] = "map of lists",
		[F_REC] = "map",
		[F_RECS] = "list of maps"};

	return words[t];
}

static const struct key_text *text_of(size_t file, const char *key)
{
	for (size_t i = 0; i < files[file].n; i++)
		if (z_eq(files[file].texts[i].key, key))
			return &files[file].texts[i];
	fprintf(stderr, "manual: no text for %s of %s\n", key, files[file].file);
	return NULL;
}

static void example(struct buf *out, const char *key, const char *value)
{
	own_buf struct buf b = {0};
	const char *name = strrchr(key, '.') && *value != '\n' ? strrchr(key, '.') + 1 : key;

	/* "snapshot.excludes" with its lines: they begin below "snapshot:". */
	buf_printf(
		&b, "%.*s:%s%s\n", (int)strcspn(name, "."), name, *value == '\n' ? "" : " ", value);
	buf_puts(out, ".Bd -literal -offset indent -compact\n");
	roff(out, buf_z(&b));
	buf_puts(out, ".Ed\n");
}

static void key(struct buf *out, const struct key_text *k, enum field_type type)
{
	buf_printf(out, ".It Cm %s Pq %s\n", k->key, type_word(type));
	roff(out, k->text);
	buf_putc(out, '\n');
	if (k->fallback) {
		buf_puts(out, "Default: ");
		roff(out, k->fallback);
		buf_puts(out, ".\n");
	}
	if (k->example)
		example(out, k->key, k->example);
}

/* Keys of a table, and of the tables inside; `seen` counts them. */
static bool keys(
	struct buf *out, size_t file, const struct fields *t, const char *lead, size_t *seen)
{
	for (size_t i = 0; i < t->n; i++) {
		own_buf struct buf name = {0};
		const struct key_text *k;

		if (t->f[i].flags & F_SHOWN)
			continue;
		buf_printf(&name, "%s%s", lead, t->f[i].name);
		k = text_of(file, buf_z(&name));
		if (!k)
			return false;
		++*seen;
		key(out, k, t->f[i].type);
		buf_putc(&name, '.');
		if (t->f[i].sub && !keys(out, file, t->f[i].sub, buf_z(&name), seen))
			return false;
	}
	return true;
}

static bool file_section(struct buf *out, size_t file)
{
	size_t seen = 0;

	buf_printf(out, ".Sh %s\n", files[file].file);
	roff(out, files[file].about);
	buf_puts(out, "\n.Bl -tag -width Ds\n");
	if (!keys(out, file, files[file].fields, "", &seen))
		return false;
	buf_puts(out, ".El\n");
	if (seen == files[file].n)
		return true;
	fprintf(stderr, "manual: %s has texts for keys that are not there\n", files[file].file);
	return false;
}

static void action_section(struct buf *out)
{
	buf_puts(out,
		".Sh LIMA COMMANDS\n"
		"A list replaces the whole list of the level below: node, project, config.yaml, "
		"built in.\nAn empty list changes nothing;\n.Ql bootstrap: false\nruns none.\n"
		"What stands in double braces is filled in and stays one word.\n"
		"Bootstrap commands are run in the guest as they stand.\n"
		".Bl -tag -width Ds\n");
	for (size_t a = 0; a < ACT_COUNT; a++) {
		buf_printf(out, ".It Cm %s\n.Bd -literal -compact\n", actions[a].name);
		roff(out, actions[a].builtin ? actions[a].builtin : "(none)");
		buf_puts(out, "\n.Ed\n");
		for (size_t i = 0;
			i < countof(actions[a].placeholders) && actions[a].placeholders[i]; i++)
			buf_printf(out, "%s%s", i ? ", " : "Knows ", actions[a].placeholders[i]);
		buf_puts(out, actions[a].placeholders[0] ? ".\n" : "");
	}
	buf_puts(out, ".El\n");
}

bool config_page(struct buf *out)
{
	buf_puts(out, ".Sh NAME\n.Nm codelima-config\n.Nd files in the home of codelima\n"
		      ".Sh DESCRIPTION\n"
		      "The home is\n.Pa ~/.codelima ,\nor what\n.Ev CODELIMA_HOME\nor\n.Fl "
		      "\\-home\nsays.\n"
		      "Its files are YAML and may be edited while codelima does not change them.\n"
		      "Comments, the order of keys and keys that are not listed here are kept.\n"
		      ".Xr codelima 1 ,\nwith the command\n.Cm doctor ,\nfinds what is wrong with "
		      "them.\n");
	for (size_t i = 0; i < countof(files); i++)
		if (!file_section(out, i))
			return false;
	action_section(out);
	buf_puts(out, ".Sh SEE ALSO\n.Xr codelima 1 ,\n.Xr limactl 1\n");
	return true;
}
