/* bench_time: how long programs take from fork to exit, and how much memory
 *
 *	bench-time RUNS CMD… ::: CMD… [::: CMD…]
 *
 * The commands take turns, so that what else the machine does hits all of them
 * alike. Streams are /dev/null. One line a command: median, smallest and 90th
 * percentile in microseconds, median processor time, peak resident memory in KiB
 * (of the command and what it waited for), exit status.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 16 };

struct command {
	char **argv;
	long *us, *cpu_us;
	long rss_kib;
	int status;
};

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static long micro(struct timeval t)
{
	return (long)t.tv_sec * 1000000L + (long)t.tv_usec;
}

static void run_once(struct command *c, long *us, long *cpu_us)
{
	struct rusage used;
	long began = now_us(), kib;
	int status, pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
			_exit(126);
		execvp(c->argv[0], c->argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
		perror("bench-time");
		exit(1);
	}
	*us = now_us() - began;
	*cpu_us = micro(used.ru_utime) + micro(used.ru_stime);
	kib = used.ru_maxrss;
#ifdef __APPLE__
	kib /= 1024; /* getrusage(2) counts bytes there */
#endif
	c->rss_kib = kib > c->rss_kib ? kib : c->rss_kib;
	c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int ascending(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

/* Cuts argv at each ":::"; the number of commands. */
static int split(char **argv, struct command *c)
{
	int n = 0;

	if (*argv)
		c[n++].argv = argv;
	for (; *argv; argv++) {
		if (strcmp(*argv, ":::") != 0)
			continue;
		*argv = NULL;
		if (argv[1] && n < MAX_COMMANDS)
			c[n++].argv = argv + 1;
	}
	return n;
}

int main(int argc, char **argv)
{
	struct command c[MAX_COMMANDS] = {{0}};
	long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0, ignored[2];
	int n = runs > 0 ? split(argv + 2, c) : 0;

	if (n == 0) {
		fprintf(stderr, "usage: bench-time RUNS CMD... ::: CMD...\n");
		return 2;
	}
	for (int i = 0; i < n; i++) {
		c[i].us = calloc((size_t)runs, sizeof(*c[i].us));
		c[i].cpu_us = calloc((size_t)runs, sizeof(*c[i].cpu_us));
		if (!c[i].us || !c[i].cpu_us)
			return 1;
		if (runs > 1) /* warms the caches; a single run is meant to be cold or costly */
			run_once(&c[i], &ignored[0], &ignored[1]);
	}
	for (long r = 0; r < runs; r++)
		for (int i = 0; i < n; i++)
			run_once(&c[i], &c[i].us[r], &c[i].cpu_us[r]);
	for (int i = 0; i < n; i++) {
		qsort(c[i].us, (size_t)runs, sizeof(*c[i].us), ascending);
		qsort(c[i].cpu_us, (size_t)runs, sizeof(*c[i].cpu_us), ascending);
		printf("%ld %ld %ld %ld %ld %d\n", c[i].us[runs / 2], c[i].us[0],
			c[i].us[runs * 9 / 10], c[i].cpu_us[runs / 2], c[i].rss_kib, c[i].status);
	}
	return 0;
}
