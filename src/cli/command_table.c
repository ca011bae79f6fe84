#include "base/mem.h"
#include "cli/command.h"
#include "cli/handlers.h"

#define SWITCH(n, h)                                                                               \
	{                                                                                          \
		.name = (n), .type = FLAG_BOOL, .help = (h)                                        \
	}
#define VALUE(n, v, h)                                                                             \
	{                                                                                          \
		.name = (n), .type = FLAG_VALUE, .value = (v), .help = (h)                         \
	}
/* What its value names is completed. */
#define NAMES(n, v, h, c)                                                                          \
	{                                                                                          \
		.name = (n), .type = FLAG_VALUE, .value = (v), .help = (h), .complete = (c)        \
	}
#define NEEDED(n, v, h, c)                                                                         \
	{                                                                                          \
		.name = (n), .type = FLAG_VALUE, .value = (v), .help = (h), .complete = (c),       \
		.required = true                                                                   \
	}
#define FLAGS(f) .flags = (f), .n_flags = countof(f)
#define ONE_ARG(word, c) .args = (word), .min_args = 1, .max_args = 1, .complete = (c)
#define SNAPSHOT_ARGS                                                                              \
	.args = "PROJECT ID", .min_args = 2, .max_args = 2, .complete = COMPLETE_PROJECT,          \
	.second = COMPLETE_SNAPSHOT

#define INCLUDE_DELETED SWITCH("include-deleted", "show deleted records too")
#define BOOTSTRAP(h)                                                                               \
	{                                                                                          \
		.name = "bootstrap-command", .type = FLAG_LIST, .value = "COMMAND", .help = (h),   \
		.alias = {                                                                         \
			"setup-command",                                                           \
			"env-command"                                                              \
		}                                                                                  \
	}
#define CLEAR_BOOTSTRAP(h)                                                                         \
	{                                                                                          \
		.name = "clear-bootstrap-commands", .type = FLAG_BOOL, .help = (h), .alias = {     \
			"clear-setup-commands",                                                    \
			"clear-env-commands"                                                       \
		}                                                                                  \
	}
#define MAYBE_EMPTY(n, h)                                                                          \
	{                                                                                          \
		.name = (n), .type = FLAG_VALUE, .value = "COMMAND", .help = (h),                  \
		.may_be_empty = true                                                               \
	}
#define PROFILE_COMMANDS                                                                           \
	MAYBE_EMPTY("validation-command", "tells in a started node whether the agent is there"),   \
		MAYBE_EMPTY("launch-command", "what starts the agent; shown, never run by itself")
#define INSTALL(h)                                                                                 \
	{                                                                                          \
		.name = "install-command", .type = FLAG_LIST, .value = "COMMAND", .help = (h)      \
	}
#define VARIABLES(h)                                                                               \
	{                                                                                          \
		.name = "env", .type = FLAG_LIST, .value = "NAME=VALUE", .help = (h)               \
	}
#define ENV_CONFIGS(h)                                                                             \
	{                                                                                          \
		.name = "env-config", .type = FLAG_LIST, .value = "REF", .help = (h),              \
		.complete = COMPLETE_ENVIRONMENT                                                   \
	}
#define RESOURCES                                                                                  \
	VALUE("cpus", "N", "CPUs of the VM"),                                                      \
		VALUE("memory", "SIZE", "memory of the VM: 4, 4GiB, 512M (a bare number is GiB)"), \
		VALUE("disk", "SIZE", "largest size of the VM's disk")
#define PROFILE NAMES("agent-profile", "NAME", "agent profile", COMPLETE_PROFILE)

const struct flag global_flags[] = {
	NAMES("home", "PATH", "use this home instead of CODELIMA_HOME or ~/.codelima",
		COMPLETE_DIR),
	SWITCH("json", "print one JSON document on stdout"),
	NAMES("log-level", "error|warn|info|debug", "how much is told on stderr (info)",
		COMPLETE_WORDS),
	{.name = "help", .type = FLAG_BOOL, .help = "show help", .letter = 'h'},
	SWITCH("version", "print the version"),
};
const size_t global_flags_n = countof(global_flags);

