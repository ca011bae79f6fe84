#include "bases.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../fake/fake.h"
#include "judge.h"

static void write_file(const char *path, const char *text, mode_t mode)
{
	if (!spill(path, text, mode)) {
		fprintf(stderr, "crash: write %s: %s\n", path, strerror(errno));
		exit(2);
	}
}

static void workspace(const struct sandbox *s, const char *name)
{
	char *dir = fmt("%s/%s", s->work, name);

	make_dirs(fmt("%s/src/empty", dir));
	write_file(fmt("%s/README", dir), fmt("hello %s\n", name), 0644);
	write_file(fmt("%s/src/tool", dir), "#!/bin/sh\necho ran\n", 0755);
	if (symlink("README", fmt("%s/link", dir)) != 0)
		perror("crash: symlink");
}

static void make_bare(const struct sandbox *s)
{
	static const char *const names[] = {"api", "web", "spare", "more", NULL};

	sandbox_fill(s, NULL);
	for (int i = 0; names[i]; i++)
		workspace(s, names[i]);
	sandbox_save(s, "bare");
}

/* Old enough for doctor to know that its writer is dead. */
static void put_file(const struct sandbox *s, const char *rel, const char *text)
{
	char *path = fmt("%s/c/%s", s->root, rel), *dir = fmt("%s", path);
	const struct timespec old[2] = {{1, 0}, {1, 0}};

	*strrchr(dir, '/') = 0;
	make_dirs(dir);
	write_file(path, text, 0600);
	utimensat(AT_FDCWD, path, old, 0);
}

static bool is_word(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static void base_step(const struct sandbox *s, const struct base_step *b)
{
	bool lima = is_word(b->argv[0], "limactl"), killed = is_word(b->argv[0], "killed");
	const char *const *words = words_of(s, b->argv + (lima || killed), false);
	int status;

	if (is_word(b->argv[0], "write")) {
		put_file(s, b->argv[1], b->argv[2]);
		return;
	}
	if (killed)
		write_file(fmt("%s/play", s->root), "create @late kill-parent\n", 0600);
	status = sandbox_run(s, lima ? s->limactl : s->codelima, words);
	unlink(fmt("%s/play", s->root));
	if (status == (killed ? 128 + SIGKILL : 0))
		return;
	fprintf(stderr, "crash: base %s: %s %s exits with %d\n%s%s", b->base, words[0], words[1],
		status, slurp(s->out, NULL), slurp(s->err, NULL));
	exit(2);
}

void bases_make(const struct sandbox *s)
{
	make_bare(s);
	for (size_t i = 0; i < base_steps_n; i++) {
		const struct base_step *b = &base_steps[i];

		if (b->from)
			sandbox_fill(s, b->from);
		base_step(s, b);
		if (i + 1 == base_steps_n || base_steps[i + 1].from) {
			sandbox_end();
			sandbox_save(s, b->base);
		}
	}
}

static void await_file(const char *path)
{
	for (int left = 5000; left > 0 && !exists(path); left--)
		nap_ms(2);
}

void bases_begin(const struct sandbox *s, const struct scenario *sc)
{
	sandbox_fill(s, sc->base);
	if (sc->vm && sandbox_run(s, s->limactl, WORDS{"start", sc->vm, NULL}) != 0)
		fprintf(stderr, "crash: %s does not start: %s\n", sc->vm, slurp(s->err, NULL));
	if (!sc->during)
		return;
	write_file(fmt("%s/play", s->root), "hostagent @mid hang\n", 0600);
	if (sandbox_run(s, s->codelima, sc->during) != 0)
		fprintf(stderr, "crash: no job begins: %s\n", slurp(s->err, NULL));
	await_file(fmt("%s/l/%s/ha.pid", s->root, sc->during[2]));
}
