/* fixture.h - a scratch directory for tests, and files in it */
#ifndef TESTS_TREE_FIXTURE_H
#define TESTS_TREE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

#define UNUSED __attribute__((unused))

static char scratch[64];

/* Runs a program with stdin and stdout on files (NULL: /dev/null, inherited). */
UNUSED static int run_tool(const char *const *argv, const char *in, const char *out)
{
	int status, pid = fork();

	if (pid == 0) {
		dup2(open(in ? in : "/dev/null", O_RDONLY), 0);
		if (out)
			dup2(open(out, O_CREAT | O_TRUNC | O_WRONLY, 0644), 1);
		execvp(argv[0], (char **)(uintptr_t)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* cmocka set-up and tear-down of one test: a fresh directory, made current; in memory
 * where that is possible, since some tests make 100,000 files. */
UNUSED static int scratch_make(void **state)
{
	const char *top = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	(void)state;
	snprintf(scratch, sizeof(scratch), "%s/codelima-test-XXXXXX", top);
	return mkdtemp(scratch) && chdir(scratch) == 0 ? 0 : -1;
}

UNUSED static int scratch_remove(void **state)
{
	const char *chmod_argv[] = {"chmod", "-R", "u+rwX", scratch, NULL};
	const char *rm_argv[] = {"rm", "-rf", scratch, NULL};

	(void)state;
	if (chdir("/") != 0 || run_tool(chmod_argv, NULL, "/dev/null") < 0)
		return -1;
	return run_tool(rm_argv, NULL, NULL);
}

UNUSED static void put_file(const char *path, struct str s)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	assert_return_code(fd, 0);
	assert_int_equal(write(fd, s.p, s.n), (ssize_t)s.n);
	close(fd);
}

UNUSED static void put_dir(const char *path)
{
	assert_return_code(mkdir(path, 0755), 0);
}

UNUSED static struct str get_file(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	assert_return_code(fd, 0);
	buf_clear(b);
	do {
		buf_reserve(b, 1 << 16);
		n = read(fd, b->p + b->n, 1 << 16);
		assert_true(n >= 0);
		b->n += (size_t)n;
	} while (n > 0);
	b->p[b->n] = '\0';
	close(fd);
	return buf_view(b);
}

/* Names, types, modes, times, links and content of both trees are the same. */
UNUSED static void assert_same(const char *a, const char *b)
{
	static const char script[] =
		"list() { (cd \"$1\" && find . \\( -type f -o -type d -o -type l \\) -printf "
		"'%y %m %T@ %p %l\\n' | LC_ALL=C sort && find . -type f -print0 | LC_ALL=C sort -z "
		"| "
		"xargs -0r sha256sum); }; list \"$1\" >list-a && list \"$2\" >list-b && cmp list-a "
		"list-b && rm list-a list-b";
	const char *sh[] = {"sh", "-c", script, "sh", a, b, NULL};

	assert_int_equal(run_tool(sh, NULL, NULL), 0);
}

#endif