/* What a trait gives a command, beside its own flags. */
static const struct {
	unsigned traits;
	struct flag flag;
} trait_flags[] = {
	{CMD_LONG | CMD_FOLLOWS,
		SWITCH("events", "print progress as JSON Lines, the result document last")},
	{CMD_LONG, SWITCH("detach", "start it as a job, print its id, do not wait for it")},
};

static const struct flag doctor_flags[] = {
	SWITCH("strict", "exit with 1 when there are warnings"),
	SWITCH("repair", "mend what can be mended without losing anything, then check"),
};
static const struct flag environment_create_flags[] = {
	NEEDED("slug", "SLUG", "name of the config", COMPLETE_NONE),
	BOOTSTRAP("a command that prepares the guest"),
};
static const struct flag environment_update_flags[] = {
	BOOTSTRAP("a command of the new list, which replaces the old one"),
	CLEAR_BOOTSTRAP("leave it without commands"),
};
static const struct flag profile_create_flags[] = {
	NEEDED("name", "NAME", "name of the profile", COMPLETE_NONE),
	INSTALL("a command that installs the agent in a new node"),
	PROFILE_COMMANDS,
	VARIABLES("a variable for bootstrap steps and shells"),
};
static const struct flag profile_update_flags[] = {
	VALUE("name", "NAME", "a new name"),
	INSTALL("a command of the new list, which replaces the old one"),
	SWITCH("clear-install-commands", "leave it without install commands"),
	PROFILE_COMMANDS,
	VARIABLES("a variable of the new set, which replaces the old one"),
	SWITCH("clear-env", "leave it without variables"),
};
static const struct flag list_flags[] = {INCLUDE_DELETED};
static const struct flag project_create_flags[] = {
	NEEDED("workspace", "PATH", "directory with the code", COMPLETE_DIR),
	VALUE("slug", "SLUG", "name of the project (from the directory's name)"),
	ENV_CONFIGS("environment config for its nodes"),
	PROFILE,
	VALUE("template", "LOCATOR", "Lima template: template:NAME, a file or a URL"),
	RESOURCES,
	BOOTSTRAP("a command that runs last when a node is prepared"),
};
static const struct flag project_update_flags[] = {
	VALUE("slug", "SLUG", "a new name; the old one is free again"),
	NAMES("workspace", "PATH", "another directory with the code; not while a node is live",
		COMPLETE_DIR),
	PROFILE,
	VALUE("template", "LOCATOR", "Lima template for new nodes"),
	ENV_CONFIGS("an environment config of the new list, which replaces the old one"),
	SWITCH("clear-env-configs", "leave it without environment configs"),
	RESOURCES,
	SWITCH("clear-resources", "forget its cpus, memory and disk; those given with it count"),
	BOOTSTRAP("a command of the new list, which replaces the project's old one"),
	CLEAR_BOOTSTRAP("drop the project's own bootstrap commands"),
};
#define COMMANDS_FILE(text)                                                                        \
	NAMES("lima-commands-file", "PATH", text, COMPLETE_FILE),                                  \
		SWITCH("trust-file", "take that file even where a guest can write it")
