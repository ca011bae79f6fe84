#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* <linux/ptrace.h> and <sys/ptrace.h> do not go together everywhere. */
#define GET_SYSCALL_INFO 0x420e
struct syscall_info {
	uint8_t op, pad[3];
	uint32_t arch;
	uint64_t instruction_pointer, stack_pointer;
	uint64_t nr, args[6]; /* at an entry */
	uint64_t more;
};
enum { OP_ENTRY = 1, OP_EXIT = 2 };

enum who { NOBODY, MAIN, THREAD, CHILD, EARLY };

struct tracee {
	pid_t tid;
	enum who who;
	bool fresh; /* its first SIGSTOP has not come yet */
	bool kill_after, placed;
	int fail; /* errno for the exit of the call it is in */
};

enum { MAX_TRACEES = 64, MAX_CHILDREN = 512 };

struct tracer {
	struct trace *t;
	struct tracee list[MAX_TRACEES];
	pid_t main, child[MAX_CHILDREN];
	int n_children;
	bool counting, over, sticky;
	int execs;
	struct timespec until;
};

static void on_alarm(int sig)
{
	(void)sig;
}

void trace_clock(void)
{
	struct sigaction a = {.sa_handler = on_alarm}; /* no SA_RESTART: waitpid returns */
	struct itimerval every = {{0, 100000}, {0, 100000}};

	sigaction(SIGALRM, &a, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static struct tracee *find(struct tracer *k, pid_t tid)
{
	for (int i = 0; i < MAX_TRACEES; i++)
		if (k->list[i].tid == tid)
			return &k->list[i];
	return NULL;
}

static struct tracee *add(struct tracer *k, pid_t tid, enum who who)
{
	struct tracee *x = find(k, tid);

	if (!x)
		x = find(k, 0);
	if (!x)
		abort();
	*x = (struct tracee){.tid = tid, .who = who, .fresh = true};
	return x;
}

static bool any_left(const struct tracer *k)
{
	for (int i = 0; i < MAX_TRACEES; i++)
		if (k->list[i].tid)
			return true;
	return false;
}

static void resume(const struct tracee *x, int sig)
{
	ptrace(x->who == CHILD ? PTRACE_CONT : PTRACE_SYSCALL, x->tid, NULL, (void *)(long)sig);
}

/* ---- changing a call */

#if defined(__x86_64__)
static void skip_call(pid_t tid)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, tid, NULL, &r);
	r.orig_rax = (unsigned long long)-1;
	ptrace(PTRACE_SETREGS, tid, NULL, &r);
}

static void set_result(pid_t tid, long value)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, tid, NULL, &r);
	r.rax = (unsigned long long)value;
	ptrace(PTRACE_SETREGS, tid, NULL, &r);
}

static void halve_third(pid_t tid)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, tid, NULL, &r);
	r.rdx = r.rdx > 1 ? r.rdx / 2 : r.rdx;
	ptrace(PTRACE_SETREGS, tid, NULL, &r);
}
#elif defined(__aarch64__)
#define NT_ARM_CALL 0x404
static void regs_get(pid_t tid, struct user_regs_struct *r)
{
	struct iovec v = {r, sizeof(*r)};

	ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &v);
}

static void regs_set(pid_t tid, struct user_regs_struct *r)
{
	struct iovec v = {r, sizeof(*r)};

	ptrace(PTRACE_SETREGSET, tid, (void *)NT_PRSTATUS, &v);
}

static void skip_call(pid_t tid)
{
	int none = -1;
	struct iovec v = {&none, sizeof(none)};

	ptrace(PTRACE_SETREGSET, tid, (void *)NT_ARM_CALL, &v);
}

static void set_result(pid_t tid, long value)
{
	struct user_regs_struct r;

	regs_get(tid, &r);
	r.regs[0] = (unsigned long long)value;
	regs_set(tid, &r);
}

static void halve_third(pid_t tid)
{
	struct user_regs_struct r;

	regs_get(tid, &r);
	r.regs[2] = r.regs[2] > 1 ? r.regs[2] / 2 : r.regs[2];
	regs_set(tid, &r);
}
#else
#error "the crash tests know x86-64 and aarch64"
#endif

/* ---- deeds */

static void kill_main(struct tracer *k)
{
	kill(k->main, SIGKILL);
	k->over = true;
}

static void kill_family(struct tracer *k)
{
	for (int i = 0; i < k->n_children; i++) {
		pid_t p = k->child[i];

		if (p != k->main && getpgid(p) == p)
			kill(-p, SIGKILL);
		else
			kill(p, SIGKILL);
	}
	kill_main(k);
}

static void fail_call(const struct tracer *k, struct tracee *x, const struct call *c)
{
	x->fail = call_error(c, k->t->plan.error);
	skip_call(x->tid);
}

static void strike(struct tracer *k, struct tracee *x, const struct call *c)
{
	struct trace *t = k->t;

	t->hit = true;
	call_text(c, t->root, t->text, sizeof(t->text));
	call_path(c, t->path, sizeof(t->path));
	switch (t->plan.deed) {
	case KILL_BEFORE:
		kill_main(k);
		break;
	case KILL_FAMILY:
		kill_family(k);
		break;
	case KILL_AFTER:
		x->kill_after = true;
		break;
	case FAIL_ON:
		k->sticky = true;
		fail_call(k, x, c);
		break;
	case FAIL_ONCE:
		fail_call(k, x, c);
		break;
	case SHORTEN:
		halve_third(x->tid);
		break;
	case DO_NOTHING:
		break;
	}
}

