/* shell */
#include "base/base64.h"
#include "base/utf8.h"
#include "cli/handlers.h"
#include "data/jsonout.h"
#include "ops/shell_op.h"

static void captured(
	struct json_out *j, const char *name, const char *encoding_name, const struct buf *b)
{
	own_buf struct buf coded = {0};
	bool text = utf8_valid(buf_view(b));

	if (!text)
		base64_encode(&coded, buf_view(b));
	jout_kv_str(j, name, text ? buf_view(b) : buf_view(&coded));
	jout_kv_z(j, encoding_name, text ? "utf-8" : "base64");
}

static bool json_shell(struct invocation *inv, struct shell_opts *o, struct err *e)
{
	own_buf struct buf out = {0}, err = {0};
	struct json_out j = {.out = inv->data};
	int status = 0;
	bool ok;

	if (!inv->rest.n)
		return err_set(e, ERR_INVALID_ARGUMENT,
			"an interactive shell has no --json form: name a command");
	o->out = &out;
	o->err = &err;
	ok = shell_op(&inv->home, inv->ctx, inv->args.v[0], o, &status, e);
	o->out = o->err = NULL;
	inv->exit_code = status;
	if (!ok)
		return false;
	jout_object(&j);
	jout_kv_i64(&j, "status", status);
	captured(&j, "stdout", "stdout_encoding", &out);
	captured(&j, "stderr", "stderr_encoding", &err);
	jout_end(&j);
	return true;
}

bool cmd_shell(struct invocation *inv, struct err *e)
{
	struct shell_opts o = {
		.workdir = inv_value(inv, "workdir"),
		.command = &inv->rest,
		.start = inv_has(inv, "start"),
		.argv = &inv->argv,
	};

	if (inv_has(inv, "tty") && inv_has(inv, "no-tty"))
		return err_set(e, ERR_INVALID_ARGUMENT, "-t and -T exclude one another");
	o.tty = inv_has(inv, "tty")	 ? SHELL_TTY_ON
		: inv_has(inv, "no-tty") ? SHELL_TTY_OFF
					 : SHELL_TTY_AUTO;
	if (inv->json)
		return json_shell(inv, &o, e);
	return shell_op(&inv->home, inv->ctx, inv->args.v[0], &o, &inv->exit_code, e);
}