static const struct flag project_fork_flags[] = {
	NEEDED("workspace", "PATH", "directory to make: missing so far, or empty", COMPLETE_DIR),
	VALUE("slug", "SLUG", "name of the new project (from the directory's name)"),
	NAMES("snapshot", "ID", "fork this snapshot instead of the workspace as it is now",
		COMPLETE_SNAPSHOT),
};
static const struct flag snapshot_create_flags[] = {
	VALUE("label", "TEXT", "a few words to know it by"),
};
static const struct flag node_create_flags[] = {
	NEEDED("project", "REF", "its project", COMPLETE_PROJECT),
	VALUE("slug", "SLUG", "name of the node (PROJECT-node)"),
	NAMES("workspace-mode", "copy|mounted",
		"copy: the guest gets its own copy of the workspace; mounted: it works on "
		"the workspace itself (copy)",
		COMPLETE_WORDS),
	PROFILE,
	RESOURCES,
	COMMANDS_FILE("YAML file with lima_commands for this node"),
	SWITCH("no-bootstrap", "run no bootstrap steps until start --rebootstrap"),
	SWITCH("containerd", "let Lima set up containerd in the guest"),
	NAMES("runtime", "vm", "only vm", COMPLETE_WORDS),
	NAMES("provider", "lima", "only lima", COMPLETE_WORDS),
};
static const struct flag node_list_flags[] = {
	INCLUDE_DELETED,
	NAMES("project", "REF", "only the nodes of this project", COMPLETE_PROJECT),
};
static const struct flag node_start_flags[] = {
	VALUE("timeout", "DURATION", "how long the VM may take to start: 30m, 90s"),
	SWITCH("recreate",
		"build the VM anew from its stored template and copy the workspace again"),
	SWITCH("rebootstrap", "run every bootstrap step again, as the first start noted them down"),
	SWITCH("yes", "with --recreate: do not ask before a VM with a copy is destroyed"),
};
static const struct flag node_clone_flags[] = {
	VALUE("node-slug", "SLUG", "name of the clone (REF-clone)"),
	COMMANDS_FILE("YAML file with lima_commands for the clone (those of REF)"),
	NAMES("agent-profile", "NAME", "only the one that REF has", COMPLETE_PROFILE),
};
static const struct flag node_cleanup_flags[] = {
	SWITCH("apply", "remove what is listed, each VM before its record"),
};
static const struct flag node_delete_flags[] = {
	SWITCH("yes", "do not ask when the VM runs or holds a copy"),
};
static const struct flag node_logs_flags[] = {
	NAMES("source", "events|boot|hostagent|bootstrap", "which log (events)", COMPLETE_WORDS),
	SWITCH("follow", "go on printing what is added"),
};
static const struct flag shell_flags[] = {
	VALUE("workdir", "PATH", "directory in the guest (the workspace)"),
	SWITCH("start", "start the node when it is stopped"),
	{.name = "tty",
		.type = FLAG_BOOL,
		.help = "with a terminal, whatever stdin is",
		.letter = 't'},
	{.name = "no-tty", .type = FLAG_BOOL, .help = "without a terminal", .letter = 'T'},
};

static const struct flag job_log_flags[] = {SWITCH("follow", "go on until the job has ended")};

#define SHELL_MORE                                                                                 \
	"Without CMD: the guest's login shell in the workspace. With CMD: that one command; its "  \
	"stdin, stdout, stderr and exit status are connected, and its arguments arrive byte for "  \
	"byte. The first word behind REF that is no flag begins CMD, so that\n\n"                  \
	"  codelima shell api-node make test\n  codelima shell api-node -- claude --version\n\n"   \
	"work as they look. The exit status is the command's own, 255 when ssh failed."

#define COMPLETION_MORE                                                                            \
	"Commands, flags, and the names and ids of what the home holds. In this shell only, or "   \
	"for good with the same line in the shell's start-up file:\n\n"                            \
	"  source <(codelima completion bash)     # ~/.bashrc\n"                                   \
	"  source <(codelima completion zsh)      # ~/.zshrc, behind compinit\n"                   \
	"  codelima completion fish | source      # ~/.config/fish/config.fish\n\n"                \
	"Where codelima was installed by make install or a package, none of this is needed."

