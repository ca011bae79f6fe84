/* manual: the command table as a man page, as the README's list of commands, or as JSON
 *
 *	build/tools/manual man|markdown|table
 *
 * `make manual` writes doc/codelima.1 and the part of README.md between its marks;
 * tests walk the JSON, so that no command and no flag is forgotten.
 */
#include "base/mem.h"
#include "cli/command.h"
#include "data/jsonout.h"
#include "os/fd.h"

static bool shown(const struct command *c)
{
	return !(c->traits & CMD_HIDDEN);
}

/* ---- mdoc(7) */

/* Text in which nothing is a macro or an escape. */
static void roff(struct buf *out, const char *text)
{
	bool line_start = !out->n || out->p[out->n - 1] == '\n';

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			buf_puts(out, "\\&");
		if (*text == '\\')
			buf_puts(out, "\\e");
		else if (*text == '-')
			buf_puts(out, "\\-");
		else
			buf_putc(out, *text);
		line_start = *text == '\n';
	}
}

static void roff_flag(struct buf *out, const struct flag *f)
{
	buf_puts(out, ".It ");
	if (f->letter)
		buf_printf(out, "Fl %c , ", f->letter);
	buf_printf(out, "Fl \\-%s", f->name);
	if (f->value)
		buf_printf(out, " Ar %s", f->value);
	buf_putc(out, '\n');
	roff(out, f->help);
	if (f->required)
		buf_puts(out, " (required)");
	if (f->type == FLAG_LIST)
		buf_puts(out, " (may be given more than once)");
	buf_puts(out, ".\n");
	for (size_t i = 0; i < countof(f->alias) && f->alias[i]; i++)
		buf_printf(out, "Also\n.Fl \\-%s .\n", f->alias[i]);
}

/* Of a command, or with NULL the global ones. */
static void roff_flags(struct buf *out, const struct command *c)
{
	const struct flag *f;
	size_t i = 0;

	for (; (f = c ? command_flag(c, i) : i < global_flags_n ? &global_flags[i] : NULL); i++) {
		if (!i)
			buf_puts(out, ".Bl -tag -width Ds -compact\n");
		roff_flag(out, f);
	}
	if (i)
		buf_puts(out, ".El\n");
}

/* Paragraphs are divided by empty lines; indented lines stand as they are. */
static void roff_more(struct buf *out, const char *text)
{
	struct str rest = str_z(text), line;
	bool literal = false, paragraph = true;

	while (str_split(&rest, '\n', &line)) {
		bool indented = str_starts(line, STR("  "));
		own_mem char *z = mem_strndup(line.p, line.n);

		if (!line.n) {
			paragraph = true;
			continue;
		}
		if (indented != literal)
			buf_puts(out, indented ? ".Bd -literal -offset indent\n" : ".Ed\n");
		if (paragraph && !indented)
			buf_puts(out, ".Pp\n");
		paragraph = false;
		literal = indented;
		roff(out, indented ? z + 2 : z);
		buf_putc(out, '\n');
	}
	if (literal)
		buf_puts(out, ".Ed\n");
}

static void roff_command(struct buf *out, const struct command *c)
{
	buf_printf(out, ".Ss codelima %s%s%s", c->group, *c->group ? " " : "", c->name);
	buf_printf(out, "%s%s\n", *c->args ? " " : "", c->args);
	buf_printf(out, "%c", c->summary[0] - ('a' <= c->summary[0] && c->summary[0] <= 'z') * 32);
	roff(out, c->summary + 1);
	buf_puts(out, ".\n");
	if (c->more)
		roff_more(out, c->more);
	roff_flags(out, c);
}

static void man(struct buf *out)
{
	buf_puts(out,
		".\\\" Made by make manual from src/cli/command_table.c: do not edit.\n"
		".Dd November 22, 2026\n.Dt CODELIMA 1\n.Os\n"
		".Sh NAME\n.Nm codelima\n.Nd work in real virtual machines, on Lima\n"
		".Sh SYNOPSIS\n.Nm\n.Op Ar global flags\n.Op Ar group\n.Ar command\n"
		".Op Ar flags\n.Op Ar args\n"
		".Sh DESCRIPTION\n"
		"A project is a directory with code.\n"
		"A node is a virtual machine for a project, with a copy of that directory or\n"
		"with the directory itself mounted.\n.Nm\n"
		"makes nodes with limactl, prepares them, and runs shells and commands in them.\n"
		".Pp\n.Ar REF\n"
		"is a slug, a whole id, or eight or more characters of an id's beginning or end;\n"
		".Sq \\&.\nis the project of the current directory, or its only node.\n"
		"Flags and other words come in any order.\n"
		".Ql \\-\\-\nends flags.\n"
		"A flag with a value is given once, unless it says that it may be given more\n"
		"than once; a value that looks like a flag is written\n"
		".Ql \\-\\-flag=value .\n"
		".Sh GLOBAL FLAGS\n");
	roff_flags(out, NULL);
	buf_puts(out, ".Sh COMMANDS\n");
	for (size_t i = 0; i < commands_n; i++)
		if (shown(&commands[i]))
			roff_command(out, &commands[i]);
	buf_puts(out,
		".Sh ENVIRONMENT\n.Bl -tag -width CODELIMA_LIMACTL\n"
		".It Ev CODELIMA_HOME\nthe home; ~/.codelima when unset\n"
		".It Ev LIMA_HOME\nwhere Lima keeps its instances; ~/.lima when unset\n"
		".It Ev CODELIMA_LIMACTL\nthe limactl to use instead of the one on PATH\n"
		".It Ev CODELIMA_ACCEL\nauto or tcg (emulation), before config.yaml\n"
		".It Ev NO_COLOR\nno colour\n.El\n"
		".Sh FILES\n.Bl -tag -width Ds\n"
		".It Pa ~/.codelima/_config/config.yaml\nsettings\n"
		".It Pa .codelimaignore\nin a workspace: what is not copied into a guest, in the\n"
		"syntax of gitignore\n.El\n"
		".Sh EXIT STATUS\n.Bl -tag -width 130 -compact\n"
		".It 0\nsuccess\n.It 1\nwarnings, with doctor \\-\\-strict\n"
		".It 2\na word or a value is wrong\n"
		".It 3\nlimactl is missing, too old or fails\n.It 4\nthere is no such record\n"
		".It 5\nnot in this state, not supported, or busy\n"
		".It 6\na program that was run failed\n"
		".It 7\na record cannot be read, or a fault of codelima\n"
		".It 130 , 143\ninterrupted, after cleaning up\n.El\n.Pp\n"
		"shell exits with the status of the command in the guest, 255 when ssh failed.\n"
		".Sh SEE ALSO\n.Xr limactl 1 ,\n.Xr ssh 1\n");
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

	if (argc == 2 && z_eq(argv[1], "man"))
		man(&out);
	else if (argc == 2 && z_eq(argv[1], "markdown"))
		markdown(&out);
	else if (argc == 2 && z_eq(argv[1], "table"))
		table(&out);
	else
		return 2;
	fd_stdout(buf_view(&out));
	return 0;
}
