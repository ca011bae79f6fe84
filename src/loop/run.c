#include "loop/run.h"

#include "base/mem.h"
#include "base/num.h"
#include "loop/evloop.h"
#include "loop/lines.h"
#include "loop/stream.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/signals.h"

#define PIPE_SIZE (1 << 20)	   /* of a pipe that carries data, not messages */
#define TAIL ((size_t)64 << 10)	   /* of stderr, kept */
#define MAX_OUT ((size_t)16 << 20) /* of stdout, kept by default */
#define TICK_MS 100
#define ENDING_TICK_MS 20
#define GRACE_MS 5000
#define STRAGGLERS_MS 200

/* What the `limit` timer means, and what comes next:
 *
 *	RUNNING   the deadline             → ENDING
 *	ENDING    TERM had no effect yet   → REMINDED
 *	REMINDED  nor had the second TERM  → KILLED
 *	KILLED    nor had KILL: give up    → DONE
 *	DRAINING  the child has ended, somebody else has its pipes → DONE
 */
enum phase { RUNNING, ENDING, REMINDED, KILLED, DRAINING, DONE };

struct job {
	struct run *r;
	const struct ctx *c;
	const char *what;
	uv_loop_t loop;
	uv_timer_t tick, limit;
	uv_poll_t wake;
	struct stream in, out, err;
	int pid;
	enum phase phase;
	bool ended;	/* the child is a zombie */
	bool unkilled;	/* not even that: it cannot be reaped */
	struct err why; /* the first failure */
	int64_t started;
	struct buf fed;	  /* what r->feed gave */
	size_t out_start; /* r->out's length at the beginning */
	struct lines out_lines, err_lines;
	char chunk[STREAM_CHUNK];
};

static void check_end(struct job *j);

static void finish(struct job *j)
{
	j->phase = DONE;
	stream_close(&j->in);
	stream_close(&j->out);
	stream_close(&j->err);
	uv_close((uv_handle_t *)&j->tick, NULL);
	uv_close((uv_handle_t *)&j->limit, NULL);
	if (j->wake.type)
		uv_close((uv_handle_t *)&j->wake, NULL);
}

static void on_limit(uv_timer_t *t);
static void on_tick(uv_timer_t *t);

static void set_limit(struct job *j, int64_t ms)
{
	uv_update_time(&j->loop);
	uv_timer_start(&j->limit, on_limit, ms > 0 ? (uint64_t)ms : 0, 0);
}

/* Half of the grace. TERM is sent twice in it: a shell with a trap that has just forked
 * loses a signal, for the child takes it with the shell's handler before it drops that
 * (2 % of random moments in a short script, dash 0.5.12). */
static void terminate(struct job *j)
{
	proc_terminate_group(j->pid);
	set_limit(j, (j->r->grace_ms ? j->r->grace_ms : GRACE_MS) / 2);
}

/* Ends the child because of j->why. Its stdin stays open, unfed: the end of
 * input would look like the end of the data. Its output is still read, so that
 * it can say its last words. */
static void end_child(struct job *j)
{
	if (!j->why.kind)
		err_set(&j->why, ERR_INTERNAL, "%s: ended by its caller", j->what);
	stream_pause(&j->in);
	if (j->phase != RUNNING)
		return;
	j->phase = ENDING;
	terminate(j);
	uv_timer_start(&j->tick, on_tick, ENDING_TICK_MS, ENDING_TICK_MS);
}

static void log_line(void *arg, struct str line)
{
	struct job *j = arg;

	if (!j->r->quiet)
		ctx_log(j->c, line);
}

static void log_err_line(void *arg, struct str line)
{
	struct job *j = arg;

	if (j->r->on_err_line)
		j->r->on_err_line(j->r->arg, line);
	log_line(arg, line);
}

static void keep_out(struct job *j, struct str chunk)
{
	size_t max = j->r->max_out ? j->r->max_out : MAX_OUT;

	if (j->r->out->n - j->out_start + chunk.n <= max) {
		buf_str(j->r->out, chunk);
		return;
	}
	err_set(&j->why, ERR_EXTERNAL_COMMAND_FAILED, "%s printed more than %zu bytes", j->what,
		max);
	end_child(j);
}

static void take_out(void *arg, struct str chunk)
{
	struct job *j = arg;

	if (j->r->on_out || j->r->out) {
		if (j->why.kind)
			return; /* nobody wants it any more */
		if (!j->r->on_out)
			keep_out(j, chunk);
		else if (!j->r->on_out(j->r->arg, chunk, &j->why))
			end_child(j);
		return;
	}
	lines_feed(&j->out_lines, chunk, log_line, j);
}

