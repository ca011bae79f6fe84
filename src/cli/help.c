#include "cli/help.h"

#include "base/escape.h"
#include "base/mem.h"
#include "cli/nearest.h"

#define COLS 80

static void usage_words(struct buf *out, const struct command *c)
{
	buf_puts(out, "codelima");
	if (*c->group)
		buf_printf(out, " %s", c->group);
	buf_printf(out, " %s", c->name);
}

/* Text in a column from `indent` on, wrapped at COLS; the cursor stands at `at`. */
static void wrap(struct buf *out, const char *text, size_t indent, size_t at)
{
	struct str rest = str_z(text), word;
	bool first = true;

	while (str_split(&rest, ' ', &word)) {
		if (!first && at + 1 + word.n > COLS) {
			buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		if (!first) {
			buf_putc(out, ' ');
			at++;
		}
		buf_str(out, word);
		at += word.n;
		first = false;
	}
	buf_putc(out, '\n');
}

static void row(struct buf *out, const char *left, const char *text, size_t width)
{
	size_t n = text_width(str_z(left));

	buf_printf(out, "  %s", left);
	if (n + 2 > width) {
		buf_printf(out, "\n%*s", (int)(width + 2), "");
		n = width;
	} else {
		buf_printf(out, "%*s", (int)(width - n), "");
		n = width;
	}
	wrap(out, text, width + 2, n + 2);
}

static void flag_left(struct buf *b, const struct flag *f)
{
	if (f->letter)
		buf_printf(b, "-%c, ", f->letter);
	buf_printf(b, "--%s", f->name);
	if (f->value)
		buf_printf(b, " %s", f->value);
}

static void flag_text(struct buf *b, const struct flag *f)
{
	buf_puts(b, f->help);
	if (f->required)
		buf_puts(b, " (required)");
	if (f->type == FLAG_LIST)
		buf_puts(b, " (may be given more than once)");
	for (size_t a = 0; a < countof(f->alias) && f->alias[a]; a++)
		buf_printf(b, "%s--%s", a ? ", " : "; also ", f->alias[a]);
}

static void flag_row(struct buf *out, const struct flag *f)
{
	own_buf struct buf left = {0}, text = {0};

	flag_left(&left, f);
	flag_text(&text, f);
	row(out, buf_z(&left), buf_z(&text), 26);
}

static void command_flags(struct buf *out, const struct command *c)
{
	const struct flag *f;

	for (size_t i = 0; (f = command_flag(c, i)); i++) {
		if (!i)
			buf_puts(out, "\nFlags:\n");
		flag_row(out, f);
	}
}

static void global_section(struct buf *out)
{
	buf_puts(out, "\nGlobal flags:\n");
	for (size_t i = 0; i < global_flags_n; i++)
		flag_row(out, &global_flags[i]);
}

static void command_rows(struct buf *out, const char *group)
{
	for (size_t i = 0; i < commands_n; i++) {
		own_buf struct buf left = {0};
		const struct command *c = &commands[i];

		if (!z_eq(c->group, group) || (c->traits & CMD_HIDDEN))
			continue;
		buf_puts(&left, c->name);
		if (*c->args)
			buf_printf(&left, " %s", c->args);
		row(out, buf_z(&left), c->summary, 26);
	}
}

void help_overview(struct buf *out)
{
	buf_puts(out, "codelima runs coding agents in real virtual machines, built on Lima.\n\n"
		      "Usage:\n"
		      "  codelima [global flags] GROUP COMMAND [flags] [args]\n\n"
		      "Groups:\n");
	for (size_t i = 0; i < groups_n; i++)
		row(out, groups[i].name, groups[i].summary, 26);
	buf_puts(out, "\nCommands:\n");
	command_rows(out, "");
	global_section(out);
	buf_puts(out,
		"\nA first session:\n"
		"  codelima project create --workspace ~/src/api\n"
		"  codelima node create --project api\n"
		"  codelima node start api-node\n"
		"  codelima shell api-node\n\n"
		"A flag with a value is given once, unless its help says otherwise; a value that\n"
		"looks like a flag is written --flag=VALUE.\n\n"
		"codelima help GROUP and codelima help GROUP COMMAND tell more.\n");
}

static const struct group *find_group(const char *name)
{
	for (size_t i = 0; i < groups_n; i++)
		if (z_eq(groups[i].name, name))
			return &groups[i];
	return NULL;
}

static void inner_groups(struct buf *out, const char *group)
{
	for (size_t i = 0; i < groups_n; i++) {
		struct str name = str_z(groups[i].name), above = str_z(group);
		own_buf struct buf left = {0};

		if (!str_starts(name, above) || name.n == above.n || name.p[above.n] != ' ')
			continue;
		buf_printf(&left, "%s COMMAND", name.p + above.n + 1);
		row(out, buf_z(&left), groups[i].summary, 26);
	}
}

void help_group(struct buf *out, const char *group)
{
	const struct group *g = find_group(group);

	own_buf struct buf title = {0};

	buf_printf(&title, "codelima %s: %s", group, g ? g->summary : "");
	wrap(out, buf_z(&title), 0, 0);
	buf_printf(out, "\nUsage:\n  codelima %s COMMAND [flags] [args]\n\nCommands:\n", group);
	command_rows(out, group);
	inner_groups(out, group);
	buf_printf(out, "\ncodelima help %s COMMAND tells more.\n", group);
}

static void paragraphs(struct buf *out, const char *text)
{
	struct str rest = str_z(text), line;

	while (str_split(&rest, '\n', &line)) {
		own_mem char *z = mem_strndup(line.p, line.n);

		if (line.n)
			wrap(out, z, 0, 0);
		else
			buf_putc(out, '\n');
	}
}

void help_command(struct buf *out, const struct command *c)
{
	own_buf struct buf title = {0};

	usage_words(&title, c);
	buf_printf(&title, ": %s", c->summary);
	wrap(out, buf_z(&title), 0, 0);
	buf_puts(out, "\nUsage:\n  ");
	usage_words(out, c);
	for (size_t i = 0; i < c->n_flags; i++)
		if (c->flags[i].required)
			buf_printf(out, " --%s %s", c->flags[i].name, c->flags[i].value);
	buf_printf(out, "%s%s%s\n", command_flag(c, 0) ? " [flags]" : "", *c->args ? " " : "",
		c->args);
	if (c->more) {
		buf_putc(out, '\n');
		paragraphs(out, c->more);
	}
	command_flags(out, c);
	global_section(out);
}

static bool unknown(const char *group, const char *word, struct err *e)
{
	const char *hint = command_nearest(group, word), *gap = *group ? " " : "";

	err_set(e, ERR_INVALID_ARGUMENT, "there is no help for \"%s%s%s\"%s%s%s%s%s", group, gap,
		word, hint ? " (did you mean " : "", hint ? group : "", hint ? gap : "",
		hint ? hint : "", hint ? "?)" : "");
	return err_fix(e, "codelima help%s%s", gap, group);
}

bool help_words(struct buf *out, const struct strv *words, struct err *e)
{
	const char *group = "", *inner;
	const struct command *c;
	size_t i = 0;

	while (i < words->n && (inner = group_named(group, words->v[i]))) {
		group = inner;
		i++;
	}
	if (i == words->n) {
		if (*group)
			help_group(out, group);
		else
			help_overview(out);
		return true;
	}
	c = command_find(group, words->v[i]);
	if (!c)
		return unknown(group, words->v[i], e);
	if (i + 1 < words->n) {
		err_set(e, ERR_INVALID_ARGUMENT, "help names one command: \"%s\" is too much",
			words->v[i + 1]);
		return err_fix(e, "codelima help%s%s %s", *group ? " " : "", group, c->name);
	}
	help_command(out, c);
	return true;
}
