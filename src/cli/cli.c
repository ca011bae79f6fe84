#include "cli/cli.h"

#include <errno.h>

#include "base/mem.h"
#include "cli/handlers.h"
#include "cli/help.h"
#include "cli/live.h"
#include "cli/output.h"
#include "cli/parse.h"
#include "data/jsonout.h"
#include "ops/detach.h"
#include "os/fd.h"
#include "os/signals.h"

static void version_text(struct invocation *inv, struct buf *text)
{
	struct json_out j = {.out = inv->data};

	buf_puts(text, "codelima " CODELIMA_VERSION "\n");
	if (!inv_json(inv))
		return;
	jout_object(&j);
	jout_kv_z(&j, "codelima", CODELIMA_VERSION);
	jout_end(&j);
}

static void help_text(struct invocation *inv, struct buf *text)
{
	struct json_out j = {.out = inv->data};

	if (inv->cmd && !(inv->cmd->traits & CMD_REST && inv->rest.n))
		help_command(text, inv->cmd);
	else if (inv->args.n)
		help_group(text, inv->args.v[0]);
	else
		help_overview(text);
	if (inv_json(inv))
		jout_str(&j, buf_view(text));
}

/* Help and version run nothing and touch nothing. True: answered. */
static bool answer_without_running(struct invocation *inv)
{
	own_buf struct buf text = {0};

	if (inv->help)
		help_text(inv, &text);
	else if (inv->version)
		version_text(inv, &text);
	else
		return false;
	if (inv_json(inv))
		out_document(buf_view(inv->data));
	else
		fd_stdout(buf_view(&text));
	return true;
}

static bool no_command(struct err *e)
{
	err_set(e, ERR_INVALID_ARGUMENT, "no command given");
	err_cause(e, "the terminal UI is not part of this version yet");
	return err_fix(e, "codelima help");
}

/* A job that was started with --detach: its record and log tell how it goes, and it prints nothing.
 */
static bool run_job(struct invocation *inv, struct err *e)
{
	bool ok;

	inv->json = true; /* handlers print nothing then */
	inv->ctx->sink = NULL;
	if (!job_adopt(&inv->home, inv->ctx->job, e))
		return false;
	ok = inv->cmd->run(inv, e);
	job_conclude(&inv->home, inv->ctx->job, ok ? NULL : e, ctx_cancelled(inv->ctx));
	return ok;
}

static bool run_command(struct invocation *inv, struct live *live, struct err *e)
{
	own_mem char *job = detach_job();

	inv->ctx->cancel = signals_install();
	inv->ctx->sink = &live->sink;
	inv->ctx->job = inv->detach ? job : NULL;
	if (!inv->cmd)
		return no_command(e);
	if (!(inv->cmd->traits & CMD_NO_HOME) && !home_open(&inv->home, inv->home_flag, e))
		return false;
	if (inv->ctx->job)
		return run_job(inv, e);
	return inv->detach ? cmd_detach(inv, e) : inv->cmd->run(inv, e);
}

/* 130 and 143 tell which signal; a signal that came while something else failed does not. */
static int failure_code(const struct err *e, int sig)
{
	if (e->kind == ERR_INTERRUPTED && sig)
		return 128 + sig;
	return err_exit_code(e->kind);
}

/* What the system refused is told by its own words, which name no way out. */
static void advise(struct err *e)
{
	if (e->fix.n || e->kind != ERR_INTERNAL)
		return;
	if (e->sys == ENOSPC || e->sys == EDQUOT)
		err_fix(e, "make room on that disk, then run it again");
	else if (e->sys == EMFILE || e->sys == ENFILE)
		err_fix(e, "raise the limit of open files: ulimit -n 1024");
	else if (e->sys == EACCES || e->sys == EPERM || e->sys == EROFS)
		err_fix(e, "codelima doctor");
}

/* What was done is done; what was said is not whole. */
static int lost_output(const struct err *e)
{
	out_error(false, e);
	return err_exit_code(e->kind);
}

int cli_main(int argc, char **argv)
{
	own_err struct err e = {0};
	own_buf struct buf data = {0};
	struct ctx ctx = {0};
	struct invocation inv = {.data = &data, .ctx = &ctx};
	struct live live;
	int code;

	bool ok = parse_command_line(&inv, argc, argv, &e);

	if (ok && answer_without_running(&inv)) {
		invocation_fini(&inv);
		return fd_stdout_check(&e) ? 0 : lost_output(&e);
	}
	live_init(&live, inv.events, inv.log_level);
	ok = ok && run_command(&inv, &live, &e);
	live_fini(&live);
	if (ok && inv_json(&inv) && !ctx.job)
		out_document(buf_view(&data));
	if (!ok)
		advise(&e);
	if (!ok && !ctx.job)
		out_error(inv_json(&inv), &e);
	code = ok || inv.exit_code ? inv.exit_code : failure_code(&e, ctx_cancelled(&ctx));
	invocation_fini(&inv);
	return !ok || fd_stdout_check(&e) ? code : lost_output(&e);
}
