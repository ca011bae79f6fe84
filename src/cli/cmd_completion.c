/* completion, and __complete, which its scripts run */
#include "base/mem.h"
#include "cli/complete.h"
#include "cli/completion_scripts.h"
#include "cli/handlers.h"
#include "data/jsonout.h"
#include "os/fd.h"

bool cmd_completion(struct invocation *inv, struct err *e)
{
	const char *shell = inv->args.v[0], *text = completion_script(shell);

	if (!text) {
		err_set(e, ERR_INVALID_ARGUMENT, "there is no completion for %s", shell);
		err_field(e, "query", shell);
		return err_fix(e, "codelima completion bash, zsh or fish");
	}
	if (inv_json(inv)) {
		struct json_out j = {.out = inv->data};

		jout_object(&j);
		jout_kv_z(&j, "shell", shell);
		jout_kv_z(&j, "script", text);
		jout_end(&j);
		return true;
	}
	fd_stdout(str_z(text));
	return true;
}

bool cmd_complete(struct invocation *inv, struct err *e)
{
	static const char *const kinds[] = {[COMPLETED_WORDS] = "words",
		[COMPLETED_FILES] = "files",
		[COMPLETED_DIRS] = "dirs"};
	own_buf struct buf out = {0};
	struct completion c;

	(void)e;
	complete_words(&inv->rest, &c);
	buf_printf(&out, "%s\t", kinds[c.kind]);
	if (c.kind != COMPLETED_WORDS)
		buf_str(&out, c.lead);
	buf_putc(&out, '\n');
	for (size_t i = 0; i < c.words.n; i++)
		buf_printf(&out, "%s\t%s\n", c.words.v[i].word,
			c.words.v[i].note ? c.words.v[i].note : "");
	fd_stdout(buf_view(&out));
	completion_fini(&c);
	return true;
}
