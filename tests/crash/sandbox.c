#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../fake/fake.h"

#define LIMIT_S 60
#define FILE_MAX_SIZE (4u << 20)

static char **environment(const struct sandbox *s)
{
	const char *user = getenv("USER");
	char **env = calloc(24, sizeof(*env));
	int n = 0;

	if (!env)
		abort();
	env[n++] = fmt("PATH=%s/bin:/usr/local/bin:/usr/bin:/bin", s->top);
	env[n++] = fmt("HOME=%s/h", s->root);
	env[n++] = fmt("CODELIMA_HOME=%s/c", s->root);
	env[n++] = fmt("LIMA_HOME=%s/l", s->root);
	env[n++] = fmt("XDG_RUNTIME_DIR=%s/run", s->root);
	env[n++] = fmt("TMPDIR=%s/tmp", s->root);
	env[n++] = fmt("FAKE_WORK=%s", s->work);
	env[n++] = fmt("FAKE_PLAY=%s/play", s->root);
	env[n++] = fmt("FAKE_BIN=%s/bin", s->top);
	env[n++] = fmt("USER=%s", user ? user : "user");
	env[n++] = fmt("FAKE_BOOT_MS=0");
	env[n++] = fmt("FAKE_LIFE=300");
	env[n++] = fmt("CODELIMA_ACCEL=tcg");
	env[n++] = fmt("LC_ALL=C.UTF-8");
	env[n++] = fmt("TZ=UTC");
	env[n++] = fmt("ASAN_OPTIONS=detect_leaks=0"); /* it does not work under ptrace */
	return env;
}

void sandbox_init(struct sandbox *s, const char *top, const char *work, char worker)
{
	snprintf(s->top, sizeof(s->top), "%s", top);
	snprintf(s->root, sizeof(s->root), "%s/%c", top, worker);
	snprintf(s->work, sizeof(s->work), "%s/%c", work, worker);
	s->codelima = fmt("%s/bin/codelima", top);
	s->limactl = fmt("%s/bin/limactl", top);
	s->out = fmt("%s/out.%c", top, worker);
	s->err = fmt("%s/err.%c", top, worker);
	s->env = environment(s);
}

/* ---- templates */

/* What stands in the place of what in the copy. */
struct roots {
	const char *root[2], *by[2];
};

static void write_over(char *text, size_t n, const struct roots *r)
{
	const char *end = text + n;

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(r->root[i]);

		for (char *at = text; (at = memmem(at, (size_t)(end - at), r->root[i], len));
			at += len)
			memcpy(at, r->by[i], len);
	}
}

