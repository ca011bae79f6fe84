/* manual: the command table as man pages, as the README's list of commands, or as JSON
 *
 *	build/tools/manual pages | page NAME | markdown | table
 *
 * `make manual` writes the man pages in doc/ and the part of README.md between its marks;
 * tests walk the JSON, so that no command and no flag is forgotten.
 */
#include "base/mem.h"
#include "cli/command.h"
#include "data/jsonout.h"
#include "os/fd.h"
#include "pages.h"

static bool shown(const struct command *c)
{
	return !(c->traits & CMD_HIDDEN);
}

/* ---- README.md */

static void cell(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
}

static void markdown_flags(struct buf *out, const struct command *c)
{
	const struct flag *f;

	for (size_t i = 0; (f = command_flag(c, i)); i++) {
		buf_puts(out, i ? " `--" : "`--");
		cell(out, f->name);
		if (f->value) {
			buf_putc(out, ' ');
			cell(out, f->value);
		}
		buf_puts(out, f->type == FLAG_LIST ? "`…" : "`");
	}
}

static void markdown(struct buf *out)
{
	buf_puts(out, "| command | flags | what it does |\n| --- | --- | --- |\n");
	for (size_t i = 0; i < commands_n; i++) {
		const struct command *c = &commands[i];

		if (!shown(c))
			continue;
		buf_printf(out, "| `%s%s%s%s", c->group, *c->group ? " " : "", c->name,
			*c->args ? " " : "");
		cell(out, c->args);
		buf_puts(out, "` | ");
		markdown_flags(out, c);
		buf_puts(out, " | ");
		cell(out, c->summary);
		buf_puts(out, " |\n");
	}
}

/* ---- JSON */

static const char *completes(enum complete c)
{
	static const char *const words[] = {[COMPLETE_NONE] = "none",
		[COMPLETE_FILE] = "file",
		[COMPLETE_DIR] = "dir",
		[COMPLETE_PROJECT] = "project",
		[COMPLETE_NODE] = "node",
		[COMPLETE_ENVIRONMENT] = "environment",
		[COMPLETE_PROFILE] = "profile",
		[COMPLETE_SNAPSHOT] = "snapshot",
		[COMPLETE_JOB] = "job",
		[COMPLETE_COMMAND] = "command",
		[COMPLETE_WORDS] = "words"};

	return words[c];
}

static void table_flag(struct json_out *j, const struct flag *f)
{
	static const char *const types[] = {
		[FLAG_BOOL] = "switch", [FLAG_VALUE] = "value", [FLAG_LIST] = "list"};

	jout_object(j);
	jout_kv_z(j, "name", f->name);
	jout_kv_z(j, "type", types[f->type]);
	jout_kv_z(j, "value", f->value);
	jout_kv_z(j, "names", completes(f->complete));
	jout_kv_bool(j, "required", f->required);
	jout_kv_bool(j, "may_be_empty", f->may_be_empty);
	jout_key(j, "alias");
	jout_array(j);
	for (size_t i = 0; i < countof(f->alias) && f->alias[i]; i++)
		jout_z(j, f->alias[i]);
	jout_end(j);
	jout_end(j);
}

static void table_command(struct json_out *j, const struct command *c)
{
	const struct flag *f;

	jout_object(j);
	jout_kv_z(j, "group", c->group);
	jout_kv_z(j, "name", c->name);
	jout_kv_z(j, "args", c->args);
	jout_kv_i64(j, "min_args", c->min_args);
	jout_kv_i64(j, "max_args", c->max_args);
	jout_kv_z(j, "first", completes(c->complete));
	jout_kv_z(j, "second", completes(c->second));
	jout_kv_bool(j, "rest", c->traits & CMD_REST);
	jout_kv_bool(j, "hidden", c->traits & CMD_HIDDEN);
	jout_key(j, "flags");
	jout_array(j);
	for (size_t i = 0; (f = command_flag(c, i)); i++)
		table_flag(j, f);
	jout_end(j);
	jout_end(j);
}

static void table(struct buf *out)
{
	struct json_out j = {.out = out};

	jout_object(&j);
	jout_key(&j, "commands");
	jout_array(&j);
	for (size_t i = 0; i < commands_n; i++)
		table_command(&j, &commands[i]);
	jout_end(&j);
	jout_key(&j, "global");
	jout_array(&j);
	for (size_t i = 0; i < global_flags_n; i++)
		table_flag(&j, &global_flags[i]);
	jout_end(&j);
	jout_end(&j);
	buf_putc(out, '\n');
}

int main(int argc, char **argv)
{
	own_buf struct buf out = {0};
	bool ok = true;

	if (argc == 2 && z_eq(argv[1], "pages"))
		page_names(&out);
	else if (argc == 3 && z_eq(argv[1], "page")) {
		if (!page(&out, argv[2]))
			return 1;
	} else if (argc == 2 && z_eq(argv[1], "markdown"))
		markdown(&out);
	else if (argc == 2 && z_eq(argv[1], "table"))
		table(&out);
	else
		return 2;
	if (ok)
		fd_stdout(buf_view(&out));
	return !ok;
}