static void on_entry(struct tracer *k, struct tracee *x, const struct syscall_info *info)
{
	struct trace *t = k->t;
	struct call c = {.tid = x->tid, .nr = (long)info->nr};
	unsigned bits;

	if (!k->counting || k->over)
		return;
	memcpy(c.arg, info->args, sizeof(c.arg));
	bits = call_bits(&c, t->root);
	x->placed = bits & CALL_PLACE;
	for (int i = 0; i < t->n_masks; i++)
		t->counts[i] += (bits & t->masks[i]) != 0;
	if (k->sticky && (bits & CALL_GROW)) {
		fail_call(k, x, &c);
		return;
	}
	if (!(bits & t->plan.among))
		return;
	t->counted++;
	if (t->list) {
		call_text(&c, t->root, t->text, sizeof(t->text));
		printf("%4ld %4x %s\n", t->counted, bits, t->text);
	}
	if (t->plan.deed != DO_NOTHING && t->counted == t->plan.at) {
		t->bits = bits;
		strike(k, x, &c);
	}
}

static void on_exit_of(struct tracer *k, struct tracee *x)
{
	if (x->fail)
		set_result(x->tid, -x->fail);
	x->fail = 0;
	if (x->kill_after)
		kill_main(k);
	x->kill_after = false;
	if (x->placed && k->t->placed)
		k->t->placed(k->t->arg);
	x->placed = false;
}

static void on_syscall(struct tracer *k, struct tracee *x)
{
	struct syscall_info info = {0};

	if (ptrace(GET_SYSCALL_INFO, x->tid, (void *)sizeof(info), &info) <= 0)
		return; /* it was killed meanwhile */
	if (info.op == OP_ENTRY)
		on_entry(k, x, &info);
	else if (info.op == OP_EXIT)
		on_exit_of(k, x);
}

/* ---- stops */

static void on_birth(struct tracer *k, const struct tracee *parent, bool thread)
{
	unsigned long tid = 0;
	struct tracee *x;
	bool waits;

	ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &tid);
	x = find(k, (pid_t)tid);
	waits = x && x->who == EARLY;
	x = add(k, (pid_t)tid, thread ? THREAD : CHILD);
	if (!thread && k->n_children < MAX_CHILDREN)
		k->child[k->n_children++] = x->tid;
	if (waits) {
		x->fresh = false;
		resume(x, 0);
	}
}

/* True: the tracee is no longer ours. */
static bool on_exec(struct tracer *k, struct tracee *x)
{
	k->counting = true;
	/* The command itself becoming ssh is let go as its children are. */
	if (x->who == CHILD || (x->who == MAIN && k->execs++ > 0)) {
		ptrace(PTRACE_DETACH, x->tid, NULL, NULL);
		x->tid = 0;
		return true;
	}
	return false;
}

static void on_stop(struct tracer *k, struct tracee *x, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16, pass = 0;

	if (sig == (SIGTRAP | 0x80)) {
		on_syscall(k, x);
	} else if (event == PTRACE_EVENT_CLONE) {
		on_birth(k, x, true);
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
		on_birth(k, x, false);
	} else if (event == PTRACE_EVENT_EXEC) {
		if (on_exec(k, x))
			return;
	} else if (sig == SIGSTOP && x->fresh) {
		x->fresh = false;
	} else if (!event) {
		pass = sig;
	}
	resume(x, pass);
}

static bool late(const struct tracer *k)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > k->until.tv_sec;
}

static void on_status(struct tracer *k, pid_t tid, int status)
{
	struct tracee *x = find(k, tid);

	if (WIFSTOPPED(status)) {
		if (x)
			on_stop(k, x, status);
		else
			add(k, tid, EARLY); /* its parent's word is still to come */
		return;
	}
	if (x)
		x->tid = 0;
	if (tid == k->main) {
		k->t->status = status;
		k->main = 0;
	}
}

/* Children of a dead command that have not come to their exec: let go as they are. */
static void let_go(struct tracer *k)
{
	for (int i = 0; i < MAX_TRACEES; i++) {
		pid_t tid = k->list[i].tid;
		int status;

		if (!tid)
			continue;
		kill(tid, SIGSTOP);
		while (waitpid(tid, &status, __WALL) < 0 && errno == EINTR)
			;
		if (WIFSTOPPED(status))
			ptrace(PTRACE_DETACH, tid, NULL, NULL);
		kill(tid, SIGCONT);
		k->list[i].tid = 0;
	}
}

static void follow(struct tracer *k)
{
	int status;

	clock_gettime(CLOCK_MONOTONIC, &k->until);
	k->until.tv_sec += TRACE_LIMIT_S;
	while (k->main || any_left(k)) {
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid > 0) {
			on_status(k, tid, status);
		} else if (errno != EINTR) {
			break;
		} else if (!k->main) {
			let_go(k);
		} else if (late(k)) {
			k->t->hung = true;
			kill_family(k);
		}
	}
}

static void put_stream(const char *path, int to)
{
	int fd = open(path, to ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0600);

	if (fd != to) {
		dup2(fd, to);
		close(fd);
	}
}

static pid_t begin(const struct trace *t)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setpgid(0, 0);
	put_stream("/dev/null", 0);
	put_stream(t->out, 1);
	put_stream(t->err, 2);
	if (chdir(t->cwd) != 0)
		_exit(126);
	signal(SIGALRM, SIG_DFL);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	execve(t->argv[0], t->argv, t->envp);
	_exit(127);
}

bool trace_run(struct trace *t)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	struct tracer k = {.t = t, .main = begin(t)};
	int status;
	pid_t got;

	if (k.main < 0)
		return false;
	do
		got = waitpid(k.main, &status, __WALL);
	while (got < 0 && errno == EINTR);
	if (!WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, k.main, NULL, (void *)options) != 0)
		return false;
	add(&k, k.main, MAIN)->fresh = false;
	resume(&k.list[0], 0);
	follow(&k);
	return true;
}
