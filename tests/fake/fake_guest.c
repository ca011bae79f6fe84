/* The guest: a directory of the instance, and shells that run here as its user.
 *
 *	guest/w      what $FAKE_WORK is in there; a mounted workspace is a link out
 *	guest/home   HOME      guest/bin   on PATH first: sudo      guest/run   XDG_RUNTIME_DIR
 *
 * As under sshd the command has pipes (or a terminal) of its own and a session of its
 * own: it outlives an ssh that is killed, and loses its streams then.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

char *guest_root(const char *name)
{
	return instance_path(name, "guest");
}

char *guest_text(const char *name, const char *text)
{
	const char *work = getenv("FAKE_WORK");
	return work && *work ? replace_all(text, work, fmt("%s/w", guest_root(name)))
			     : fmt("%s", text);
}

static void link_mounts(const char *name)
{
	json_t *config = json_object_get(instance_json(name), "config"), *m;
	const char *work = getenv("FAKE_WORK");
	size_t i;
	json_array_foreach(json_object_get(config, "mounts"), i, m)
	{
		const char *host = json_string_value(json_object_get(m, "location"));
		char *guest = guest_text(name, json_string_value(json_object_get(m, "mountPoint")));
		if (!work || strncmp(guest, guest_root(name), strlen(guest_root(name))) != 0 ||
			exists(guest))
			continue;
		char *parent = fmt("%s", guest);
		*strrchr(parent, '/') = 0;
		make_dirs(parent);
		if (symlink(host, guest) != 0)
			say("warning", "cannot mount %s", host);
	}
}

void guest_prepare(const char *name)
{
	static const char *const dirs[] = {"w", "home", "bin", "run", NULL};
	char *root = guest_root(name);
	for (int i = 0; dirs[i]; i++)
		make_dirs(fmt("%s/%s", root, dirs[i]));
	spill(fmt("%s/bin/sudo", root),
		"#!/bin/sh\nwhile :; do case $1 in\n-u) shift 2;;\n--) shift; break;;\n-*) "
		"shift;;\n"
		"*) break;;\nesac; done\nexec \"$@\"\n",
		0755);
	link_mounts(name);
}

static char **guest_environment(const char *name, bool tty)
{
	char *root = guest_root(name);
	const char *user = getenv("USER") ? getenv("USER") : "user", *tag = getenv("CL_TEST");
	char **env = calloc(16, sizeof *env);
	int n = 0;
	env[n++] = fmt("HOME=%s/home", root);
	env[n++] = fmt("USER=%s", user);
	env[n++] = fmt("LOGNAME=%s", user);
	env[n++] = fmt("SHELL=%s", exists("/bin/bash") ? "/bin/bash" : "/bin/sh");
	env[n++] = fmt("PATH=%s/bin:/usr/local/bin:/usr/bin:/bin", root);
	env[n++] = fmt("XDG_RUNTIME_DIR=%s/run", root);
	env[n++] = fmt("SSH_CONNECTION=192.168.5.2 50000 192.168.5.15 22");
	if (tag)
		env[n++] = fmt("CL_TEST=%s", tag);
	if (tty && getenv("TERM"))
		env[n++] = fmt("TERM=%s", getenv("TERM"));
	return env;
}

static void become_guest(const char *name, const char *script, bool tty, const int stream[3])
{
	setsid();
	for (int i = 0; i < 3; i++)
		dup2(stream[i], i);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
#ifdef TIOCSCTTY
	if (tty)
		ioctl(0, TIOCSCTTY, 0);
#endif
	signal(SIGPIPE, SIG_DFL);
	char **env = guest_environment(name, tty);
	if (chdir(fmt("%s/home", guest_root(name))) != 0)
		_exit(255);
	const char *shell = exists("/bin/bash") ? "/bin/bash" : "/bin/sh";
	char *login[] = {(char *)(strcmp(shell, "/bin/bash") == 0 ? "-bash" : "-sh"), NULL};
	char *args[] = {(char *)shell, "-c", (char *)script, NULL};
	execve(shell, script ? args : login, env);
	_exit(127);
}

static volatile sig_atomic_t resized;

static void on_winch(int sig)
{
	(void)sig;
	resized = 1;
}

static void copy_size(int master)
{
	struct winsize size;
	if (ioctl(0, TIOCGWINSZ, &size) == 0)
		ioctl(master, TIOCSWINSZ, &size);
}

static bool all_out(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

/* One chunk from one descriptor to another; false at the end of either. */
static bool pass(int from, int to)
{
	char chunk[65536];
	ssize_t n = read(from, chunk, sizeof chunk);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	return n > 0 && all_out(to, chunk, (size_t)n);
}

