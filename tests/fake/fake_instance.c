/* Instance directories and the processes behind them, as Lima 2.2 leaves them. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

char *instance_path(const char *name, const char *file)
{
	return fmt("%s/%s%s%s", lima_home(), name, *file ? "/" : "", file);
}

static json_t *own_config(const char *name, char **error)
{
	char *text = slurp(instance_path(name, "lima.yaml"), NULL);
	*error = NULL;
	return text ? yaml_value(text, error) : NULL;
}

const char *instance_status(const char *name)
{
	if (!exists(instance_path(name, "")))
		return NULL;
	char *error = NULL;
	if (!own_config(name, &error))
		return "Broken";
	bool agent = pid_in(instance_path(name, "ha.pid")),
	     vm = pid_in(instance_path(name, "qemu.pid"));
	return agent && vm ? "Running" : !agent && !vm ? "Stopped" : "Broken";
}

static long ssh_port(const char *name)
{
	char *text = slurp(instance_path(name, "ssh.config"), NULL);
	char *port = text ? strstr(text, "  Port ") : NULL;
	return port ? strtol(port + 7, NULL, 10) : 0;
}

static json_int_t gibibytes(const json_t *config, const char *key)
{
	const char *s = json_string_value(json_object_get(config, key));
	return s ? (json_int_t)(strtod(s, NULL) * (strstr(s, "MiB") ? 1 << 20 : 1 << 30)) : 0;
}

json_t *instance_json(const char *name)
{
	const char *status = instance_status(name);
	if (!status)
		return NULL;
	char *error = NULL, *dir = instance_path(name, "");
	json_t *own = own_config(name, &error);
	json_t *v = json_pack("{s:s s:s s:s s:s s:s s:s}", "name", name, "hostname",
		own ? fmt("lima-%s", name) : "", "status", status, "dir", dir, "vmType",
		own ? "qemu" : "", "arch", "");
	if (own) {
		json_t *config = config_merged(own);
		json_object_set(v, "arch", json_object_get(config, "arch"));
		json_object_set(v, "cpus", json_object_get(config, "cpus"));
		json_object_set_new(v, "memory", json_integer(gibibytes(config, "memory")));
		json_object_set_new(v, "disk", json_integer(gibibytes(config, "disk")));
		if (ssh_port(name))
			json_object_set_new(v, "sshLocalPort", json_integer(ssh_port(name)));
		json_object_set_new(
			v, "sshConfigFile", json_string(instance_path(name, "ssh.config")));
		if (pid_in(instance_path(name, "ha.pid")))
			json_object_set_new(v, "hostAgentPID",
				json_integer(pid_in(instance_path(name, "ha.pid"))));
		if (pid_in(instance_path(name, "qemu.pid")))
			json_object_set_new(v, "driverPID",
				json_integer(pid_in(instance_path(name, "qemu.pid"))));
		json_object_set_new(v, "config", config);
		json_object_set_new(v, "sshAddress", json_string("127.0.0.1"));
	} else {
		say("warning", "instance `%s` has errors", name);
		json_object_set_new(v, "errors",
			json_pack("[{s:s s:s s:i}]", "Op", "open", "Path",
				instance_path(name, "lima.yaml"), "Err", 2));
	}
	json_object_set_new(v, "protected", json_false());
	json_object_set_new(v, "limaVersion", json_string(own ? "v2.2.0" : ""));
	json_object_set_new(v, "LimaHome", json_string(lima_home()));
	json_object_set_new(v, "IdentityFile", json_string(fmt("%s/_config/user", lima_home())));
	return v;
}

static void must(bool good, const char *path)
{
	if (!good)
		fatal("open %s: %s", path, strerror(errno));
}

static void put(const char *name, const char *file, const char *text, mode_t mode)
{
	char *path = instance_path(name, file);
	must(spill(path, text, mode), path);
}

static void prepare_home(void)
{
	char *config = fmt("%s/_config", lima_home()), *key = fmt("%s/user", config);
	must(make_dirs(config), config);
	if (!exists(key)) {
		must(spill(key, "fake private key\n", 0600), key);
		must(spill(fmt("%s.pub", key), "ssh-ed25519 fake\n", 0644), key);
		must(spill(fmt("%s/networks.yaml", config), "paths: {}\n", 0644), config);
	}
}

void check_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') &&
			!(*c >= '0' && *c <= '9') && (c == name || !c[1] || !strchr("._-", *c)))
			fatal("instance name `%s` is not a valid identifier", name);
	char *sock = instance_path(name, "ssh.sock.1234567890123456");
	if (strlen(sock) >= 108)
		fatal("instance name `%s` too long: `%s` must be less than UNIX_PATH_MAX=108 "
		      "characters, "
		      "but is %zu",
			name, sock, strlen(sock));
}

void instance_create(const char *name, const char *text, int argc, char **argv)
{
	check_name(name);
	if (instance_status(name))
		fatal("instance `%s` already exists", name);
	char *error = NULL;
	json_t *own = yaml_value(text, &error);
	if (!own)
		fatal("failed to unmarshal YAML: %s", error);
	if (!json_array_size(json_object_get(own, "images")) && !json_object_get(own, "base"))
		fatal("field `images` must be set");
	prepare_home();
	say("info", "Terminal is not available, proceeding without opening an editor");
	char *dir = instance_path(name, "");
	must(mkdir(dir, 0700) == 0, dir);
	play("create", argc, argv, MID);
	put(name, "lima.yaml", text, 0644);
	put(name, "lima-version", "v2.2.0", 0444);
	put(name, "cloud-config.yaml", "#cloud-config\n", 0444);
	say("info", "Attempting to download the image");
	put(name, "disk", "fake disk\n", 0644);
	say("info", "Downloaded the image from `fake`");
	guest_prepare(name);
	say("info", "Run `limactl start %s` to start the instance.", name);
}

static pid_t spawn_agent(const char *name)
{
	char *out_path = instance_path(name, "ha.stdout.log"),
	     *err_path = instance_path(name, "ha.stderr.log");
	unlink(out_path);
	unlink(err_path);
	int out = open(out_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	int err = open(err_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	must(out >= 0 && err >= 0, out_path);
	char *program = fmt("%s/limactl", own_dir());
	char *args[] = {program, "hostagent", "--pidfile", instance_path(name, "ha.pid"),
		"--socket", instance_path(name, "ha.sock"), (char *)name, NULL};
	pid_t pid = start_program(args, out, err, true);
	close(out);
	close(err);
	return pid;
}

void instance_start(const char *name, long timeout_s, int argc, char **argv)
{
	if (strcmp(instance_status(name), "Running") == 0) {
		say("info",
			"The instance `%s` is already running. Run `limactl shell %s` to open the "
			"shell.",
			name, name);
		return;
	}
	/* As store.ReadPIDFile does with those of dead processes. */
	if (!pid_in(instance_path(name, "ha.pid")))
		unlink(instance_path(name, "ha.pid"));
	if (exists(instance_path(name, "ha.pid")))
		fatal("instance `%s` seems running (hint: remove `%s` if the instance is not "
		      "actually running)",
			name, instance_path(name, "ha.pid"));
	say("info", "Starting the instance `%s` with internal VM driver \"qemu\"", name);
	guest_prepare(name);
	put(name, "cidata.iso", "fake\n", 0644);
	pid_t agent = spawn_agent(name);
	play("start", argc, argv, MID);
	char *log = instance_path(name, "ha.stdout.log");
	bool said_port = false;
	for (long left = timeout_s * 500; left > 0; left--) {
		char *text = slurp(log, NULL);
		if (text && strstr(text, "sshLocalPort") && !said_port) {
			say("info", "SSH Local Port: %ld", ssh_port(name));
			said_port = true;
		}
		if (text && strstr(text, "\"exiting\":true"))
			fatal("exiting, status={Running:false Degraded:false Exiting:true} (hint: "
			      "see `%s`)",
				instance_path(name, "ha.stderr.log"));
		if (text && strstr(text, "\"degraded\":true"))
			fatal("degraded, status={Running:true Degraded:true Exiting:false}");
		if (text && strstr(text, "\"running\":true")) {
			say("info", "READY. Run `limactl shell %s` to open the shell.", name);
			return;
		}
		free(text);
		if (!alive(agent))
			fatal("host agent process has exited: exit status 1");
		nap_ms(2);
	}
	fatal("did not receive an event with the \"running\" status");
}

