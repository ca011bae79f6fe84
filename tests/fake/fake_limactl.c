/* limactl's commands; words and exit statuses as measured on Lima 2.2. */
#include "fake.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum { MAX_ARGS = 64 };

struct call {
	const char *command;
	const char *word[MAX_ARGS]; /* positional */
	int n;
	const char *flag[MAX_ARGS], *value[MAX_ARGS]; /* without dashes; value "" for switches */
	int n_flags;
	char **tail; /* of shell: from the instance on */
	int argc;
	char **argv;
};

static const char *flag(const struct call *c, const char *name)
{
	for (int i = 0; i < c->n_flags; i++)
		if (strcmp(c->flag[i], name) == 0)
			return c->value[i];
	return NULL;
}

static bool takes_value(const char *name)
{
	static const char *const names[] = {"name", "cpus", "memory", "disk", "arch", "set",
		"param", "mount", "mount-only", "mount-type", "network", "vm-type", "timeout",
		"workdir", "shell", "log-format", "log-level", "format", "f", "backend",
		"containerd", "dns", "port-forward", "ssh-port", NULL};
	for (int i = 0; names[i]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void parse(struct call *c)
{
	bool flags = true;
	for (int i = 1; i < c->argc; i++) {
		char *a = c->argv[i];
		if (flags && strcmp(a, "--") == 0) {
			flags = false;
		} else if (flags && a[0] == '-' && a[1]) {
			char *name = fmt("%s", a + (a[1] == '-' ? 2 : 1)), *eq = strchr(name, '=');
			const char *value = eq ? eq + 1 : "";
			if (eq)
				*eq = 0;
			bool short_f = strcmp(name, "f") == 0 && c->command &&
				       strcmp(c->command, "list") != 0;
			if (!eq && takes_value(name) && !short_f && i + 1 < c->argc)
				value = c->argv[++i];
			c->flag[c->n_flags] = name;
			c->value[c->n_flags++] = value;
		} else if (!c->command) {
			c->command = a;
		} else if (strcmp(c->command, "shell") == 0) {
			c->tail = c->argv + i;
			return;
		} else if (c->n < MAX_ARGS) {
			c->word[c->n++] = a;
		}
	}
}

static const char *only_name(const struct call *c)
{
	if (c->n < 1)
		fatal("requires at least 1 arg(s), only received 0");
	return c->word[0];
}

static void must_run(const char *name)
{
	const char *status = instance_status(name);
	if (!status)
		fatal("instance `%s` does not exist, run `limactl create %s` to create a new "
		      "instance",
			name, name);
	if (strcmp(status, "Running") != 0)
		fatal("instance `%s` is stopped, run `limactl start %s` to start the instance",
			name, name);
}

static int list_one(const struct call *c, const char *name)
{
	json_t *v = instance_json(name);
	if (!v)
		return 1;
	const char *format = flag(c, "format");
	const char *status = json_string_value(json_object_get(v, "status"));
	if (flag(c, "json") || (format && strcmp(format, "{{json .}}") == 0) ||
		(format && strcmp(format, "json") == 0))
		printf("%s\n", json_dumps(v, JSON_COMPACT));
	else if (flag(c, "q") || flag(c, "quiet") || (format && strcmp(format, "{{.Name}}") == 0))
		printf("%s\n", name);
	else if (format)
		printf("%s\n", strcmp(format, "{{.Status}}") == 0 ? status : format);
	else
		printf("%-8s%-11s127.0.0.1:0    qemu      x86_64    2       4GiB      20GiB    "
		       "%s\n",
			name, status, instance_path(name, ""));
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_all(const struct call *c)
{
	char *names[4096];
	size_t n = 0;
	DIR *d = opendir(lima_home());
	if (!d && errno != ENOENT)
		fatal("open %s: %s", lima_home(), strerror(errno));
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.' && e->d_name[0] != '_' && n < 4096)
			names[n++] = fmt("%s", e->d_name);
	if (d)
		closedir(d);
	if (n == 0)
		say("warning", "No instance found. Run `limactl create` to create an instance.");
	qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++)
		list_one(c, names[i]);
	return 0;
}

static int list(struct call *c)
{
	if (!flag(c, "json") && !flag(c, "format") && !flag(c, "q") && !flag(c, "quiet"))
		puts("NAME    STATUS     SSH            VMTYPE    ARCH      CPUS    MEMORY    DISK "
		     "    DIR");
	if (c->n == 0)
		return list_all(c);
	bool missing = false;
	for (int i = 0; i < c->n; i++)
		if (list_one(c, c->word[i]) != 0) {
			say("warning", "No instance matching %s found.", c->word[i]);
			missing = true;
		}
	if (missing)
		fatal("unmatched instances");
	return 0;
}

static int template(struct call *c)
{
	if (c->n < 2 || strcmp(c->word[0], "copy") != 0)
		fatal("the fake knows `template copy TEMPLATE [DEST]` only");
	const char *to = c->n > 2 ? c->word[2] : "-";
	char *text = flag(c, "fill") ? yaml_print(config_merged(template_filled(c->word[1])))
				     : template_text(c->word[1]);
	if (strcmp(to, "-") != 0)
		return !spill(to, text, 0644);
	fputs(text, stdout);
	return 0;
}

/* create's flags become lines of the text, in place of those that are there. */
static char *edited(const struct call *c, char *text)
{
	static const char *const keys[] = {"cpus", "memory", "disk"};
	for (int i = 0; i < 3; i++) {
		const char *value = flag(c, keys[i]);
		if (!value)
			continue;
		char *out = fmt("%s", ""), *rest = fmt("%s", text);
		for (char *line; (line = strsep(&rest, "\n"));)
			if (strncmp(line, fmt("%s:", keys[i]), strlen(keys[i]) + 1) != 0 &&
				(*line || rest))
				out = fmt("%s%s\n", out, line);
		text = fmt("%s%s: %s%s\n", out, keys[i], value, i ? "GiB" : "");
	}
	return text;
}

static int create(struct call *c)
{
	const char *locator = c->n ? c->word[0] : "template:default", *name = flag(c, "name");
	char *text = template_text(locator), *error = NULL;
	if (!yaml_value(text, &error))
		fatal("failed to unmarshal YAML (%s): %s", locator, error);
	if (strncmp(locator, "template:", 9) == 0)
		text = yaml_print(template_filled(locator));
	if (!name)
		name = strncmp(locator, "template:", 9) == 0 ? locator + 9 : "fake";
	instance_create(name, edited(c, text), c->argc, c->argv);
	return 0;
}

static int start(struct call *c)
{
	const char *name = c->n ? c->word[0] : "default";
	const char *timeout = flag(c, "timeout");
	if (!instance_status(name)) {
		say("info", "Creating an instance `%s` from template:default", name);
		instance_create(
			name, yaml_print(template_filled("template:default")), c->argc, c->argv);
	}
	instance_start(name,
		timeout ? strtol(timeout, NULL, 10) * (strchr(timeout, 'm') ? 60 : 1) : 600,
		c->argc, c->argv);
	return 0;
}

static int stop(struct call *c)
{
	const char *name = only_name(c), *status = instance_status(name);
	if (!status)
		fatal("open %s: no such file or directory", instance_path(name, "lima.yaml"));
	if (flag(c, "f") || flag(c, "force")) {
		instance_kill(name);
		return 0;
	}
	if (strcmp(status, "Running") != 0)
		fatal("expected status `Running`, got `%s` (maybe use `limactl stop -f`?)", status);
	long agent = pid_in(instance_path(name, "ha.pid"));
	say("info", "Sending SIGINT to hostagent process %ld", agent);
	kill((pid_t)agent, SIGINT);
	say("info", "Waiting for the host agent and the driver processes to shut down");
	for (int left = 15000; left > 0 && alive(agent); left--)
		nap_ms(2);
	if (strcmp(instance_status(name), "Stopped") != 0)
		fatal("timed out waiting for instance to shut down after 3 minutes");
	say("info", "The instance %s has shut down", name);
	return 0;
}

static int delete (struct call *c)
{
	for (int i = 0; i < c->n; i++) {
		const char *name = c->word[i], *status = instance_status(name);
		if (!status) {
			say("warning", "Ignoring non-existent instance `%s`", name);
			continue;
		}
		if (!exists(instance_path(name, "lima.yaml")))
			fatal("instance `%s` directory `%s` exists but its `lima.yaml` could not "
			      "be read; it was NOT deleted, in case it is currently being cloned "
			      "into. If no `limactl` operation is using it, remove it manually",
				name, instance_path(name, ""));
		bool force = flag(c, "f") || flag(c, "force");
		if (!force && strcmp(status, "Stopped") != 0)
			fatal("failed to delete instance `%s`: expected status `Stopped`, got `%s`",
				name, status);
		instance_kill(name);
		play("delete", c->argc, c->argv, MID);
		remove_tree(instance_path(name, ""));
		if (exists(instance_path(name, "")))
			fatal("failed to delete instance `%s`", name);
		say("info", "Deleted `%s` (`%s`)", name, instance_path(name, ""));
	}
	return 0;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

/* pkg/limatype/filenames: SkipOnClone, TmpFileSuffixes. */
static bool left_out(const char *file)
{
	return strcmp(file, "protected") == 0 || strcmp(file, "swtpm") == 0 ||
	       ends_in(file, ".pid") || ends_in(file, ".sock") || ends_in(file, ".tmp");
}

/* One after the other in the order of their names: lima.yaml comes late, the disk before. */
static void clone_files(const struct call *c, const char *from, const char *to)
{
	struct dirent **entry;
	int n = scandir(instance_path(from, ""), &entry, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *file = entry[i]->d_name;
		if (strcmp(file, ".") == 0 || strcmp(file, "..") == 0 || left_out(file))
			continue;
		if (strcmp(file, "lima.yaml") == 0)
			play("clone", c->argc, c->argv, MID);
		char *args[] = {"/bin/cp", "-RPp", instance_path(from, file),
			instance_path(to, file), NULL};
		if (wait_for(start_program(args, 1, 2, false)) != 0)
			fatal("copying %s failed", file);
	}
}

/* cmd/limactl/clone.go, pkg/instance/clone.go */
static int clone(struct call *c)
{
	if (c->n != 2)
		fatal("accepts 2 arg(s), received %d", c->n);
	const char *from = c->word[0], *to = c->word[1], *status = instance_status(from);
	if (flag(c, "y"))
		say("warning", "--yes flag is deprecated (--tty=false is still supported)");
	if (!status)
		fatal("instance `%s` not found", from);
	if (strcmp(from, to) == 0)
		fatal("new instance name `%s` must be different from `%s`", to, from);
	if (strcmp(status, "Running") == 0)
		fatal("cannot clone a running instance");
	if (instance_status(to))
		fatal("instance `%s` already exists", to);
	check_name(to);
	make_dirs(instance_path(to, ""));
	clone_files(c, from, to);
	return 0;
}

static int shell(struct call *c)
{
	if (!c->tail)
		fatal("requires at least 1 arg(s), only received 0");
	const char *name = c->tail[0], *workdir = flag(c, "workdir");
	must_run(name);
	char *script = fmt("cd %s 2>/dev/null || cd; exec sh -lc '\"$@\"' sh",
		shell_word(workdir ? workdir : "."));
	char **word = c->tail + 1;
	if (*word && strcmp(*word, "--") == 0)
		word++;
	bool login = !*word;
	for (; *word; word++)
		script = fmt("%s %s", script, shell_word(*word));
	return guest_run(name, login ? NULL : script, isatty(0) && isatty(1), false);
}

/* NAME:PATH of a running instance, else a path of the host. */
static char *copy_end(const char *word)
{
	const char *colon = strchr(word, ':');
	if (!colon || strchr(fmt("%.*s", (int)(colon - word), word), '/'))
		return fmt("%s", word);
	char *name = fmt("%.*s", (int)(colon - word), word);
	must_run(name);
	return guest_text(name, colon + 1);
}

static int copy(struct call *c)
{
	if (c->n < 2)
		fatal("requires at least 2 arg(s), only received %d", c->n);
	char *args[MAX_ARGS] = {
		"/bin/cp", flag(c, "r") || flag(c, "recursive") ? "-Rp" : "-p", "--"};
	for (int i = 0; i < c->n && i < MAX_ARGS - 4; i++)
		args[3 + i] = copy_end(c->word[i]);
	return wait_for(start_program(args, 1, 2, false));
}

static int info(struct call *c)
{
	(void)c;
	printf("%s\n", json_dumps(json_pack("{s:s s:[] s:s}", "version", "v2.2.0", "templates",
					  "limaHome", lima_home()),
			       JSON_INDENT(4)));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct call *c);
} commands[] = {{"list", list}, {"template", template}, {"create", create}, {"start", start},
	{"stop", stop}, {"delete", delete}, {"clone", clone}, {"shell", shell}, {"copy", copy},
	{"info", info}};

static int version(const struct call *c)
{
	const char *v = played("version", c->argc, c->argv, "version");
	if (!v)
		v = played("*", c->argc, c->argv, "version");
	play("version", c->argc, c->argv, EARLY);
	printf("limactl version %s\n", v ? v : "2.2.0");
	play("version", c->argc, c->argv, LATE);
	return 0;
}

int limactl_main(int argc, char **argv)
{
	struct call c = {.argc = argc, .argv = argv};
	if (argc > 1 && strcmp(argv[1], "hostagent") == 0)
		return hostagent(argc, argv);
	/* -f is a switch but for list: the command is needed to read the flags. */
	parse(&c);
	log_call("limactl", argc, argv, NULL);
	if (flag(&c, "log-format"))
		say_as_json(strcmp(flag(&c, "log-format"), "json") == 0);
	if (played("*", argc, argv, "root")) {
		fputs("limactl: must not run as the root user\n", stderr);
		return 1;
	}
	if (!c.command && (flag(&c, "version") || flag(&c, "v")))
		return version(&c);
	if (!c.command)
		fatal("no command");
	play(c.command, argc, argv, EARLY);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(c.command, commands[i].name) == 0) {
			int status = commands[i].run(&c);
			fflush(stdout);
			play(c.command, argc, argv, LATE);
			return status;
		}
	fatal("unknown command `%s` for \"limactl\"", c.command);
}