/* What was read from our stdin and the guest has not taken yet. */
struct pending {
	char text[65536];
	size_t n, sent;
};

/* False when the guest takes no more, or there is no more to take. */
static bool feed(struct pending *q, int in)
{
	if (q->sent == q->n) {
		ssize_t n = read(0, q->text, sizeof q->text);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			return true;
		if (n <= 0)
			return false;
		q->n = (size_t)n;
		q->sent = 0;
	}
	ssize_t put = write(in, q->text + q->sent, q->n - q->sent);
	if (put < 0)
		return errno == EINTR || errno == EAGAIN;
	q->sent += (size_t)put;
	return true;
}

/* in: our stdin to the guest's, closed at its end; -1 when there is none. The guest
 * may wait for us to take its output before it takes more input. */
static void relay(int in, int out, int err, bool tty)
{
	struct pending *q = calloc(1, sizeof *q);
	bool reading = in >= 0;
	if (in >= 0)
		fcntl(in, F_SETFL, O_NONBLOCK | fcntl(in, F_GETFL));
	while (out >= 0 || err >= 0) {
		bool waiting = q->sent < q->n;
		struct pollfd p[4] = {{reading && !waiting ? 0 : -1, POLLIN, 0}, {out, POLLIN, 0},
			{err, POLLIN, 0}, {reading ? in : -1, waiting ? POLLOUT : 0, 0}};
		if (poll(p, 4, 1000) < 0 && errno != EINTR)
			break;
		if (resized) {
			resized = 0;
			copy_size(out);
		}
		bool broken = !tty && (p[3].revents & (POLLERR | POLLHUP));
		bool ready = p[0].revents || (p[3].revents & POLLOUT);
		if (reading && (broken || (ready && !feed(q, in)))) {
			reading = false;
			if (!tty)
				close(in);
		}
		if (p[1].revents && !pass(out, 1)) {
			close(out);
			out = -1;
		}
		if (p[2].revents && !pass(err, 2)) {
			close(err);
			err = -1;
		}
	}
	free(q);
}

/* A command that a signal ended has no status for ssh to give. */
static int ssh_status(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static int with_pipes(const char *name, const char *script, bool no_stdin)
{
	int in[2], out[2], err[2];
	if (pipe(in) != 0 || pipe(out) != 0 || pipe(err) != 0)
		return 255;
	pid_t pid = fork();
	if (pid == 0)
		become_guest(name, script, false, (int[]){in[0], out[1], err[1]});
	close(in[0]);
	close(out[1]);
	close(err[1]);
	if (no_stdin)
		close(in[1]);
	relay(no_stdin ? -1 : in[1], out[0], err[0], false);
	return ssh_status(pid);
}

static int with_terminal(const char *name, const char *script)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return 255;
	int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	struct termios old, raw;
	bool local = tcgetattr(0, &old) == 0;
	if (local) {
		raw = old;
		cfmakeraw(&raw);
		tcsetattr(0, TCSANOW, &raw);
		signal(SIGWINCH, on_winch);
	}
	copy_size(master);
	pid_t pid = fork();
	if (pid == 0)
		become_guest(name, script, true, (int[]){slave, slave, slave});
	close(slave);
	relay(master, master, -1, true);
	if (local)
		tcsetattr(0, TCSADRAIN, &old);
	return ssh_status(pid);
}

int guest_run(const char *name, const char *script, bool tty, bool no_stdin)
{
	signal(SIGPIPE, SIG_IGN);
	char *text = script ? guest_text(name, script) : NULL;
	fflush(NULL);
	return tty ? with_terminal(name, text) : with_pipes(name, text, no_stdin);
}