static void take_err(void *arg, struct str chunk)
{
	struct job *j = arg;
	struct buf *tail = &j->r->err_tail;

	buf_str(tail, chunk);
	if (tail->n > 2 * TAIL)
		buf_keep_tail(tail, TAIL);
	lines_feed(&j->err_lines, chunk, log_err_line, j);
}

static int fill_in(void *arg, struct str *more)
{
	struct job *j = arg;
	int rc;

	if (!j->r->feed) {
		*more = j->r->in;
		return 0;
	}
	buf_clear(&j->fed);
	rc = j->r->feed(j->r->arg, &j->fed, &j->why);
	if (rc < 0)
		end_child(j);
	*more = buf_view(&j->fed);
	return rc;
}

/* The child has ended. It stays a zombie until the very end, so that its group's
 * number cannot become somebody else's while we may still signal it. */
static void check_end(struct job *j)
{
	if (j->phase == DONE)
		return;
	if (!j->ended) {
		j->ended = spawn_ended(j->pid);
		if (!j->ended)
			return;
		stream_read_rest(&j->out);
		stream_read_rest(&j->err);
		if (j->phase == DONE)
			return; /* both streams ended just now, which has called us */
	}
	if (j->phase == RUNNING) {
		j->phase = DRAINING;
		set_limit(j, STRAGGLERS_MS);
	}
	if (j->phase == DRAINING ? j->out.fd < 0 && j->err.fd < 0 : !proc_group_alive(j->pid))
		finish(j);
}

static void check_cancel(struct job *j)
{
	if (j->phase != RUNNING || ctx_check(j->c, &j->why))
		return;
	err_wrap(&j->why, "%s", j->what);
	end_child(j);
}

static void on_wake(uv_poll_t *p, int status, int events)
{
	struct job *j = p->data;

	(void)status;
	(void)events;
	signals_drain();
	check_end(j);
	check_cancel(j);
}

static void on_tick(uv_timer_t *t)
{
	struct job *j = t->data;

	ctx_tick(j->c);
	check_end(j);
	check_cancel(j);
	if (j->phase == RUNNING && j->r->on_tick && !j->r->on_tick(j->r->arg, &j->why))
		end_child(j);
}

static void out_of_time(struct job *j)
{
	own_buf struct buf t = {0};

	num_elapsed(&t, clock_mono_ms() - j->started);
	err_set(&j->why, ERR_EXTERNAL_COMMAND_FAILED, "%s did not end within %s", j->what,
		buf_z(&t));
	end_child(j);
}

static void on_limit(uv_timer_t *t)
{
	struct job *j = t->data;

	switch (j->phase) {
	case RUNNING:
		check_end(j);
		if (j->phase == RUNNING)
			out_of_time(j);
		break;
	case ENDING:
		j->phase = REMINDED;
		terminate(j);
		break;
	case REMINDED:
		j->phase = KILLED;
		proc_signal_group(j->pid, SIGKILL);
		set_limit(j, GRACE_MS);
		break;
	case KILLED:
		j->unkilled = !j->ended;
		err_cause(&j->why, "process group %d does not end, not even killed", j->pid);
		finish(j);
		break;
	case DRAINING:
		finish(j);
		break;
	case DONE:
		break;
	}
}

static void on_closed(void *arg)
{
	check_end(arg); /* most children end with their streams */
}

static bool start(struct job *j, struct err *e)
{
	struct run *r = j->r;
	own_fd int in = -1, out = -1, err = -1;
	bool feeds = r->in.n || r->feed;
	struct spawn sp = {.argv = r->argv,
		.cwd = r->cwd,
		.env = r->env,
		.new_session = true,
		.gate = r->gate,
		.gate_arg = r->gate_arg};

	out = stream_open(&j->out, &j->loop, false, e);
	err = out < 0 ? -1 : stream_open(&j->err, &j->loop, false, e);
	if (err < 0 || (feeds && (in = stream_open(&j->in, &j->loop, true, e)) < 0))
		return false;
	if (feeds)
		fd_pipe_grow(j->in.fd, PIPE_SIZE);
	if (r->on_out)
		fd_pipe_grow(j->out.fd, PIPE_SIZE);
	sp.out = out;
	sp.err = err;
	sp.in = feeds ? in : r->in_fd > 0 ? r->in_fd : SPAWN_NULL;
	return spawn(&sp, &j->pid, e);
}

