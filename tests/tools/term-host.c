/* term-host [--cols N] [--rows N] [--timeout S] [--decrqcra] [--input FILE | --script FILE]
 *           [--record FILE] [--moments FILE] -- CMD…
 *
 * Runs CMD on a PTY under the engine, answers its queries, and prints the JSON
 * document of term-replay when CMD ends; exits with its status. --input: bytes that
 * are typed as soon as CMD reads them; each "\f" (form feed) in them waits until CMD
 * was silent for 300 ms. --script: steps that wait for what CMD shows (host_script.h);
 * when the time is up before they are done, the one under way is told. --record: keep
 * what CMD wrote; --moments: and when a script took a shot or resized.
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

#include "tools/host_script.h"
#include "tools/term_json.h"
#include "tools/tool_options.h"

enum { QUIET_MS = 300, LAST_READS = 256 };

static const struct tool tool = {"term-host",
	"[--cols N] [--rows N] [--timeout S] [--decrqcra] [--input FILE | --script FILE]"
	" [--record FILE] [--moments FILE] -- CMD..."};

struct session {
	struct host host;
	struct host_script script;
	struct term_options term;
	pid_t pid;
	int status; /* of CMD, once `ended` */
	bool ended;
	bool silent; /* nobody has the other side open; CMD may still open it again */
	double timeout;
	const char *input_file, *script_file, *record_file, *moments_file;
	FILE *record;
	struct buf input, replies;
	size_t typed;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void on_reply(void *ctx, struct str s)
{
	struct session *h = ctx;

	buf_str(&h->replies, s);
	buf_str(&h->host.out, s);
}

/* DECCOLM: the program is to see the size it asked for. */
static void on_resized(void *ctx, unsigned cols, unsigned rows)
{
	struct session *h = ctx;
	struct winsize ws = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	ioctl(h->host.fd, TIOCSWINSZ, &ws);
}