static void kill_and_wait(long pid)
{
	if (!pid)
		return;
	kill((pid_t)pid, SIGKILL);
	for (int left = 2500; left > 0 && alive(pid); left--)
		nap_ms(2);
}

void instance_kill(const char *name)
{
	kill_and_wait(pid_in(instance_path(name, "qemu.pid")));
	kill_and_wait(pid_in(instance_path(name, "ha.pid")));
	static const char *const left[] = {
		"qemu.pid", "ha.pid", "ha.sock", "ssh.sock", "serial.sock", NULL};
	say("info", "Removing *.pid *.sock *.tmp under `%s`", instance_path(name, ""));
	for (int i = 0; left[i]; i++)
		unlink(instance_path(name, left[i]));
}

/* The hostagent: its words are those of Lima 2.2's ha.stderr.log and ha.stdout.log. */

static volatile sig_atomic_t told_to_end;

static void on_end(int sig)
{
	(void)sig;
	told_to_end = 1;
}

static void event(const char *json)
{
	struct timespec now;
	char when[32];
	clock_gettime(CLOCK_REALTIME, &now);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", gmtime(&now.tv_sec));
	printf("{\"time\":\"%s.%09ldZ\",\"status\":%s}\n", when, now.tv_nsec, json);
	fflush(stdout);
}

