#include "fake.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool as_json;

/* A string of JSON; bytes that are no UTF-8 as {"hex": "..."}. */
static json_t *bytes_json(const char *s)
{
	json_t *v = json_string(s);
	if (v)
		return v;
	char *hex = calloc(1, strlen(s) * 2 + 1);
	for (size_t i = 0; s[i]; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)s[i]);
	return json_pack("{s:s}", "hex", hex);
}

static const char *what_is(int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return "closed";
	if (isatty(fd))
		return "tty";
	if (S_ISCHR(st.st_mode))
		return "null";
	return S_ISREG(st.st_mode) ? "file" : "pipe";
}

void log_call(const char *as, int argc, char **argv, json_t *more)
{
	const char *path = getenv("FAKE_LOG");
	if (!path)
		return;
	json_t *args = json_array(), *env = json_object();
	for (int i = 1; i < argc; i++)
		json_array_append_new(args, bytes_json(argv[i]));
	static const char *const watched[] = {"LIMA_HOME", "QEMU_SYSTEM_X86_64",
		"QEMU_SYSTEM_AARCH64", "SSH_AUTH_SOCK", "TMUX", "CODELIMA_HOME", NULL};
	for (size_t i = 0; watched[i]; i++)
		if (getenv(watched[i]))
			json_object_set_new(env, watched[i], bytes_json(getenv(watched[i])));
	char *cwd = getcwd(NULL, 0);
	json_t *line = json_pack("{s:s s:o s:o s:i s:i s:b s:s s:s? s:i}", "as", as, "argv", args,
		"env", env, "pid", (int)getpid(), "ppid", (int)getppid(), "leads_group",
		getpgrp() == getpid(), "stdin", what_is(0), "cwd", cwd, "time", (int)time(NULL));
	if (more)
		json_object_update(line, more);
	char *text = fmt("%s\n", json_dumps(line, JSON_COMPACT));
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "fake: cannot write %s\n", path);
	close(fd);
}

void say_as_json(bool on)
{
	as_json = on;
}

static void say_v(const char *level, const char *f, va_list ap)
{
	char *msg = NULL, when[64];
	if (vasprintf(&msg, f, ap) < 0)
		abort();
	time_t now = time(NULL);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_t *m = bytes_json(msg);
	if (as_json)
		fprintf(stderr, "%s\n",
			json_dumps(
				json_pack("{s:s s:o s:s}", "level", level, "msg", m, "time", when),
				JSON_COMPACT));
	else
		fprintf(stderr, "time=\"%s\" level=%s msg=%s\n", when, level,
			json_dumps(m, JSON_ENCODE_ANY));
}

void say(const char *level, const char *f, ...)
{
	va_list ap;
	va_start(ap, f);
	say_v(level, f, ap);
	va_end(ap);
}

void fatal(const char *f, ...)
{
	va_list ap;
	va_start(ap, f);
	say_v("fatal", f, ap);
	va_end(ap);
	exit(1);
}
