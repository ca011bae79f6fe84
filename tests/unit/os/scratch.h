/* scratch.h - what the tests of os/ share: a directory of their own, and running
 * a piece of a test as an unprivileged user */
#ifndef TESTS_OS_SCRATCH_H
#define TESTS_OS_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/spawn.h"

#define NOBODY 65534

static char scratch[64];

static int scratch_make(void **state)
{
	(void)state;
	snprintf(scratch, sizeof(scratch), "/tmp/codelima-test.XXXXXX");
	return mkdtemp(scratch) && chmod(scratch, 0777) == 0 ? 0 : -1;
}

static int scratch_remove(void **state)
{
	(void)state;
	return file_remove_tree(scratch, NULL) ? 0 : -1;
}

/* A path in the scratch directory; a few may be in use at once. */
static inline const char *in_scratch(const char *name)
{
	static struct buf b[8];
	static unsigned i;

	i = (i + 1) % countof(b);
	return path_join(&b[i], scratch, name);
}

static inline void put(const char *name, const char *text)
{
	assert_true(file_replace(in_scratch(name), str_z(text), 0644, NULL));
}

static inline void assert_holds(const char *name, const char *text)
{
	own_buf struct buf b = {0};

	assert_true(file_read(in_scratch(name), &b, 1 << 20, NULL));
	assert_string_equal(buf_z(&b), text);
}

/* Permissions do not bind root: runs fn in a child, as nobody when we are root.
 * fn returns true when all was as expected. */
static inline bool unprivileged(bool (*fn)(void))
{
	int status, pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(2);
		_exit(fn() ? 0 : 1);
	}
	return pid > 0 && spawn_wait(pid, &status, NULL) && status == 0;
}

#endif
