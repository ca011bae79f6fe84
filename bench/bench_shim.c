/* bench_shim: stands in for limactl and ssh, and writes down when they ran
 *
 * Runs $BENCH_SHIM_REAL/<its own name> with the same arguments and streams, and
 * appends "began ended name" (microseconds of the monotonic clock) to
 * $BENCH_SHIM_LOG. What remains of a codelima command's time is its own.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void note(long began, const char *name)
{
	char line[256];
	const char *path = getenv("BENCH_SHIM_LOG");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	int n = snprintf(line, sizeof(line), "%ld %ld %s\n", began, now_us(), name);

	if (fd < 0 || n < 0 || write(fd, line, (size_t)n) != n)
		fprintf(stderr, "bench-shim: cannot write %s\n", path ? path : "BENCH_SHIM_LOG");
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	char path[4096];
	const char *real = getenv("BENCH_SHIM_REAL");
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	long began = now_us();
	int status, pid;

	(void)argc;
	snprintf(path, sizeof(path), "%s/%s", real ? real : "", name);
	pid = fork();
	if (pid == 0) {
		argv[0] = path;
		execv(path, argv);
		perror(path);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 127;
	note(began, name);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
