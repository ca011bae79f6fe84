#include "pages.h"

#include "base/mem.h"
#include "cli/command.h"

static bool shown(const struct command *c)
{
	return !(c->traits & CMD_HIDDEN);
}

/* mdoc wants each sentence on its own line. */
static bool ends_sentence(const char *text)
{
	return *text == '.' && text[1] == ' ' && text[2] >= 'A' && text[2] <= 'Z';
}

/* Text in which nothing is a macro or an escape. */
void roff(struct buf *out, const char *text)
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
		if (ends_sentence(text)) {
			text++;
			buf_putc(out, '\n');
		}
		line_start = out->p[out->n - 1] == '\n';
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
			buf_printf(out, "%s.Bl -tag -width Ds -compact\n", c ? ".Pp\n" : "");
		roff_flag(out, f);
	}
	if (i)
		buf_puts(out, ".El\n");
}

/* Paragraphs are divided by empty lines; indented lines stand as they are. */
void roff_more(struct buf *out, const char *text)
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

static void begin(struct buf *out, const char *title, const char *section)
{
	buf_printf(out,
		".\\\" Made by make manual: do not edit.\n.Dd November 22, 2026\n.Dt %s %s\n.Os\n",
		title, section);
}

/* "node" holds the groups "node" and "node …". */
static bool in_page(const char *group, const char *page)
{
	size_t n = strlen(page);

	return strncmp(group, page, n) == 0 && (!group[n] || group[n] == ' ');
}

static void roff_commands(struct buf *out, const char *page)
{
	buf_puts(out, ".Sh COMMANDS\n");
	for (size_t i = 0; i < commands_n; i++)
		if (shown(&commands[i]) &&
			(*page ? in_page(commands[i].group, page) : !*commands[i].group))
			roff_command(out, &commands[i]);
}

static void group_list(struct buf *out)
{
	buf_puts(out, ".Sh GROUPS\n.Bl -tag -width environment\n");
	for (size_t i = 0; i < groups_n; i++) {
		if (strchr(groups[i].name, ' '))
			continue;
		buf_printf(out, ".It %s\n", groups[i].name);
		roff(out, groups[i].summary);
		buf_printf(out, "; see\n.Xr codelima-%s 1\n", groups[i].name);
	}
	buf_puts(out, ".El\n");
}

static void see_also(struct buf *out)
{
	own_strv struct strv names = {0};

	for (size_t i = 0; i < groups_n; i++)
		if (!strchr(groups[i].name, ' '))
			strv_add(&names, groups[i].name);
	strv_sort(&names);
	for (size_t i = 0; i < names.n; i++)
		buf_printf(out, ".Xr codelima-%s 1 ,\n", names.v[i]);
	buf_puts(out, ".Xr limactl 1 ,\n.Xr ssh 1 ,\n.Xr codelima-config 5\n");
}

static void main_page(struct buf *out)
{
	begin(out, "CODELIMA", "1");
	buf_puts(out,
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
	group_list(out);
	roff_commands(out, "");
	buf_puts(out,
		".Sh ENVIRONMENT\n.Bl -tag -width CODELIMA_LIMACTL\n"
		".It Ev CODELIMA_HOME\nthe home; ~/.codelima when unset\n"
		".It Ev LIMA_HOME\nwhere Lima keeps its instances; ~/.lima when unset\n"
		".It Ev CODELIMA_LIMACTL\nthe limactl to use instead of the one on PATH\n"
		".It Ev CODELIMA_ACCEL\nauto or tcg (emulation), before config.yaml\n"
		".It Ev NO_COLOR\nno colour\n.El\n"
		".Sh FILES\n.Bl -tag -width Ds\n"
		".It Pa ~/.codelima/_config/config.yaml\nsettings, see\n.Xr codelima-config 5\n"
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
		".Sh SEE ALSO\n");
	see_also(out);
}

static void group_page(struct buf *out, const struct group *g)
{
	own_buf struct buf title = {0};

	buf_printf(&title, "CODELIMA-%s", g->name);
	for (size_t i = 0; i < title.n; i++)
		title.p[i] -= ('a' <= title.p[i] && title.p[i] <= 'z') * 32;
	begin(out, buf_z(&title), "1");
	buf_printf(out, ".Sh NAME\n.Nm codelima-%s\n.Nd ", g->name);
	roff(out, g->summary);
	buf_printf(out,
		"\n.Sh SYNOPSIS\n.Nm codelima\n.Cm %s\n.Ar command\n.Op Ar flags\n.Op Ar args\n"
		".Sh DESCRIPTION\n"
		"What a\n.Ar REF\nis, the flags that every command takes and the exit status:\n"
		".Xr codelima 1 .\n",
		g->name);
	roff_commands(out, g->name);
	buf_puts(out, ".Sh SEE ALSO\n.Xr codelima 1 ,\n.Xr codelima-config 5\n");
}

void page_names(struct buf *out)
{
	buf_puts(out, "codelima.1\n");
	for (size_t i = 0; i < groups_n; i++)
		if (!strchr(groups[i].name, ' '))
			buf_printf(out, "codelima-%s.1\n", groups[i].name);
	buf_puts(out, "codelima-config.5\n");
}

bool page(struct buf *out, const char *name)
{
	own_buf struct buf file = {0};

	if (z_eq(name, "codelima.1")) {
		main_page(out);
		return true;
	}
	if (z_eq(name, "codelima-config.5")) {
		begin(out, "CODELIMA-CONFIG", "5");
		return config_page(out);
	}
	for (size_t i = 0; i < groups_n; i++) {
		buf_clear(&file);
		buf_printf(&file, "codelima-%s.1", groups[i].name);
		if (z_eq(buf_z(&file), name)) {
			group_page(out, &groups[i]);
			return true;
		}
	}
	return false;
}
