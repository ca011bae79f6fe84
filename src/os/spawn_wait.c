/* spawn_wait() of spawn.h: waiting for a child that may have our terminal. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/proc.h"
#include "os/signals.h"
#include "os/spawn.h"

/* Makes a group the foreground of stdin's terminal. We are in the background
 * when we take it back, and would be stopped for that by SIGTTOU. */
static void give_tty(int pgrp)
{
	sigset_t ttou, old;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &ttou, &old);
	tcsetpgrp(STDIN_FILENO, pgrp);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* Takes the terminal back from the child, or from a group that it made and that
 * is no more. Whoever else has it got it from the shell that we run under. */
static void take_tty(int pid)
{
	int fg;

	for (int tries = 0; tries < 10; tries++) {
		fg = tcgetpgrp(STDIN_FILENO);
		if (fg <= 0 || fg == getpgrp())
			return;
		if (fg == pid || !proc_group_alive(fg)) {
			give_tty(getpgrp());
			return;
		}
		clock_sleep_ms(10); /* its last members may be ending just now */
	}
}

/* The child stopped: so do we, with our whole job, and when somebody continues
 * us the child goes on. The kernel drops the TSTP when nobody could continue us
 * (an orphaned group); then it was only a short pause. */
static void stop_with_child(int pid, int sig)
{
	if (sig == SIGSTOP || tcgetpgrp(STDIN_FILENO) < 0)
		return; /* that was no key: whoever stopped it will continue it */
	if (getpgid(pid) != pid)
		return; /* of our own group: the same signal has stopped us */
	take_tty(pid);
	kill(0, SIGTSTP);
	if (tcgetpgrp(STDIN_FILENO) == getpgrp())
		give_tty(pid);
	kill(-pid, SIGCONT);
}

static void wait_for_signal(void)
{
	struct pollfd p = {.fd = signals_fd(), .events = POLLIN};

	/* The limit is for a SIGCHLD that another waiter has drained. */
	poll(&p, p.fd >= 0, p.fd >= 0 ? 1000 : 10);
	signals_drain();
}

bool spawn_wait(int pid, int *status, struct err *e)
{
	int st, got;

	signals_fd();
	for (;;) {
		got = waitpid(pid, &st, WNOHANG | WUNTRACED);
		if (got < 0 && errno != EINTR)
			return err_sys(e, "wait for process %d", pid);
		if (got <= 0)
			wait_for_signal();
		else if (WIFSTOPPED(st))
			stop_with_child(pid, WSTOPSIG(st));
		else
			break;
	}
	take_tty(pid);
	*status = st;
	return true;
}