static bool start(struct session *h, char **argv)
{
	struct winsize ws = {
		.ws_row = (unsigned short)h->term.rows, .ws_col = (unsigned short)h->term.cols};
	int err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3); /* the child's own is the PTY */

	h->pid = forkpty(&h->host.fd, NULL, NULL, &ws);
	if (h->pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("COLORTERM", "truecolor", 1);
		unsetenv("TMUX");
		unsetenv("STY");
		unsetenv("ZELLIJ");
		execvp(argv[0], argv);
		dprintf(err, "term-host: cannot run %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(err);
	return h->pid > 0 && fcntl(h->host.fd, F_SETFL, O_NONBLOCK) == 0;
}

/* Input up to the next form feed, which waits for silence. */
static void type(struct session *h)
{
	while (h->typed < h->input.n && !h->host.out.n) {
		struct str rest = str_from(buf_view(&h->input), h->typed);
		size_t n = str_find(rest, '\f');

		if (n == 0) {
			if (now() - h->host.last_output < QUIET_MS / 1e3)
				return;
			h->host.last_output = now();
			h->typed++;
			continue;
		}
		buf_add(&h->host.out, rest.p, n);
		h->typed += n;
	}
}

/* False when there is nothing to read. */
static bool read_output(struct session *h)
{
	char part[65536];
	ssize_t n = read(h->host.fd, part, sizeof(part));

	h->silent = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
	if (n <= 0)
		return false;
	term_feed(h->host.t, part, (size_t)n);
	h->host.bytes += (size_t)n;
	if (h->record)
		fwrite(part, 1, (size_t)n, h->record);
	h->host.last_output = now();
	return true;
}

static void write_input(struct session *h)
{
	ssize_t n = h->host.out.n ? write(h->host.fd, h->host.out.p, h->host.out.n) : 0;

	if (n > 0)
		buf_splice(&h->host.out, 0, (size_t)n, STR(""));
}

/* Looks whether CMD has ended, or waits for it. */
static bool ended(struct session *h, bool wait)
{
	int status;
	pid_t pid = h->ended ? 0 : waitpid(h->pid, &status, wait ? 0 : WNOHANG);

	if (pid < 0 && errno != EINTR) {
		h->ended = true;
		h->status = 1;
	} else if (pid > 0) {
		h->ended = true;
		h->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	return h->ended;
}

/* CMD's end, not the PTY's: what CMD left behind may keep that open, and CMD itself may have
 * closed it long ago. */
static void loop(struct session *h)
{
	double end = now() + h->timeout;

	h->host.last_output = now();
	while (!ended(h, false)) {
		struct pollfd p = {.fd = h->silent ? -1 : h->host.fd, .events = POLLIN};

		type(h);
		host_script_run(&h->script, &h->host, now());
		p.events |= h->host.out.n ? POLLOUT : 0;
		poll(&p, 1, h->silent ? 1 : h->script.ended || !h->script.text.n ? 50 : 10);
		if (p.revents & POLLOUT)
			write_input(h);
		if (h->silent || p.revents & (POLLIN | POLLHUP))
			read_output(h);
		if (now() > end || h->script.broken) {
			kill(-h->pid, SIGKILL);
			while (!ended(h, true))
				;
		}
	}
	for (int i = 0; i < LAST_READS && read_output(h); i++)
		;
	host_script_run(&h->script, &h->host, now()); /* its last step may have ended CMD */
}

/* Returns where the command begins. */
static int options(struct session *h, int argc, char **argv)
{
	const struct tool_option all[] = {
		{"--cols", TOOL_NUMBER, &h->term.cols, TERM_MIN, TERM_MAX, NULL, NULL},
		{"--rows", TOOL_NUMBER, &h->term.rows, TERM_MIN, TERM_MAX, NULL, NULL},
		{"--timeout", TOOL_SECONDS, &h->timeout, 0, 86400, NULL, NULL},
		{"--decrqcra", TOOL_FLAG, &h->term.checksum, 0, 0, NULL, NULL},
		{"--input", TOOL_TEXT, &h->input_file, 0, 0, NULL, NULL},
		{"--script", TOOL_TEXT, &h->script_file, 0, 0, NULL, NULL},
		{"--record", TOOL_TEXT, &h->record_file, 0, 0, NULL, NULL},
		{"--moments", TOOL_TEXT, &h->moments_file, 0, 0, NULL, NULL}, {0}};
	int i = tool_options(&tool, all, argc, argv, 1);

	if (i < argc && strcmp(argv[i - 1], "--") != 0)
		tool_refuse(&tool, "%s: no option; the command goes behind --", argv[i]);
	if (i == argc)
		tool_usage(&tool);
	tool_size(&tool, h->term.cols, h->term.rows);
	return i;
}

static FILE *create(const char *name, const char *path)
{
	FILE *f = path ? fopen(path, "wb") : NULL;

	if (path && !f)
		tool_refuse(&tool, "%s %s: %s", name, path, strerror(errno));
	return f;
}

static void open_files(struct session *h)
{
	if (h->input_file)
		tool_read(&tool, "--input", h->input_file, &h->input);
	if (h->script_file && !host_script_load(&h->script, h->script_file))
		tool_refuse(&tool, "--script %s: %s", h->script_file, strerror(errno));
	h->record = create("--record", h->record_file);
	h->host.moments = create("--moments", h->moments_file);
}

static void close_files(struct session *h)
{
	if (h->record)
		fclose(h->record);
	if (h->host.moments)
		fclose(h->host.moments);
}

static void print_document(struct session *h)
{
	own_buf struct buf doc = {0};

	term_json(&doc, h->host.t, buf_view(&h->replies));
	fwrite(doc.p, 1, doc.n, stdout);
}

static void fini(struct session *h)
{
	term_free(h->host.t);
	host_script_fini(&h->script);
	buf_fini(&h->input);
	buf_fini(&h->replies);
	buf_fini(&h->host.out);
}

int main(int argc, char **argv)
{
	struct session h = {.term = {.cols = 80, .rows = 24}, .timeout = 60};
	struct term_events ev = {.reply = on_reply, .resized = on_resized};
	int i = options(&h, argc, argv);

	open_files(&h);
	h.host.t = term_new(&h.term);
	if (!h.host.t || !start(&h, argv + i)) {
		perror("term-host");
		return 1;
	}
	term_set_events(h.host.t, &ev, &h);
	term_viewer_colors(h.host.t, TERM_JSON_FG, TERM_JSON_BG, TERM_JSON_FG, true);
	loop(&h);
	if (h.script_file && !h.script.ended)
		host_script_blame(&h.script, &h.host, h.script_file);
	close_files(&h);
	print_document(&h);
	fini(&h);
	return h.status;
}
