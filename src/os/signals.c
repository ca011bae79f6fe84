#include "os/signals.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"

static volatile sig_atomic_t flag;
static int wake[2] = {-1, -1};
static void (*forward_fn)(void *arg, int sig);
static void *forward_arg;

static void on_signal(int sig)
{
	int saved = errno;
	unsigned char byte = (unsigned char)sig;

	if (sig != SIGCHLD && !flag)
		flag = sig;
	/* A full pipe wakes as well as one more byte would. */
	if (wake[1] >= 0 && write(wake[1], &byte, 1) < 0)
		errno = saved;
	errno = saved;
}

/* Also unblocks: the mask is inherited from whoever started us. */
static void catch_signal(int sig, bool keep_ignored)
{
	struct sigaction sa = {.sa_handler = on_signal}, old;
	sigset_t set;

	if (keep_ignored && sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	sigfillset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int signals_fd(void)
{
	int p[2];

	if (wake[0] >= 0 || !fd_pipe(p, NULL))
		return wake[0];
	fd_nonblock(p[0], true, NULL);
	fd_nonblock(p[1], true, NULL);
	wake[0] = p[0];
	wake[1] = p[1];
	catch_signal(SIGCHLD, false);
	signal(SIGPIPE, SIG_IGN); /* a child that ends early must not end us */
	return wake[0];
}

const volatile sig_atomic_t *signals_install(void)
{
	signals_fd();
	catch_signal(SIGINT, true);
	catch_signal(SIGHUP, true);
	catch_signal(SIGTERM, false);
	return &flag;
}

void signals_drain(void)
{
	unsigned char got[64];
	ssize_t n;

	while (wake[0] >= 0 && (n = read(wake[0], got, sizeof(got))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			if (got[i] != SIGCHLD && forward_fn)
				forward_fn(forward_arg, got[i]);
	}
}

int signals_pending(void)
{
	return (int)flag;
}

void signals_clear(void)
{
	flag = 0;
}

void signals_forward(void (*fn)(void *arg, int sig), void *arg)
{
	forward_fn = fn;
	forward_arg = arg;
}
