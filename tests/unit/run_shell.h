/* run_shell.h - what a real shell makes of a script: its stdout, for tests */
#ifndef TESTS_RUN_SHELL_H
#define TESTS_RUN_SHELL_H

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

extern char **environ;

static const char *const all_shells[] = {"sh", "bash", "dash"};

/* Exit status, or -1 when that shell is not installed. */
static inline int run_shell(const char *shell, const char *script, struct buf *out)
{
	char *argv[] = {(char *)shell, "-c", (char *)script, NULL};
	posix_spawn_file_actions_t fa;
	char chunk[4096];
	int fds[2], status = -1, rc;
	ssize_t n;
	pid_t pid;

	if (pipe(fds) < 0)
		return -1;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, fds[1], 1);
	posix_spawn_file_actions_addclose(&fa, fds[0]);
	posix_spawn_file_actions_addclose(&fa, fds[1]);
	rc = posix_spawnp(&pid, shell, &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(fds[1]);
	while (rc == 0 && (n = read(fds[0], chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
	close(fds[0]);
	if (rc != 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Values that break quoting done badly. */
static const char *const nasty_values[] = {
	"",
	" ",
	"a b",
	"'",
	"''",
	"\"",
	"\\",
	"\\\\",
	"\\'",
	"a\\",
	"$",
	"$HOME",
	"${HOME}",
	"$(echo pwned)",
	"`echo pwned`",
	"$((1+1))",
	"a\nb",
	"\n",
	"\n\n",
	"a\n",
	"\t",
	"\r\n",
	"-n",
	"--",
	"-e \\n",
	"~",
	"~root",
	"*",
	"?",
	"[a-z]*",
	"{a,b}",
	"a;echo pwned",
	"a&b",
	"a|b",
	">/dev/null",
	"<x",
	"#",
	"# x",
	"a#b",
	"!",
	"!!",
	"x=y",
	"=ls",
	"2",
	"if",
	"time",
	"done",
	"'\"'\"'",
	"'$(echo pwned)'",
	"\"$(echo pwned)\"",
	"%s",
	"%d\\n",
	"\xC3\xA9",
	"\xF0\x9F\x90\xB3",
	"\xFF\xFE",
	"\xC3",
	"\x80",
	"\x01\x02\x7F",
	"\x1B[31m",
	"\xE2\x80\xA8",
	"{{binary}}",
	"}}",
	"EOF",
	"a'b\"c$d`e\\f\ng h",
};

/* The i-th of an endless row of values: the nasty ones, then mixtures of their bytes. */
static inline void nth_value(unsigned i, struct buf *out)
{
	static const char bytes[] =
		"'\"\\$`(){}[]<>|&;#~*?!=-+%^,.:/ \t\n\r abcHOME019_\xC3\xA9\xFF\x01\x7F";
	unsigned x = i * 2654435761u + 12345;

	buf_clear(out);
	if (i < countof(nasty_values)) {
		buf_puts(out, nasty_values[i]);
		return;
	}
	for (unsigned n = x >> 28; n > 0; n--) {
		x = x * 1664525u + 1013904223u;
		buf_putc(out, bytes[(x >> 16) % (sizeof(bytes) - 1)]);
	}
	buf_add(out, "", 0);
}

#endif