static void stamp(const char *path, const struct stat *st)
{
	const struct timespec times[2] = {st->st_atim, st->st_mtim};

	utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

static void copy_regular(const char *a, const char *b, mode_t mode, const struct roots *r)
{
	static char text[FILE_MAX_SIZE];
	int in = open(a, O_RDONLY | O_CLOEXEC);
	int out = open(b, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n = in >= 0 ? read(in, text, sizeof(text)) : -1;

	if (n >= 0)
		write_over(text, (size_t)n, r);
	if (n < 0 || out < 0 || write(out, text, (size_t)n) != n || fchmod(out, mode) != 0) {
		fprintf(stderr, "crash: copy %s to %s: %s\n", a, b, strerror(errno));
		exit(2);
	}
	close(in);
	close(out);
}

static void copy_link(const char *a, const char *b, const struct roots *r)
{
	char target[4096];
	ssize_t n = readlink(a, target, sizeof(target) - 1);

	if (n < 0)
		return;
	write_over(target, (size_t)n, r);
	target[n] = 0;
	if (symlink(target, b) != 0)
		fprintf(stderr, "crash: link %s: %s\n", b, strerror(errno));
}

static void copy_tree(const char *a, const char *b, const struct roots *r);

static void copy_entries(const char *a, const char *b, const struct roots *r)
{
	DIR *d = opendir(a);
	struct dirent *de;

	while (d && (de = readdir(d))) {
		char x[4096], y[4096];

		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		snprintf(x, sizeof(x), "%s/%s", a, de->d_name);
		snprintf(y, sizeof(y), "%s/%s", b, de->d_name);
		copy_tree(x, y, r);
	}
	if (d)
		closedir(d);
}

static void copy_tree(const char *a, const char *b, const struct roots *r)
{
	struct stat st;

	if (lstat(a, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		mkdir(b, 0700);
		copy_entries(a, b, r);
		chmod(b, st.st_mode & 07777);
	} else if (S_ISREG(st.st_mode)) {
		copy_regular(a, b, st.st_mode & 07777, r);
	} else if (S_ISLNK(st.st_mode)) {
		copy_link(a, b, r);
	} else {
		return; /* a socket that nobody listens on any more */
	}
	stamp(b, &st);
}

/* Templates name their places as if they were those of a worker `m`. */
static void model_roots(const struct sandbox *s, char root[80], char work[80])
{
	memcpy(root, s->root, sizeof(s->root));
	memcpy(work, s->work, sizeof(s->work));
	root[strlen(root) - 1] = work[strlen(work) - 1] = 'm';
}

void sandbox_fill(const struct sandbox *s, const char *template)
{
	static const char *const dirs[] = {"h", "run", "tmp", NULL};
	char root[80], work[80], path[160];
	const struct roots r = {{root, work}, {s->root, s->work}};

	model_roots(s, root, work);
	remove_tree(s->root);
	remove_tree(s->work);
	if (template) {
		snprintf(path, sizeof(path), "%s/t/%s", s->top, template);
		copy_tree(path, s->root, &r);
		snprintf(path, sizeof(path), "%s/t/%s.work", s->top, template);
		copy_tree(path, s->work, &r);
		return;
	}
	mkdir(s->root, 0700);
	mkdir(s->work, 0700);
	for (int i = 0; dirs[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", s->root, dirs[i]);
		mkdir(path, 0700);
	}
}

void sandbox_save(const struct sandbox *s, const char *template)
{
	char root[80], work[80], to[160];
	const struct roots r = {{s->root, s->work}, {root, work}};

	model_roots(s, root, work);
	snprintf(to, sizeof(to), "%s/t", s->top);
	mkdir(to, 0700);
	snprintf(to, sizeof(to), "%s/t/%s", s->top, template);
	remove_tree(to);
	copy_tree(s->root, to, &r);
	snprintf(to, sizeof(to), "%s/t/%s.work", s->top, template);
	remove_tree(to);
	copy_tree(s->work, to, &r);
}

/* ---- running */

char **argv_of(const char *program, const char *const *argv)
{
	size_t n = 0;
	char **all;

	while (argv[n])
		n++;
	all = calloc(n + 2, sizeof(*all));
	if (!all)
		abort();
	all[0] = (char *)program;
	for (size_t i = 0; i < n; i++)
		all[i + 1] = (char *)argv[i];
	return all;
}

static void put_stream(const char *path, int to)
{
	int fd = open(path, to ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0600);

	if (fd != to) {
		dup2(fd, to);
		close(fd);
	}
}

static pid_t begin(const struct sandbox *s, const char *program, const char *const *argv)
{
	char **all = argv_of(program, argv);
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		put_stream("/dev/null", 0);
		put_stream(s->out, 1);
		put_stream(s->err, 2);
		signal(SIGALRM, SIG_DFL);
		if (chdir(s->root) == 0)
			execve(program, all, s->env);
		_exit(127);
	}
	free(all);
	return pid;
}

int sandbox_run(const struct sandbox *s, const char *program, const char *const *argv)
{
	pid_t pid = begin(s, program, argv);
	struct timespec start, now;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		pid_t got = waitpid(-1, &status, 0); /* orphans are reaped on the way */

		if (got == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (got < 0 && errno != EINTR)
			return 125;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec > LIMIT_S) {
			kill(pid, SIGKILL);
			return 124;
		}
	}
}

/* False when there is none. */
static bool kill_children(void)
{
	char *list = slurp(fmt("/proc/self/task/%d/children", (int)getpid()), NULL), *at = list;
	bool any = false;

	for (char *end; list; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		kill((pid_t)pid, SIGKILL);
		any = true;
	}
	free(list);
	return any;
}

void sandbox_end(void)
{
	int status;

	while (kill_children())
		while (waitpid(-1, &status, __WALL) > 0)
			;
}