const struct command commands[] = {
	{.group = "",
		.name = "doctor",
		.args = "",
		FLAGS(doctor_flags),
		.run = cmd_doctor,
		.traits = CMD_NO_HOME,
		.summary = "check that everything is there and the home is sound",
		.more = "Exits with 0 when all required checks pass, 3 when one fails, and with "
			"--strict 1 when there are warnings (host_loopback, which always warns, "
			"does not count). --repair sets modes right, removes stray temporary "
			"files, ends what operations that died left, moves records that cannot "
			"be read to _quarantine (none is deleted), and mends the index."},
	{.group = "",
		.name = "shell",
		ONE_ARG("REF [--] [CMD…]", COMPLETE_NODE),
		.traits = CMD_REST,
		FLAGS(shell_flags),
		.run = cmd_shell,
		.summary = "open a shell in a node, or run one command",
		.more = SHELL_MORE},
	{.group = "",
		.name = "config",
		.args = "",
		.run = cmd_config_show,
		.traits = CMD_HIDDEN,
		.summary = "show the settings in force"},
	{.group = "",
		.name = "help",
		.args = "[GROUP [COMMAND]]",
		.max_args = 3,
		.complete = COMPLETE_COMMAND,
		.second = COMPLETE_COMMAND,
		.run = cmd_help,
		.traits = CMD_NO_HOME,
		.summary = "show help"},
	{.group = "",
		.name = "version",
		.args = "",
		.run = cmd_version,
		.traits = CMD_NO_HOME,
		.summary = "print the versions of codelima, limactl and the terminal engine"},

	{.group = "",
		.name = "completion",
		ONE_ARG("bash|zsh|fish", COMPLETE_WORDS),
		.run = cmd_completion,
		.traits = CMD_NO_HOME,
		.summary = "print what makes a shell complete codelima's words",
		.more = COMPLETION_MORE},
	{.group = "",
		.name = "__complete",
		.args = "[--] [WORD…]",
		.run = cmd_complete,
		.traits = CMD_NO_HOME | CMD_HIDDEN | CMD_REST,
		.summary = "print what the last word may become"},

	{.group = "config",
		.name = "show",
		.args = "",
		.run = cmd_config_show,
		.summary = "show the settings in force",
		.more = "What config.yaml, the environment and the built-in defaults give "
			"together."},

	{.group = "environment",
		.name = "create",
		.args = "",
		FLAGS(environment_create_flags),
		.run = cmd_environment_create,
		.summary = "store an environment config",
		.more = "Its commands run in every new node of the projects that use it, each as "
			"its own sh -lc with the workspace as directory."},
	{.group = "environment",
		.name = "list",
		.args = "",
		FLAGS(list_flags),
		.run = cmd_environment_list,
		.summary = "list environment configs"},
	{.group = "environment",
		.name = "show",
		ONE_ARG("REF", COMPLETE_ENVIRONMENT),
		.run = cmd_environment_show,
		.summary = "show one environment config"},
	{.group = "environment",
		.name = "update",
		ONE_ARG("REF", COMPLETE_ENVIRONMENT),
		FLAGS(environment_update_flags),
		.run = cmd_environment_update,
		.summary = "replace the commands of an environment config",
		.more = "Nodes that exist already keep the commands they were created with."},
	{.group = "environment",
		.name = "delete",
		ONE_ARG("REF", COMPLETE_ENVIRONMENT),
		.run = cmd_environment_delete,
		.summary = "delete an environment config that no live project lists"},

	{.group = "profile",
		.name = "create",
		.args = "",
		FLAGS(profile_create_flags),
		.run = cmd_profile_create,
		.summary = "store an agent profile",
		.more = "Its install commands run first in every new node that uses it, its "
			"variables are set in bootstrap steps and shells."},
	{.group = "profile",
		.name = "list",
		.args = "",
		.run = cmd_profile_list,
		.summary = "list agent profiles"},
	{.group = "profile",
		.name = "show",
		ONE_ARG("NAME", COMPLETE_PROFILE),
		.run = cmd_profile_show,
		.summary = "show one agent profile"},
	{.group = "profile",
		.name = "update",
		ONE_ARG("NAME", COMPLETE_PROFILE),
		FLAGS(profile_update_flags),
		.run = cmd_profile_update,
		.summary = "change an agent profile",
		.more = "What is not given stays as it is. Nodes that exist already keep the "
			"install commands they were created with. One that is in use, or is the "
			"default, keeps its name."},
	{.group = "profile",
		.name = "delete",
		ONE_ARG("NAME", COMPLETE_PROFILE),
		.run = cmd_profile_delete,
		.summary = "delete an agent profile that is neither in use nor the default"},

	{.group = "project",
		.name = "create",
		.args = "",
		FLAGS(project_create_flags),
		.run = cmd_project_create,
		.summary = "register a workspace as a project"},
	{.group = "project",
		.name = "list",
		.args = "",
		FLAGS(list_flags),
		.run = cmd_project_list,
		.summary = "list projects"},
	{.group = "project",
		.name = "show",
		ONE_ARG("REF", COMPLETE_PROJECT),
		.run = cmd_project_show,
		.summary = "show one project"},
	{.group = "project",
		.name = "update",
		ONE_ARG("REF", COMPLETE_PROJECT),
		FLAGS(project_update_flags),
		.run = cmd_project_update,
		.summary = "change a project",
		.more = "What is not given stays as it is. Nodes that exist already keep their "
			"VM, their profile and their environment configs."},
	{.group = "project",
		.name = "delete",
		ONE_ARG("REF", COMPLETE_PROJECT),
		.run = cmd_project_delete,
		.summary = "delete a project without live nodes and children",
		.more = "The workspace on this computer is never touched."},
	{.group = "project",
		.name = "tree",
		.args = "[ROOT]",
		.max_args = 1,
		.complete = COMPLETE_PROJECT,
		FLAGS(list_flags),
		.run = cmd_project_tree,
		.summary = "show projects, their nodes and children as a tree"},
	{.group = "project",
		.name = "fork",
		ONE_ARG("SOURCE", COMPLETE_PROJECT),
		FLAGS(project_fork_flags),
		.traits = CMD_LONG,
		.run = cmd_project_fork,
		.summary = "copy a project's workspace into a new directory, as a new project",
		.more = "What snapshot.excludes names (.git and .codelima, unless config.yaml says "
			"otherwise) is not copied. The new project inherits the settings of its "
			"source."},
	{.group = "project snapshot",
		.name = "create",
		ONE_ARG("PROJECT", COMPLETE_PROJECT),
		FLAGS(snapshot_create_flags),
		.traits = CMD_LONG,
		.run = cmd_snapshot_create,
		.summary = "keep the workspace as it is now",
		.more = "What snapshot.excludes names is left out. Files that did not change since "
			"the snapshot before take no further space."},
	{.group = "project snapshot",
		.name = "list",
		ONE_ARG("PROJECT", COMPLETE_PROJECT),
		.run = cmd_snapshot_list,
		.summary = "list a project's snapshots"},
	{.group = "project snapshot",
		.name = "show",
		SNAPSHOT_ARGS,
		.run = cmd_snapshot_show,
		.summary = "show one snapshot"},
	{.group = "project snapshot",
		.name = "delete",
		SNAPSHOT_ARGS,
		.run = cmd_snapshot_delete,
		.summary = "delete a snapshot that no live project was forked from"},

	{.group = "node",
		.name = "create",
		.args = "",
		FLAGS(node_create_flags),
		.traits = CMD_LONG,
		.run = cmd_node_create,
		.summary = "create a node: a VM for a project",
		.more = "The VM is made, not started: node start does that, and copies the "
			"workspace "
			"and runs the bootstrap steps the first time."},
	{.group = "node",
		.name = "list",
		.args = "",
		FLAGS(node_list_flags),
		.run = cmd_node_list,
		.summary = "list nodes with the state of their VMs"},
	{.group = "node",
		.name = "show",
		ONE_ARG("REF", COMPLETE_NODE),
		.run = cmd_node_show,
		.summary = "show one node"},
	{.group = "node",
		.name = "status",
		ONE_ARG("REF", COMPLETE_NODE),
		.run = cmd_node_show,
		.summary = "show one node as it is now"},
	{.group = "node",
		.name = "start",
		ONE_ARG("REF", COMPLETE_NODE),
		FLAGS(node_start_flags),
		.traits = CMD_LONG,
		.run = cmd_node_start,
		.ask = ask_node_start,
		.summary = "start a node; the first time copies the workspace and runs bootstrap",
		.more = "A start that failed goes on where it stopped when it is run again."},
	{.group = "node",
		.name = "stop",
		ONE_ARG("REF", COMPLETE_NODE),
		.traits = CMD_LONG,
		.run = cmd_node_stop,
		.summary = "stop a node"},
	{.group = "node",
		.name = "restart",
		ONE_ARG("REF", COMPLETE_NODE),
		.traits = CMD_LONG,
		.run = cmd_node_restart,
		.summary = "stop a node and start it again"},
	{.group = "node",
		.name = "clone",
		ONE_ARG("REF", COMPLETE_NODE),
		FLAGS(node_clone_flags),
		.traits = CMD_LONG,
		.run = cmd_node_clone,
		.summary = "make a node with a copy of another node's VM",
		.more = "The VM is copied as it is, with the workspace in it, what was installed, "
			"and "
			"its logins, keys and tokens; nothing is seeded or bootstrapped again. A "
			"node "
			"that runs is stopped for it and started again afterwards."},
	{.group = "node",
		.name = "delete",
		ONE_ARG("REF", COMPLETE_NODE),
		FLAGS(node_delete_flags),
		.traits = CMD_LONG,
		.run = cmd_node_delete,
		.ask = ask_node_delete,
		.summary = "delete a node and its VM",
		.more = "Asks first when the VM runs or holds a copy of the workspace; without a "
			"terminal that needs --yes."},
	{.group = "node",
		.name = "cleanup-incomplete",
		.args = "",
		FLAGS(node_cleanup_flags),
		.run = cmd_node_cleanup_incomplete,
		.summary = "list or remove what operations that died left of nodes",
		.more = "Nodes that were never wholly made or deleted, and that nobody works on "
			"now. "
			"A VM that this home did not make is named and stays, and so does a node "
			"whose VM may hold work."},
	{.group = "node",
		.name = "logs",
		ONE_ARG("REF", COMPLETE_NODE),
		FLAGS(node_logs_flags),
		.run = cmd_node_logs,
		.summary = "show a node's events or one of its logs"},
	{.group = "node",
		.name = "shell",
		ONE_ARG("REF [--] [CMD…]", COMPLETE_NODE),
		.traits = CMD_REST,
		FLAGS(shell_flags),
		.run = cmd_shell,
		.summary = "the same as codelima shell",
		.more = SHELL_MORE},

	{.group = "job",
		.name = "list",
		.args = "",
		.run = cmd_job_list,
		.summary = "list what runs long, and the last 200 that did",
		.more = "Commands that run long are jobs, in the foreground too. A job whose "
			"process died without a word is told as lost."},
	{.group = "job",
		.name = "show",
		ONE_ARG("ID", COMPLETE_JOB),
		.run = cmd_job_show,
		.summary = "show one job"},
	{.group = "job",
		.name = "log",
		ONE_ARG("ID", COMPLETE_JOB),
		FLAGS(job_log_flags),
		.run = cmd_job_log,
		.summary = "show what a job and its tools said"},
	{.group = "job",
		.name = "cancel",
		ONE_ARG("ID", COMPLETE_JOB),
		.traits = CMD_FOLLOWS,
		.run = cmd_job_cancel,
		.summary = "stop a job, and wait until it has cleaned up"},
	{.group = "job",
		.name = "wait",
		ONE_ARG("ID", COMPLETE_JOB),
		.traits = CMD_FOLLOWS,
		.run = cmd_job_wait,
		.summary = "wait until a job ends, and exit as it did",
		.more = "Shows its progress meanwhile. Ctrl-C ends the waiting, not the job."},
};
const size_t commands_n = countof(commands);