/* Milliseconds from now to the nearer of the two deadlines; -1: there is none. */
static int64_t time_left(const struct job *j)
{
	int64_t left = j->r->timeout_ms > 0 ? j->r->timeout_ms : -1;

	if (j->c && j->c->deadline) {
		int64_t by_ctx = j->c->deadline - clock_mono_ms();

		by_ctx = by_ctx > 0 ? by_ctx : 0;
		left = left < 0 || by_ctx < left ? by_ctx : left;
	}
	return left;
}

static void watch(struct job *j)
{
	int tick = j->r->tick_ms > 0 ? j->r->tick_ms : TICK_MS;
	int64_t left = time_left(j);

	stream_start(&j->in);
	stream_start(&j->out);
	stream_start(&j->err);
	if (j->wake.type)
		uv_poll_start(&j->wake, UV_READABLE, on_wake);
	uv_timer_start(&j->tick, on_tick, (uint64_t)tick, (uint64_t)tick);
	if (left >= 0)
		set_limit(j, left);
}

static struct stream stream_of(struct job *j)
{
	return (struct stream){.fd = -1, .arg = j, .chunk = j->chunk};
}

static void job_init(struct job *j, struct run *r, const struct ctx *c)
{
	j->r = r;
	j->c = c;
	j->what = r->what ? r->what : r->argv[0];
	j->started = clock_mono_ms();
	j->out_start = r->out ? r->out->n : 0;
	j->in = j->out = j->err = stream_of(j);
	j->in.fill = fill_in;
	j->out.take = take_out;
	j->err.take = take_err;
	j->out.closed = j->err.closed = on_closed;
}

static bool loop_init(struct job *j, struct err *e)
{
	if (!evloop_init(&j->loop, e))
		return err_wrap(e, "%s", j->what);
	uv_timer_init(&j->loop, &j->tick);
	uv_timer_init(&j->loop, &j->limit);
	j->tick.data = j->limit.data = j->wake.data = j;
	/* Without it exit and cancel are seen at ticks only. */
	if (signals_fd() < 0 || uv_poll_init(&j->loop, &j->wake, signals_fd()) != 0)
		j->wake.type = UV_UNKNOWN_HANDLE;
	return true;
}

/* The program's last words. ssh ends its lines with CR LF, for terminals in raw mode. */
static void quote_tail(const struct run *r, struct err *e)
{
	struct str rest = lines_last(buf_view(&r->err_tail), 20), line;

	while (str_split(&rest, '\n', &line)) {
		if (str_ends(line, STR("\r")))
			line.n--;
		err_cause(e, "%.*s", STRF(line));
	}
}

/* After the loop: the last lines, the status, and the failure if there was one. */
static bool conclude(struct job *j, struct err *e)
{
	int status = 0;

	lines_end(&j->out_lines, log_line, j);
	lines_end(&j->err_lines, log_err_line, j);
	buf_keep_tail(&j->r->err_tail, TAIL);
	if (!j->unkilled && !spawn_wait(j->pid, &status, e))
		return false;
	j->r->status = spawn_exit_code(status);
	if (!j->why.kind)
		return true;
	if (j->why.kind == ERR_EXTERNAL_COMMAND_FAILED)
		quote_tail(j->r, &j->why);
	return err_move(e, &j->why);
}

static void job_free(struct job **jp)
{
	struct job *j = *jp;

	if (!j)
		return;
	err_fini(&j->why);
	buf_fini(&j->fed);
	lines_fini(&j->out_lines);
	lines_fini(&j->err_lines);
	free(j);
}

bool run(struct run *r, const struct ctx *c, struct err *e)
{
	__attribute__((cleanup(job_free))) struct job *j = mem_alloc(sizeof(*j));
	bool started;

	job_init(j, r, c);
	buf_clear(&r->err_tail);
	if (!ctx_check(c, e))
		return err_wrap(e, "%s", j->what);
	if (time_left(j) == 0)
		return err_set(
			e, ERR_EXTERNAL_COMMAND_FAILED, "%s: no time is left for it", j->what);
	if (!loop_init(j, e))
		return false;
	started = start(j, e);
	if (started)
		watch(j);
	else
		finish(j);
	uv_run(&j->loop, UV_RUN_DEFAULT);
	uv_loop_close(&j->loop);
	return started && conclude(j, e);
}

bool run_ok(struct run *r, const struct ctx *c, struct err *e)
{
	if (!run(r, c, e))
		return false;
	if (r->status == 0)
		return true;
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED, "%s failed with exit status %d",
		r->what ? r->what : r->argv[0], r->status);
	quote_tail(r, e);
	return false;
}

void run_fini(struct run *r)
{
	buf_fini(&r->err_tail);
}
