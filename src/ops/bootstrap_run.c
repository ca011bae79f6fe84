#include "ops/bootstrap_run.h"

#include "base/mem.h"
#include "base/num.h"
#include "model/settings.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/bootstrap_file.h"

#define LOG_MAX (16u << 20) /* bootstrap.log starts anew beyond this */
#define LAST_LINES 20	    /* of a failed step's output, told in the error */

/* Sits between a running step and the job: writes bootstrap.log, shows the last line. */
struct step_sink {
	struct sink sink;
	const struct ctx *ctx; /* of the operation */
	const char *log_path;
	struct buf tail; /* the step's last lines */
	struct str line; /* shown on the bar; points into tail */
	size_t done, total;
};

static void show(struct step_sink *s, struct str message)
{
	ctx_progress(s->ctx, &(struct progress){.step = "bootstrap",
				     .state = STEP_RUNNING,
				     .unit = UNIT_COUNT,
				     .done = s->done,
				     .total = s->total,
				     .message = message});
}

static void write_line(struct step_sink *s, struct str line)
{
	own_buf struct buf with_newline = {0};

	ctx_log(s->ctx, line);
	buf_str(&with_newline, line);
	buf_putc(&with_newline, '\n');
	file_append(s->log_path, buf_view(&with_newline), NULL);
	buf_str(&s->tail, buf_view(&with_newline));
	buf_keep_tail(&s->tail, 16384);
}

static void step_line(struct sink *sink, struct str line)
{
	struct step_sink *s = (struct step_sink *)sink;

	write_line(s, line);
	if (str_trim(line).n)
		show(s, line);
}

static void step_tick(struct sink *sink)
{
	ctx_tick(((struct step_sink *)sink)->ctx);
}

/* The last lines of what a failed step printed. */
static struct str last_lines(const struct buf *b)
{
	size_t i = b->n, lines = 0;

	while (i > 0 && lines <= LAST_LINES)
		if (b->p[--i] == '\n')
			lines++;
	return str_trim(str_from(buf_view(b), i));
}

static bool set_status(struct guest *g, struct bootstrap *b, size_t i, const char *status,
	int exit_status, struct err *e)
{
	mem_set(&b->steps[i].status, status);
	b->steps[i].exit_status = exit_status;
	return bootstrap_save(g->w->h, g->w->node.id, b, e);
}

static bool step_failed(struct guest *g, struct bootstrap *b, size_t i, int status,
	const struct step_sink *s, struct err *e)
{
	own_err struct err second = {0};
	struct str tail = last_lines(&s->tail);

	err_set(e, ERR_EXTERNAL_COMMAND_FAILED,
		"bootstrap step %zu of %zu of node %s failed with exit status %d", i + 1,
		b->n_steps, g->w->node.slug, status);
	err_cause(e, "%s", b->steps[i].command);
	if (tail.n)
		err_cause(e, "%.*s", STRF(tail));
	err_field(e, "command", b->steps[i].command);
	err_field(e, "node_slug", g->w->node.slug);
	err_fix(e, "mend what it needs (codelima shell %s), then: codelima node start %s",
		g->w->node.slug, g->w->node.slug);
	if (!set_status(g, b, i, "failed", status, &second))
		err_also(e, &second);
	return false;
}

static bool one_step(struct guest *g, struct bootstrap *b, size_t i, int64_t timeout_ms,
	const char *log_path, struct err *e)
{
	struct node_work *w = g->w;
	own_buf struct buf script = {0}, fields = {0};
	struct step_sink sink = {.sink = {.log = step_line, .tick = step_tick},
		.ctx = &w->ctx,
		.log_path = log_path,
		.done = i,
		.total = b->n_steps};
	struct ctx c = w->ctx;
	own_run struct run r = {.what = "bootstrap step", .timeout_ms = timeout_ms};
	bool ok;

	c.sink = &sink.sink;
	buf_printf(&script, "--- step %zu of %zu (%s): %s", i + 1, b->n_steps, b->steps[i].origin,
		b->steps[i].command);
	write_line(&sink, buf_view(&script));
	buf_clear(&script);
	buf_clear(&sink.tail);
	show(&sink, str_z(b->steps[i].command));
	ssh_script_step(&g->ssh, node_workspace(&w->node), b->steps[i].command, &script);
	ok = guest_script(g, buf_z(&script), &r, &c, e);
	if (ok && r.status != 0)
		ok = step_failed(g, b, i, r.status, &sink, e);
	else if (ok)
		ok = set_status(g, b, i, "done", 0, e);
	buf_fini(&sink.tail);
	buf_printf(&fields, "%zu", i + 1);
	if (ok)
		node_work_event(w, "node.bootstrap.step", NULL,
			(const char *[]){
				"step", buf_z(&fields), "command", b->steps[i].command, NULL});
	return ok;
}

static void fresh_log(const char *path)
{
	struct file_stat st;

	if (file_stat(path, &st) && st.size > LOG_MAX)
		file_unlink(path, NULL);
}

static bool mark_completed(void *rec, void *arg, struct err *e)
{
	struct node *n = rec;

	(void)e;
	n->bootstrap_completed = true;
	mem_set(&n->bootstrap_completed_at, arg);
	return true;
}

static bool complete(struct guest *g, struct bootstrap *b, struct err *e)
{
	clock_stamp(&b->completed_at);
	b->completed = true;
	return bootstrap_save(g->w->h, g->w->node.id, b, e) &&
	       node_work_update(g->w, mark_completed, b->completed_at, e);
}

bool bootstrap_run(struct guest *g, struct bootstrap *b, struct err *e)
{
	own_buf struct buf log_path = {0};
	int64_t timeout_ms = 0;
	struct progress end = {.step = "bootstrap",
		.state = STEP_DONE,
		.unit = UNIT_COUNT,
		.done = b->n_steps,
		.total = b->n_steps};

	if (!settings_deadline(&g->w->h->config, "bootstrap", &timeout_ms, e))
		return false;
	node_work_path(g->w, &log_path, "bootstrap.log");
	fresh_log(buf_z(&log_path));
	for (size_t i = 0; i < b->n_steps; i++) {
		if (z_eq(b->steps[i].status, "done"))
			continue;
		if (!ctx_check(&g->w->ctx, e) ||
			!one_step(g, b, i, timeout_ms, buf_z(&log_path), e))
			return false;
	}
	if (b->n_steps)
		ctx_progress(&g->w->ctx, &end);
	return complete(g, b, e);
}

void bootstrap_validate(struct guest *g, const struct bootstrap *b)
{
	own_buf struct buf script = {0};
	own_run struct run r = {.what = "validation", .timeout_ms = 60000};
	own_err struct err e = {0};

	if (!b->validation_command || !*b->validation_command)
		return;
	ssh_script_step(&g->ssh, node_workspace(&g->w->node), b->validation_command, &script);
	if (!guest_script(g, buf_z(&script), &r, &g->w->ctx, &e))
		ctx_notice(&g->w->ctx, LEVEL_WARN, "validation of profile %s could not run: %s",
			b->agent_profile_name, buf_z(&e.msg));
	else if (r.status)
		ctx_notice(&g->w->ctx, LEVEL_WARN,
			"the agent of profile %s is not ready in node %s: \"%s\" ended with exit "
			"status %d (an environment config of the project can install it)",
			b->agent_profile_name, g->w->node.slug, b->validation_command, r.status);
}