const struct group groups[] = {
	{"project", "a directory with code, and what its nodes are made from"},
	{"project snapshot", "what a project's workspace was at one moment"},
	{"node", "a VM with a copy or a mount of a project's workspace"},
	{"environment", "reusable commands that prepare a guest"},
	{"profile", "how a coding agent is installed, checked and launched"},
	{"job", "what runs long: watched, waited for, stopped"},
	{"config", "settings"},
};
const size_t groups_n = countof(groups);

const struct command *command_find(const char *group, const char *name)
{
	for (size_t i = 0; i < commands_n; i++)
		if (z_eq(commands[i].group, group) && z_eq(commands[i].name, name))
			return &commands[i];
	return NULL;
}

const char *group_named(const char *above, const char *word)
{
	for (size_t i = 0; !strchr(word, ' ') && i < groups_n; i++) {
		struct str name = str_z(groups[i].name);

		if (*above && (!str_starts(name, str_z(above)) || name.p[strlen(above)] != ' '))
			continue;
		if (str_eqz(str_from(name, *above ? strlen(above) + 1 : 0), word))
			return groups[i].name;
	}
	return NULL;
}

const struct flag *command_flag(const struct command *c, size_t i)
{
	if (i < c->n_flags)
		return &c->flags[i];
	i -= c->n_flags;
	for (size_t k = 0; k < countof(trait_flags); k++)
		if ((c->traits & trait_flags[k].traits) && i-- == 0)
			return &trait_flags[k].flag;
	return NULL;
}
