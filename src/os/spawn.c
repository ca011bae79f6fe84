#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/plat.h"
#include "os/proc.h"

/* What the child needs. It is all made before the fork: between fork and exec
 * only async-signal-safe functions may run (threads may hold malloc's lock). */
struct child {
	const struct spawn *s;
	const char *path;
	char *const *envp;
	int report;	/* where a failure is told */
	int gate;	/* read end: -1, or a byte to wait for */
	int gate_write; /* the parent's end, to be closed */
	bool take_tty;
};

enum stage { STAGE_NONE, STAGE_STREAMS, STAGE_CWD, STAGE_EXEC };

struct report {
	enum stage stage;
	int sys;
};

static size_t name_len(const char *env)
{
	return str_find(str_z(env), '=');
}

/* Our environment with the changes; pointers only, nothing is copied. */
static char **merge_env(const struct strv *changes)
{
	char **ours = plat_environ();
	char **merged;
	size_t n = 0, k = 0;

	while (ours && ours[n])
		n++;
	merged = mem_array(NULL, n + changes->n + 1, sizeof(*merged));
	for (size_t i = 0; i < n; i++) {
		bool changed = false;
		size_t len = name_len(ours[i]);

		for (size_t j = 0; j < changes->n && !changed; j++)
			changed = name_len(changes->v[j]) == len &&
				  memcmp(changes->v[j], ours[i], len) == 0;
		if (!changed)
			merged[k++] = ours[i];
	}
	for (size_t j = 0; j < changes->n; j++)
		if (strchr(changes->v[j], '='))
			merged[k++] = changes->v[j];
	merged[k] = NULL;
	return merged;
}

