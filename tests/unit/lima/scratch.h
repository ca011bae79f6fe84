/* scratch.h - a directory for one test, and running a program in it */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/spawn.h"

static char scratch[64];

static inline int scratch_make(void **state)
{
	(void)state;
	snprintf(scratch, sizeof(scratch), "/tmp/codelima-test-XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static inline int scratch_drop(void **state)
{
	(void)state;
	return file_remove_tree(scratch, NULL) ? 0 : -1;
}

/* A path below the directory; valid until the fourth call after this one. */
static inline const char *in_scratch(const char *name)
{
	static char paths[4][512];
	static unsigned turn;
	char *p = paths[turn++ % 4];

	snprintf(p, sizeof(paths[0]), "%s/%s", scratch, name);
	return p;
}

static inline void put_file(const char *name, const char *text, unsigned mode)
{
	struct err e = {0};

	if (!file_replace(in_scratch(name), str_z(text), mode, &e))
		fail_msg("%s: %s", name, buf_z(&e.msg));
}

static inline void put_dir(const char *name)
{
	assert_true(file_mkdirs(in_scratch(name), 0700, NULL));
}

/* Runs argv with `in` as stdin and stdout and stderr in `out`: its exit code. */
static inline int run_program(
	const char *const *argv, const struct strv *env, const char *in, struct buf *out)
{
	struct err e = {0};
	int pid, status = 0;

	put_file("stdin", in ? in : "", 0600);
	own_fd int fd_in = open(in_scratch("stdin"), O_RDONLY | O_CLOEXEC);
	own_fd int fd_out =
		open(in_scratch("stdout"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct spawn s = {.argv = argv, .env = env, .in = fd_in, .out = fd_out, .err = fd_out};

	if (!spawn(&s, &pid, &e) || !spawn_wait(pid, &status, &e))
		fail_msg("%s: %s", argv[0], buf_z(&e.msg));
	buf_clear(out);
	assert_true(file_read(in_scratch("stdout"), out, 1 << 20, NULL));
	return spawn_exit_code(status);
}

#endif
