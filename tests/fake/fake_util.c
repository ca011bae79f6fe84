#include "fake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

char *fmt(const char *f, ...)
{
	char *s = NULL;
	va_list ap;
	va_start(ap, f);
	if (vasprintf(&s, f, ap) < 0)
		abort();
	va_end(ap);
	return s;
}

char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "r");
	if (!f)
		return NULL;
	size_t used = 0, cap = 4096;
	char *s = malloc(cap);
	for (size_t got; (got = fread(s + used, 1, cap - used - 1, f)) > 0;) {
		used += got;
		if (cap - used < 2048)
			s = realloc(s, cap *= 2);
	}
	fclose(f);
	s[used] = 0;
	if (n)
		*n = used;
	return s;
}

bool spill(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return false;
	size_t n = strlen(text);
	bool good = write(fd, text, n) == (ssize_t)n;
	return close(fd) == 0 && good;
}

bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

/* Where /proc tells: a process that ended and was not waited for does not live. */
static bool is_zombie(long pid)
{
	char *stat = slurp(fmt("/proc/%ld/stat", pid), NULL);
	char *name_end = stat ? strrchr(stat, ')') : NULL;
	return name_end && strncmp(name_end, ") Z", 3) == 0;
}

bool alive(long pid)
{
	return pid > 1 && (kill((pid_t)pid, 0) == 0 || errno == EPERM) && !is_zombie(pid);
}

long pid_in(const char *path)
{
	char *text = slurp(path, NULL);
	long pid = text ? strtol(text, NULL, 10) : 0;
	free(text);
	return alive(pid) ? pid : 0;
}

bool make_dirs(const char *path)
{
	char *p = fmt("%s", path);
	for (char *s = p + 1;; s++) {
		if (*s != '/' && *s)
			continue;
		char c = *s;
		*s = 0;
		if (mkdir(p, 0700) != 0 && errno != EEXIST)
			return false;
		*s = c;
		if (!c)
			return true;
	}
}

void remove_tree(const char *path)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		(void)chmod(path, 0700);
		DIR *d = opendir(path);
		for (struct dirent *e; d && (e = readdir(d));)
			if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
				remove_tree(fmt("%s/%s", path, e->d_name));
		if (d)
			closedir(d);
		rmdir(path);
	} else {
		unlink(path);
	}
}

void copy_file(const char *from, const char *to)
{
	size_t n = 0;
	char *s = slurp(from, &n);
	FILE *f = s ? fopen(to, "w") : NULL;
	if (f) {
		fwrite(s, 1, n, f);
		fclose(f);
	}
	free(s);
}

char *replace_all(const char *text, const char *what, const char *by)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	for (const char *hit; *what && (hit = strstr(text, what)); text = hit + strlen(what)) {
		fwrite(text, 1, (size_t)(hit - text), f);
		fputs(by, f);
	}
	fputs(text, f);
	fclose(f);
	return out;
}

char *shell_word(const char *word)
{
	return fmt("'%s'", replace_all(word, "'", "'\\''"));
}

void nap_ms(long ms)
{
	struct timespec left = {ms / 1000, ms % 1000 * 1000000};
	while (nanosleep(&left, &left) != 0 && errno == EINTR) {
	}
}

void nap_until_signal(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

char *absolute(const char *path)
{
	char *cwd = getcwd(NULL, 0);
	return path[0] == '/' ? fmt("%s", path) : fmt("%s/%s", cwd ? cwd : "", path);
}

const char *own_dir(void)
{
	static char dir[PATH_MAX];
	if (dir[0])
		return dir;
	const char *given = getenv("FAKE_BIN");
	ssize_t n = -1;
	if (given)
		n = snprintf(dir, sizeof dir, "%s/x", given);
	else
		n = readlink("/proc/self/exe", dir, sizeof dir - 1);
	dir[n < 0 ? 0 : n] = 0;
	char *slash = strrchr(dir, '/');
	if (slash)
		*slash = 0;
	return dir;
}

const char *lima_home(void)
{
	const char *home = getenv("LIMA_HOME");
	return home && *home ? home : fmt("%s/.lima", getenv("HOME") ? getenv("HOME") : "");
}

long life_s(void)
{
	const char *life = getenv("FAKE_LIFE");
	return life ? strtol(life, NULL, 10) : 900;
}

int listen_unix(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof a.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	mode_t old = umask(0177);
	bool good =
		fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 64) == 0;
	umask(old);
	if (good)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void detach(int out, int err)
{
	setsid();
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(out >= 0 ? out : null, 1);
	dup2(err >= 0 ? err : null, 2);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
}

pid_t start_program(char *const argv[], int out, int err, bool own_group)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	if (own_group)
		setpgid(0, 0);
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(out >= 0 ? out : null, 1);
	dup2(err >= 0 ? err : null, 2);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	signal(SIGTERM, SIG_DFL);
	execv(argv[0], argv);
	_exit(127);
}

int wait_for(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