static void reset_signals(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Puts the three streams at 0, 1 and 2. Sources that lie there themselves are
 * moved out of the way first. */
static bool place_streams(const struct spawn *s)
{
	int src[3] = {s->in, s->out, s->err};

	for (int i = 0; i < 3; i++) {
		if (src[i] == SPAWN_INHERIT)
			src[i] = i;
		else if (src[i] == SPAWN_NULL)
			src[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (src[i] >= 0 && src[i] < 3 && src[i] != i)
			src[i] = fcntl(src[i], F_DUPFD_CLOEXEC, 3);
		if (src[i] < 0)
			return false;
	}
	for (int i = 0; i < 3; i++) {
		/* A stream we never had ourselves cannot be inherited; that is no failure. */
		if (src[i] == i)
			fcntl(i, F_SETFD, 0);
		else if (dup2(src[i], i) < 0)
			return false;
	}
	return true;
}

static _Noreturn void child_fail(const struct child *c, enum stage stage)
{
	struct report r = {stage, errno};

	while (write(c->report, &r, sizeof(r)) < 0 && errno == EINTR)
		;
	_exit(127);
}

static void wait_for_gate(const struct child *c)
{
	char go;

	if (c->gate < 0)
		return;
	close(c->gate_write); /* or we would keep the gate open ourselves */
	if (read(c->gate, &go, 1) != 1)
		_exit(127);
}

/* All signals are blocked here: the parent's handlers do not run in the child,
 * and SIGTTOU does not stop it. */
static _Noreturn void child_main(const struct child *c)
{
	if (c->s->new_session)
		setsid();
	else if (c->s->new_group)
		setpgid(0, 0);
	wait_for_gate(c);
	if (c->take_tty)
		tcsetpgrp(STDIN_FILENO, getpid());
	reset_signals();
	if (!place_streams(c->s))
		child_fail(c, STAGE_STREAMS);
	if (c->s->cwd && chdir(c->s->cwd) != 0)
		child_fail(c, STAGE_CWD);
	plat_cloexec_from(3);
	execve(c->path, (char *const *)c->s->argv, c->envp);
	child_fail(c, STAGE_EXEC);
}

static bool exec_error(const char *name, int sys, struct err *e)
{
	errno = sys;
	if (sys == E2BIG)
		err_set(e, ERR_INVALID_ARGUMENT,
			"start %s: its arguments and environment are too long", name);
	else
		err_sys(e, "start %s", name);
	if (e)
		e->sys = sys;
	return sys == ENOENT ? err_as(e, ERR_DEPENDENCY_UNAVAILABLE) : false;
}

static bool missing(const char *name, struct err *e)
{
	err_set(e, ERR_DEPENDENCY_UNAVAILABLE,
		strchr(name, '/') ? "%s is no program that can be run" : "%s is not on the PATH",
		name);
	if (e)
		e->sys = ENOENT;
	return false;
}

static bool reported(const struct spawn *s, const struct report *r, struct err *e)
{
	if (r->stage == STAGE_EXEC)
		return exec_error(s->argv[0], r->sys, e);
	errno = r->sys;
	if (r->stage == STAGE_STREAMS)
		return err_sys(e, "start %s: its streams", s->argv[0]);
	err_sys(e, "start %s: enter directory %s", s->argv[0], s->cwd);
	return err_as(e, ERR_PRECONDITION_FAILED);
}

static void reap(int pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Nothing comes and the pipe closes when exec worked. */
static bool await_exec(int fd, struct report *r)
{
	ssize_t n;

	do
		n = read(fd, r, sizeof(*r));
	while (n < 0 && errno == EINTR);
	return n != (ssize_t)sizeof(*r);
}

static bool pass_gate(const struct spawn *s, int pid, int *gate, struct err *e)
{
	uint64_t start = 0;
	bool ok;

	if (*gate < 0)
		return true;
	proc_start_time(pid, &start);
	ok = s->gate(s->gate_arg, pid, start, e) && fd_write_all(*gate, STR("g"), "gate", e);
	fd_close_p(gate);
	return ok;
}

static int fork_child(const struct child *c)
{
	sigset_t all, old;
	int pid, sys;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0)
		child_main(c);
	sys = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = sys;
	return pid;
}

static bool owns_tty(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

bool spawn(const struct spawn *s, int *pid, struct err *e)
{
	own_mem char *path = proc_which(s->argv[0]);
	own_mem char **merged = s->env ? merge_env(s->env) : NULL;
	own_fd int report_r = -1, report_w = -1, gate_r = -1, gate_w = -1;
	struct report r = {STAGE_NONE, 0};
	int p[2], child;

	/* A relative path means one in the child's directory: only exec can tell. */
	if (!path && (!strchr(s->argv[0], '/') || s->argv[0][0] == '/'))
		return missing(s->argv[0], e);
	if (!fd_pipe(p, e))
		return false;
	report_r = p[0];
	report_w = p[1];
	if (s->gate) {
		if (!fd_pipe(p, e))
			return false;
		gate_r = p[0];
		gate_w = p[1];
	}
	child = fork_child(&(struct child){.s = s,
		.path = path ? path : s->argv[0],
		.envp = merged ? merged : plat_environ(),
		.report = report_w,
		.gate = gate_r,
		.gate_write = gate_w,
		.take_tty = s->foreground && s->new_group && owns_tty()});
	if (child < 0)
		return err_sys(e, "start %s", s->argv[0]);
	fd_close_p(&report_w);
	fd_close_p(&gate_r);
	if (!pass_gate(s, child, &gate_w, e)) {
		reap(child);
		return false;
	}
	if (!await_exec(report_r, &r)) {
		spawn_wait(child, &(int){0}, NULL); /* takes the terminal back, too */
		return reported(s, &r, e);
	}
	*pid = child;
	return true;
}

int spawn_exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool spawn_ended(int pid)
{
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
		return errno == ECHILD;
	return info.si_pid == pid;
}

bool spawn_exec(const char *const *argv, const struct strv *env, struct err *e)
{
	own_mem char *path = proc_which(argv[0]);
	own_mem char **merged = env ? merge_env(env) : NULL;
	sigset_t none, old;
	int sys;

	if (!path)
		return missing(argv[0], e);
	/* Handlers go by themselves; what is ignored or blocked would stay. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, &old);
	signal(SIGPIPE, SIG_DFL);
	plat_cloexec_from(3);
	execve(path, (char *const *)argv, merged ? merged : plat_environ());
	sys = errno;
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return exec_error(argv[0], sys, e);
}
