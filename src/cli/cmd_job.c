/* job list, show, log, cancel, wait, and --detach */
#include "base/mem.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "ops/detach.h"
#include "ops/job_watch.h"
#include "os/clock.h"
#include "os/fd.h"

#define FOLLOW_MS 100

#define CELL(name, expression)                                                                     \
	static struct str name(const void *rec, struct buf *b)                                     \
	{                                                                                          \
		const struct job *j = rec;                                                         \
		(void)b;                                                                           \
		return str_z(expression);                                                          \
	}
CELL(cell_id, j->id)
CELL(cell_operation, j->operation)
CELL(cell_target, j->target)
CELL(cell_state, j->state)
CELL(cell_step, j->step)
#undef CELL

static struct str cell_progress(const void *rec, struct buf *b)
{
	const struct job *j = rec;

	if (job_goes_on(j) && j->total > 0)
		buf_printf(b, "%lld%%",
			(long long)(j->done >= j->total ? 100 : j->done * 100 / j->total));
	return buf_view(b);
}

/* To the second. */
static struct str cell_started(const void *rec, struct buf *b)
{
	return out_seconds(((const struct job *)rec)->started_at, b);
}

/* A person reads the slug of what an id names. */
static void name_targets(const struct home *h, struct job_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct buf slug = {0};

		if (*job_target(h, &l->v[i], &slug)) {
			free(l->v[i].target);
			l->v[i].target = buf_steal(&slug);
		}
		buf_fini(&slug);
	}
}

bool cmd_job_list(struct invocation *inv, struct err *e)
{
	static const struct column columns[] = {{"id", cell_id}, {"operation", cell_operation},
		{"target", cell_target}, {"state", cell_state}, {"step", cell_step},
		{"progress", cell_progress}, {"started", cell_started}};
	own_jobs struct job_list l = {0};

	if (!job_list(&inv->home, &l, e))
		return false;
	if (!inv_json(inv))
		name_targets(&inv->home, &l);
	out_list(inv, &job_fields, l.v, l.n, columns, countof(columns));
	return true;
}

bool cmd_job_show(struct invocation *inv, struct err *e)
{
	struct job job = {0};

	if (!job_find(&inv->home, inv->args.v[0], &job, e))
		return false;
	out_record(inv, &job_fields, &job);
	fields_fini(&job_fields, &job);
	return true;
}

static bool print_log(struct invocation *inv, struct job *job, bool follow, struct err *e)
{
	struct job_tail tail;
	bool last = false, ok = true;

	job_tail_init(&tail, &inv->home, job->id, "log");
	while (ok && !last && !ctx_cancelled(inv->ctx)) {
		own_buf struct buf text = {0};
		struct job now = {0};

		last = !follow || !job_goes_on(job);
		while (job_tail_read(&tail, last, &text)) {
			out_lines(buf_view(&text));
			buf_clear(&text);
		}
		if (last)
			break;
		clock_sleep_ms(FOLLOW_MS);
		ok = job_load(&inv->home, job->id, &now, e);
		fields_fini(&job_fields, ok ? job : &now);
		if (ok)
			*job = now;
	}
	if (ok && !last)
		inv->exit_code = 128 + ctx_cancelled(inv->ctx);
	job_tail_fini(&tail);
	return ok;
}

static void log_document(struct invocation *inv, const struct job *job)
{
	own_buf struct buf text = {0};
	struct job_tail tail;

	job_tail_init(&tail, &inv->home, job->id, "log");
	while (job_tail_read(&tail, true, &text))
		;
	out_log(inv, "job", tail.path, buf_view(&text));
	job_tail_fini(&tail);
}

bool cmd_job_log(struct invocation *inv, struct err *e)
{
	bool follow = inv_has(inv, "follow"), ok = true;
	struct job job = {0};

	if (follow && inv_json(inv))
		return err_set(e, ERR_INVALID_ARGUMENT,
			"--follow prints as it comes, and --json prints one document");
	if (!job_find(&inv->home, inv->args.v[0], &job, e))
		return false;
	if (inv_json(inv))
		log_document(inv, &job);
	else
		ok = print_log(inv, &job, follow, e);
	fields_fini(&job_fields, &job);
	return ok;
}

static void said(struct invocation *inv, const struct job *job, const char *what)
{
	own_buf struct buf target = {0};

	job_target(&inv->home, job, &target);
	out_changed(inv, &job_fields, job, "%s job %s: %s%s%s.", what, job->id, job->operation,
		target.n ? " of " : "", buf_z(&target));
}

bool cmd_job_cancel(struct invocation *inv, struct err *e)
{
	struct job job = {0};
	bool ok;

	if (!job_find(&inv->home, inv->args.v[0], &job, e))
		return false;
	ok = job_cancel(&inv->home, inv->ctx, &job, e);
	if (ok)
		said(inv, &job, "Cancelled");
	fields_fini(&job_fields, &job);
	return ok;
}

static void pass_line(void *arg, struct str line)
{
	own_buf struct buf b = {0};

	(void)arg;
	buf_str(&b, line);
	buf_putc(&b, '\n');
	fd_stdout(buf_view(&b));
}

bool cmd_job_wait(struct invocation *inv, struct err *e)
{
	struct job job = {0};
	bool ok;

	if (!job_find(&inv->home, inv->args.v[0], &job, e))
		return false;
	ok = job_wait(&inv->home, inv->ctx, &job, inv->events ? pass_line : NULL, NULL, e);
	if (ok && z_eq(job.state, JOB_DONE)) {
		said(inv, &job, "Done:");
	} else if (ok) {
		ok = job_error(&job, e);
		inv->exit_code = (int)job.exit_code;
	}
	fields_fini(&job_fields, &job);
	return ok;
}

/* As the operation will call itself once it has begun: "start"; of a group within a group,
 * "snapshot". */
static const char *operation_name(const struct command *c)
{
	const char *inner = strchr(c->group, ' ');

	return inner ? inner + 1 : c->name;
}

/* The command line with --yes, before a -- that would make a name of it. */
static void with_yes(const struct strv *argv, struct strv *out)
{
	size_t at = 0;

	while (at < argv->n && !z_eq(argv->v[at], "--"))
		strv_add(out, argv->v[at++]);
	strv_add(out, "--yes");
	while (at < argv->n)
		strv_add(out, argv->v[at++]);
}

bool cmd_detach(struct invocation *inv, struct err *e)
{
	bool given = inv->cmd->ask && inv_has(inv, "yes"), yes = given;
	own_strv struct strv answered = {0};
	struct job job = {0};

	if (inv->events) {
		err_set(e, ERR_INVALID_ARGUMENT,
			"--detach does not wait, and --events prints until the end");
		return err_fix(e, "--detach alone, then: codelima job wait ID --events");
	}
	/* There is nothing yet that a command could run long on: it will say so. */
	if (!inv->home.exists)
		return inv->cmd->run(inv, e);
	if (inv->cmd->ask && !inv->cmd->ask(inv, &yes, e))
		return false;
	if (yes && !given)
		with_yes(&inv->argv, &answered);
	if (!detach(&inv->home, inv->ctx, operation_name(inv->cmd),
		    answered.n ? &answered : &inv->argv, &job, e))
		return false;
	out_changed(inv, &job_fields, &job, "Started job %s. Follow it with: codelima job wait %s",
		job.id, job.id);
	fields_fini(&job_fields, &job);
	return true;
}
