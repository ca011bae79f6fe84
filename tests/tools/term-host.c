/* term-host [--cols N] [--rows N] [--timeout S] [--decrqcra] [--input FILE] [--record FILE] -- CMD…
 *
 * Runs CMD on a PTY under the engine, answers its queries, and prints the JSON
 * document of term-replay when CMD ends; exits with its status. --input: bytes that
 * are typed as soon as CMD reads them; each "\f" (form feed) in them waits until CMD
 * was silent for 300 ms. --record: keep what CMD wrote.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/term_json.h"

enum { QUIET_MS = 300 };

struct host {
	struct term_options term;
	struct term *t;
	int fd;
	pid_t pid;
	double timeout;
	const char *input_file, *record_file;
	FILE *record;
	struct buf input, replies, out; /* out: to be written to the PTY */
	size_t typed;
	double last_output;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void on_reply(void *ctx, struct str s)
{
	struct host *h = ctx;

	buf_str(&h->replies, s);
	buf_str(&h->out, s);
}

static bool start(struct host *h, char **argv)
{
	struct winsize ws = {
		.ws_row = (unsigned short)h->term.rows, .ws_col = (unsigned short)h->term.cols};

	h->pid = forkpty(&h->fd, NULL, NULL, &ws);
	if (h->pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("COLORTERM", "truecolor", 1);
		unsetenv("TMUX");
		execvp(argv[0], argv);
		_exit(127);
	}
	return h->pid > 0 && fcntl(h->fd, F_SETFL, O_NONBLOCK) == 0;
}

/* Input up to the next form feed, which waits for silence. */
static void type(struct host *h)
{
	while (h->typed < h->input.n && !h->out.n) {
		struct str rest = str_from(buf_view(&h->input), h->typed);
		size_t n = str_find(rest, '\f');

		if (n == 0) {
			if (now() - h->last_output < QUIET_MS / 1e3)
				return;
			h->last_output = now();
			h->typed++;
			continue;
		}
		buf_add(&h->out, rest.p, n);
		h->typed += n;
	}
}

/* False when the other side is gone. */
static bool read_output(struct host *h)
{
	char part[65536];
	ssize_t n = read(h->fd, part, sizeof(part));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	term_feed(h->t, part, (size_t)n);
	if (h->record)
		fwrite(part, 1, (size_t)n, h->record);
	h->last_output = now();
	return true;
}

static void write_input(struct host *h)
{
	ssize_t n = h->out.n ? write(h->fd, h->out.p, h->out.n) : 0;

	if (n > 0)
		buf_splice(&h->out, 0, (size_t)n, STR(""));
}

static void loop(struct host *h)
{
	double end = now() + h->timeout;

	h->last_output = now();
	for (;;) {
		struct pollfd p = {.fd = h->fd, .events = POLLIN};

		type(h);
		p.events |= h->out.n ? POLLOUT : 0;
		poll(&p, 1, 50);
		if (p.revents & POLLOUT)
			write_input(h);
		if (p.revents & (POLLIN | POLLHUP) && !read_output(h))
			return;
		if (now() > end) {
			kill(-h->pid, SIGKILL);
			return;
		}
	}
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool read_file(const char *path, struct buf *b)
{
	FILE *f = path ? fopen(path, "rb") : NULL;
	char part[4096];
	size_t n;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(b, part, n);
	if (f)
		fclose(f);
	return f || !path;
}

static int usage(void)
{
	fprintf(stderr, "usage: term-host [--cols N] [--rows N] [--timeout S] [--decrqcra]"
			" [--input FILE] [--record FILE] -- CMD...\n");
	return 2;
}

static int options(struct host *h, int argc, char **argv)
{
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *v = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--decrqcra")) {
			h->term.checksum = true;
			continue;
		}
		if (!strcmp(argv[i], "--cols"))
			h->term.cols = (unsigned)strtoul(v, NULL, 10);
		else if (!strcmp(argv[i], "--rows"))
			h->term.rows = (unsigned)strtoul(v, NULL, 10);
		else if (!strcmp(argv[i], "--timeout"))
			h->timeout = strtod(v, NULL);
		else if (!strcmp(argv[i], "--input"))
			h->input_file = v;
		else if (!strcmp(argv[i], "--record"))
			h->record_file = v;
		else
			return argc;
		i++;
	}
	return i + 1;
}

int main(int argc, char **argv)
{
	struct host h = {.term = {.cols = 80, .rows = 24}, .timeout = 60};
	struct term_events ev = {.reply = on_reply};
	own_buf struct buf doc = {0};
	int i = options(&h, argc, argv), status;

	if (i >= argc)
		return usage();
	h.t = term_new(&h.term);
	if (!h.t || !read_file(h.input_file, &h.input) || !start(&h, argv + i)) {
		perror("term-host");
		return 1;
	}
	if (h.record_file)
		h.record = fopen(h.record_file, "wb");
	term_set_events(h.t, &ev, &h);
	loop(&h);
	status = status_of(h.pid);
	if (h.record)
		fclose(h.record);
	term_json(&doc, h.t, buf_view(&h.replies));
	fwrite(doc.p, 1, doc.n, stdout);
	term_free(h.t);
	buf_fini(&h.input);
	buf_fini(&h.replies);
	buf_fini(&h.out);
	return status;
}