static void write_ssh_config(const char *name, long port)
{
	put(name, "ssh.config",
		fmt("# This SSH config file can be passed to 'ssh -F'.\nHost lima-%s\n"
		    "  IdentityFile \"%s/_config/user\"\n  StrictHostKeyChecking no\n"
		    "  UserKnownHostsFile /dev/null\n  BatchMode yes\n  IdentitiesOnly yes\n  User "
		    "%s\n"
		    "  ControlMaster auto\n  ControlPath \"%s\"\n  ControlPersist yes\n"
		    "  Hostname 127.0.0.1\n  Port %ld\n",
			name, lima_home(), getenv("USER") ? getenv("USER") : "user",
			instance_path(name, "ssh.sock"), port),
		0600);
}

static void boot(const char *name)
{
	static const char *const needs[] = {
		"ssh", "user session is ready for ssh", "Explicitly start ssh ControlMaster"};
	const char *pace = getenv("FAKE_BOOT_MS");
	for (int i = 0; i < 3 && !told_to_end; i++) {
		say("info", "Waiting for the essential requirement %d of 3: `%s`", i + 1, needs[i]);
		nap_ms(pace ? strtol(pace, NULL, 10) : 5);
		say("info", "The essential requirement %d of 3 is satisfied", i + 1);
	}
	put(name, "serial.log", "[    0.000000] Linux version fake\r\nfake login: ", 0644);
	say("info", "Waiting for the guest agent to be running");
	say("info", "Guest agent is running");
	say("info", "Waiting for the final requirement 1 of 1: `boot scripts must have finished`");
	say("info", "The final requirement 1 of 1 is satisfied");
}

static void leave(const char *name, pid_t vm, long port)
{
	say("info", "Shutting down the host agent");
	if (vm > 0) {
		kill(vm, SIGKILL);
		wait_for(vm);
	}
	unlink(instance_path(name, "qemu.pid"));
	unlink(instance_path(name, "ha.sock"));
	unlink(instance_path(name, "ssh.sock"));
	unlink(instance_path(name, "ha.pid"));
	event(fmt("{\"exiting\":true,\"sshLocalPort\":%ld}", port));
}

int hostagent(int argc, char **argv)
{
	const char *name = argv[argc - 1];
	long port = 40000 + getpid() % 20000;
	say_as_json(true);
	signal(SIGINT, on_end);
	signal(SIGTERM, on_end);
	play("hostagent", argc, argv, EARLY);
	put(name, "ha.pid", fmt("%d\n", (int)getpid()), 0644);
	int sock = listen_unix(instance_path(name, "ha.sock"));
	put(name, "serial.log", "", 0644);
	write_ssh_config(name, port);
	say("info", "hostagent socket created at %s", instance_path(name, "ha.sock"));
	event(fmt("{\"sshLocalPort\":%ld}", port));
	play("hostagent", argc, argv, MID);
	say("info", "Starting QEMU (hint: to watch the boot progress, see `%s`)",
		instance_path(name, "serial*.log"));
	const char *cause = played("hostagent", argc, argv, "qemu-fail");
	if (cause) {
		say("info", "qemu[stderr]: %s", cause);
		say("fatal", "Driver stopped due to error: \"exit status 1\"");
		leave(name, 0, port);
		return 1;
	}
	char *program = fmt("%s/qemu-system-x86_64", own_dir());
	char *args[] = {program, "-name", fmt("lima-%s", name), "-pidfile",
		instance_path(name, "qemu.pid"), NULL};
	pid_t vm = start_program(args, -1, -1, true);
	for (int left = 2500; left > 0 && alive(vm) && !exists(instance_path(name, "qemu.pid"));
		left--)
		nap_ms(2);
	boot(name);
	play("hostagent", argc, argv, LATE);
	cause = played("hostagent", argc, argv, "degrade");
	event(cause ? fmt("{\"running\":true,\"degraded\":true,\"errors\":[\"%s\"]}", cause)
		    : fmt("{\"running\":true,\"sshLocalPort\":%ld}", port));
	for (long left = life_s() * 20; left > 0 && !told_to_end && alive(vm); left--)
		nap_until_signal(50);
	leave(name, vm, port);
	close(sock);
	return 0;
}

int qemu(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "-pidfile") == 0)
			spill(argv[i + 1], fmt("%d\n", (int)getpid()), 0600);
	nap_ms(life_s() * 1000);
	return 0;
}
