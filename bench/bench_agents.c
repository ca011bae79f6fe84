/* bench_agents: processes that look like running VMs: a hostagent and a QEMU each
 *
 *	bench-agents LIMA_HOME <names
 *
 * For each instance named on stdin, one a line, starts a process whose command line
 * is `limactl hostagent NAME` and one whose is `qemu-system -name lima-NAME`, and
 * writes their pids where Lima does. Then prints "ready" and stays until its stdin
 * ends ("--" alone on a line ends the names); they end with it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void pid_file(const char *home, const char *name, const char *file, int pid)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", home, name, file);
	f = fopen(path, "w");
	if (!f || fprintf(f, "%d\n", pid) < 0 || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

/* The process lives as long as the other end of its stdin, which only the parent has. */
static int agent(void)
{
	char c;

	while (read(0, &c, 1) > 0)
		;
	return 0;
}

static void start(const char *self, const char *home, const char *name, const char *file,
	char *const argv[], const int life[2])
{
	int pid = fork();

	if (pid == 0) {
		dup2(life[0], 0);
		close(life[1]);
		close(1);
		execv(self, argv);
		_exit(127);
	}
	if (pid < 0) {
		perror("fork");
		exit(1);
	}
	pid_file(home, name, file, pid);
}

int main(int argc, char **argv)
{
	char name[256], host[300];
	char *const hostagent[] = {"limactl", "hostagent", name, NULL};
	char *const qemu[] = {"qemu-system", "-name", host, NULL};
	int life[2], begun[2];

	if (argc == 3)
		return agent();
	if (argc != 2 || pipe(life) != 0 || pipe(begun) != 0 ||
		fcntl(begun[1], F_SETFD, FD_CLOEXEC) != 0)
		return 2;
	signal(SIGCHLD, SIG_IGN);
	while (fgets(name, sizeof(name), stdin)) {
		name[strcspn(name, "\n")] = '\0';
		if (strcmp(name, "--") == 0)
			break;
		snprintf(host, sizeof(host), "lima-%s", name);
		start(argv[0], argv[1], name, "ha.pid", hostagent, life);
		start(argv[0], argv[1], name, "qemu.pid", qemu, life);
	}
	close(begun[1]);
	while (read(begun[0], name, 1) > 0) /* ends when the last one is what it says it is */
		;
	puts("ready");
	fflush(stdout);
	while (fgets(name, sizeof(name), stdin))
		;
	return 0;
}
