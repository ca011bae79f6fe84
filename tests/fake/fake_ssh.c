/* ssh as OpenSSH 9 behaves for the options codelima uses; the host is the instance
 * whose directory holds the -F file. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct options {
	const char *config, *control, *control_command, *host;
	char *script;
	bool master, persist, background, no_command, no_stdin;
	int tty; /* times -t was given; -1: -T */
	char *name;
};

static bool starts(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

static void set_option(struct options *o, const char *text)
{
	size_t key = strcspn(text, "= ");
	const char *value = text + key + strspn(text + key, "= ");
	if (starts(text, "ControlPath"))
		o->control = strcmp(value, "none") == 0 ? NULL : value;
	else if (starts(text, "ControlMaster"))
		o->master = starts(value, "yes") || starts(value, "auto");
	else if (starts(text, "ControlPersist"))
		o->persist = !starts(value, "no");
	else if (starts(text, "RequestTTY"))
		o->tty = starts(value, "force") ? 2 : starts(value, "yes") ? 1 : -1;
}

/* Letters of one argument; returns how many further arguments it used. */
static int letters(struct options *o, char **argv)
{
	for (const char *c = argv[0] + 1; *c; c++) {
		if (strchr("FoSOlpiLRDeEbcmwWJBIQ", *c)) {
			const char *value = c[1] ? c + 1 : argv[1];
			if (*c == 'F')
				o->config = value;
			else if (*c == 'S')
				o->control = value;
			else if (*c == 'O')
				o->control_command = value;
			else if (*c == 'o' && value)
				set_option(o, value);
			return c[1] ? 0 : 1;
		}
		o->master |= *c == 'M';
		o->no_command |= *c == 'N';
		o->background |= *c == 'f';
		o->no_stdin |= *c == 'n' || *c == 'f';
		o->tty = *c == 't' ? o->tty + 1 : *c == 'T' ? -1 : o->tty;
	}
	return 0;
}

static void parse(struct options *o, int argc, char **argv)
{
	bool flags = true;
	for (int i = 1; i < argc; i++) {
		if (flags && strcmp(argv[i], "--") == 0) {
			flags = false;
		} else if (flags && argv[i][0] == '-' && argv[i][1]) {
			i += letters(o, argv + i);
		} else if (!o->host) {
			o->host = argv[i];
		} else {
			flags = false; /* as getopt in ssh: the command's own words */
			o->script = o->script ? fmt("%s %s", o->script, argv[i]) : argv[i];
		}
	}
}

static void end(const char *f, const char *a, const char *b)
{
	fprintf(stderr, "%s%s%s\r\n", f, a, b);
	exit(255);
}

/* The instance of the -F file: its directory's name. */
static char *instance_of(const char *config)
{
	if (!exists(config))
		end("Can't open user config file ", config, ": No such file or directory");
	char *dir = absolute(config);
	*strrchr(dir, '/') = 0;
	char *slash = strrchr(dir, '/');
	*slash = 0;
	setenv("LIMA_HOME", dir, 1);
	return slash + 1;
}

static int connect_to(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	int e = errno;
	close(fd);
	errno = e;
	return -1;
}

static bool vm_lives(const struct options *o)
{
	return pid_in(instance_path(o->name, "qemu.pid")) != 0;
}

/* A master answers "check" with its pid and ends on "exit" or with its VM. */
static void serve(const struct options *o, int sock, const char *path)
{
	signal(SIGPIPE, SIG_IGN); /* some only look whether it answers */
	for (long left = life_s() * 4; left > 0 && vm_lives(o) && exists(path); left--) {
		struct pollfd p = {sock, POLLIN, 0};
		if (poll(&p, 1, 250) <= 0)
			continue;
		int c = accept(sock, NULL, NULL);
		char word[16] = "";
		if (read(c, word, sizeof word - 1) <= 0)
			word[0] = 0;
		char *pid = fmt("%d", (int)getpid());
		if (write(c, pid, strlen(pid)) < 0)
			word[0] = 0;
		close(c);
		if (strcmp(word, "exit") == 0)
			break;
	}
	unlink(path);
	_exit(0);
}

static void start_master(struct options *o)
{
	if (strlen(o->control) + 18 > 108)
		end("ControlPath too long ('", o->control, "' >= 108 bytes)");
	int other = connect_to(o->control);
	if (other >= 0) {
		close(other);
		fprintf(stderr, "ControlSocket %s already exists, disabling multiplexing\r\n",
			o->control);
		return;
	}
	unlink(o->control);
	int sock = listen_unix(o->control);
	if (sock < 0)
		end("unix_listener: cannot bind to path ", o->control, "");
	fflush(NULL);
	if (fork() == 0) {
		int keep = dup2(sock, 300);
		detach(-1, -1);
		serve(o, keep, o->control);
	}
	close(sock);
}

static int control(const struct options *o)
{
	int fd = o->control ? connect_to(o->control) : -1;
	if (fd < 0)
		end("Control socket connect(", o->control ? o->control : "",
			errno == ENOENT ? "): No such file or directory" : "): Connection refused");
	char pid[32] = "";
	if (write(fd, o->control_command, strlen(o->control_command)) < 0 ||
		read(fd, pid, sizeof pid - 1) < 0)
		pid[0] = 0;
	if (strcmp(o->control_command, "check") == 0)
		fprintf(stderr, "Master running (pid=%s)\r\n", pid);
	else
		fputs("Exit request sent.\r\n", stderr);
	for (int left = 100;
		strcmp(o->control_command, "exit") == 0 && left > 0 && exists(o->control); left--)
		nap_ms(10);
	return 0;
}

static bool has_master(const struct options *o)
{
	int fd = o->control ? connect_to(o->control) : -1;
	if (fd < 0 && o->control && errno == ECONNREFUSED)
		fprintf(stderr, "Control socket connect(%s): Connection refused\r\n", o->control);
	if (fd < 0)
		return false;
	if (write(fd, "session", 7) < 0)
		fputs("ssh: fake master does not answer\r\n", stderr);
	close(fd);
	return true;
}

int ssh_main(int argc, char **argv)
{
	struct options o = {0};
	if (argc == 2 && strcmp(argv[1], "-V") == 0) {
		fputs("OpenSSH_9.2p1 fake\n", stderr);
		return 0;
	}
	parse(&o, argc, argv);
	const char *as = o.control_command ? "ssh-control" : o.no_command ? "ssh-master" : "ssh";
	bool over = !o.control_command && !o.no_command && has_master(&o);
	log_call(as, argc, argv,
		json_pack("{s:s? s:b s:s?}", "script", o.script, "over_master", over, "host",
			o.host));
	if (!o.host || !o.config)
		end("usage: ssh -F FILE HOST [COMMAND]", "", "");
	o.name = instance_of(o.config);
	play(as, argc, argv, EARLY);
	if (o.control_command)
		return control(&o);
	if (!vm_lives(&o))
		end("ssh: connect to host 127.0.0.1 port 22: Connection refused", "", "");
	if (o.control && o.master && !over)
		start_master(&o);
	int status = 0;
	if (!o.no_command)
		status = guest_run(o.name, o.script,
			o.tty > 1 || (o.tty >= 0 && (o.tty || !o.script) && isatty(0)), o.no_stdin);
	else if (!o.background)
		nap_ms(life_s() * 1000);
	play(as, argc, argv, LATE);
	return status;
}
