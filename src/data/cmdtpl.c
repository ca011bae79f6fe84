#include "data/cmdtpl.h"

#include "base/shquote.h"
#include "data/shlex.h"

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

/* The name in the {{name}} that begins at `at`; empty when none does. */
static struct str name_at(struct str tpl, size_t at)
{
	struct str rest = str_from(tpl, at);
	size_t n = 2;

	if (!str_starts(rest, STR("{{")))
		return (struct str){0};
	while (n < rest.n && is_name_char(rest.p[n], n == 2))
		n++;
	if (n == 2 || !str_starts(str_from(rest, n), STR("}}")))
		return (struct str){0};
	return str_n(rest.p + 2, n - 2);
}

static bool refuse(struct err *e, struct str name, const char *why)
{
	own_buf struct buf z = {0};

	buf_str(&z, name);
	err_set(e, ERR_INVALID_ARGUMENT, "placeholder {{%s}} %s", buf_z(&z), why);
	return err_field(e, "placeholder", buf_z(&z));
}

static const struct cmdtpl_var *find_var(
	const struct cmdtpl_var *vars, size_t n, struct str name, struct err *e)
{
	own_buf struct buf known = {0};

	for (size_t i = 0; i < n; i++) {
		if (str_eqz(name, vars[i].name))
			return &vars[i];
		buf_printf(&known, "%s{{%s}}", i ? " " : "", vars[i].name);
	}
	refuse(e, name, "is unknown here");
	err_fix(e, "this action knows %s", n ? buf_z(&known) : "no placeholders");
	return NULL;
}

/* Words bring their own leading space; glued text would join the last of them,
 * and a # would begin a comment when there are none. */
static bool ends_words(struct str tpl, size_t at, const struct cmdtpl_var *vars, size_t n)
{
	struct str next = name_at(tpl, at);

	for (size_t i = 0; next.n && i < n; i++)
		if (str_eqz(next, vars[i].name))
			return vars[i].kind == CMDTPL_WORDS;
	return at >= tpl.n || strchr(" \t\n;&|)", tpl.p[at]);
}

static bool check_place(
	const struct shlex *x, const struct cmdtpl_var *v, struct str name, struct err *e)
{
	if (x->place == SHLEX_NESTED)
		return refuse(e, name,
			"stands in `…`, $(…), ${…}, ((…)) or a here-document, where "
			"no value can be quoted safely");
	if (x->place == SHLEX_LOST)
		return refuse(e, name,
			"stands behind shell text that shells read differently ($'…', "
			"quotes in \"${…}\", case in $(…)): its place cannot be told");
	if (x->before == '$' || x->before == '\\')
		return refuse(e, name, "stands right behind $ or \\");
	if (v->kind == CMDTPL_WORDS && x->place != SHLEX_BARE)
		return refuse(e, name, "is several words: it cannot stand in quotes");
	return true;
}

static void put_words(struct buf *out, const struct strv *words)
{
	for (size_t i = 0; words && i < words->n; i++) {
		buf_putc(out, ' ');
		sh_quote_z(out, words->v[i]);
	}
}

/* Glued to other text a plain word could become something else: 2>file,
 * NAME=value, ~user, a reserved word. */
static bool needs_quotes(const struct shlex *x, size_t next)
{
	return !strchr(" \t\n;&|(", x->before) ||
	       (next < x->text.n && !strchr(" \t\n;&|)", x->text.p[next]));
}

static void put_value(struct buf *out, const struct shlex *x, size_t next, struct str value)
{
	if (x->place == SHLEX_DOUBLE) {
		sh_quote_in_double(out, value);
	} else if (x->place == SHLEX_SINGLE) {
		sh_quote_in_single(out, value);
	} else if (needs_quotes(x, next)) {
		buf_putc(out, '\'');
		sh_quote_in_single(out, value);
		buf_putc(out, '\'');
	} else {
		sh_quote(out, value);
	}
}

static bool put_var(struct shlex *x, struct str name, const struct cmdtpl_var *vars, size_t n,
	struct buf *out, struct err *e)
{
	size_t next = x->at + name.n + 4;
	const struct cmdtpl_var *v = find_var(vars, n, name, e);

	if (!v || !check_place(x, v, name, e))
		return false;
	if (str_has_nul(v->value))
		return refuse(e, name, "has a value that holds a NUL character");
	if (v->kind == CMDTPL_WORD) {
		put_value(out, x, next, v->value);
	} else if (ends_words(x->text, next, vars, n)) {
		put_words(out, v->words);
	} else {
		return refuse(e, name, "is several words: nothing can be glued to it");
	}
	shlex_skip_word(x, name.n + 4);
	return true;
}

/* Constructs that are taken in one step: \\x, ${, a line of a here-document. */
static bool none_inside(struct str tpl, size_t from, size_t to, struct err *e)
{
	for (size_t i = from + 1; i < to; i++) {
		struct str name = name_at(tpl, i);

		if (name.n)
			return refuse(
				e, name, "stands right behind $ or \\, or in a here-document");
	}
	return true;
}

bool cmdtpl_line(
	struct str tpl, const struct cmdtpl_var *vars, size_t n, struct buf *out, struct err *e)
{
	own_buf struct buf line = {0};
	struct shlex x = {.text = tpl, .before = ' '};

	while (x.at < tpl.n) {
		size_t from = x.at;
		struct str name = {0};

		if (x.place != SHLEX_COMMENT)
			name = name_at(tpl, x.at);
		if (name.n) {
			if (!put_var(&x, name, vars, n, &line, e))
				return false;
			continue;
		}
		shlex_step(&x);
		if (!none_inside(tpl, from, x.at, e))
			return false;
		buf_add(&line, tpl.p + from, x.at - from);
	}
	if (x.place == SHLEX_SINGLE || x.place == SHLEX_DOUBLE)
		return err_set(e, ERR_INVALID_ARGUMENT, "a quote is not closed");
	buf_str(out, buf_view(&line));
	return true;
}

bool cmdtpl_check(struct str tpl, const struct cmdtpl_var *known, size_t n, const char *file,
	int line, struct err *e)
{
	own_buf struct buf scratch = {0};
	char number[16];

	if (cmdtpl_line(tpl, known, n, &scratch, e))
		return true;
	if (!file)
		return false;
	if (line > 0) {
		snprintf(number, sizeof(number), "%d", line);
		err_wrap(e, "%s:%s", file, number);
		err_field(e, "line", number);
	} else {
		err_wrap(e, "%s", file);
	}
	return err_field(e, "path", file);
}

/* A word of the argv that is being put together. */
struct word {
	struct buf text;
	bool begun;
};

static void end_word(struct word *w, struct strv *argv)
{
	if (w->begun)
		strv_addn(argv, buf_view(&w->text));
	buf_clear(&w->text);
	w->begun = false;
}

static bool argv_var(struct word *w, const struct cmdtpl_var *v, struct strv *argv, struct err *e)
{
	if (str_has_nul(v->value))
		return refuse(e, str_z(v->name), "has a value that holds a NUL character");
	if (v->kind == CMDTPL_WORD) {
		buf_str(&w->text, v->value);
		w->begun = true;
	} else {
		end_word(w, argv);
		if (v->words)
			strv_all(argv, v->words);
	}
	return true;
}

static bool split(struct str tpl, const struct cmdtpl_var *vars, size_t n, struct word *w,
	struct strv *argv, struct err *e)
{
	for (size_t i = 0; i < tpl.n;) {
		struct str name = name_at(tpl, i);

		if (name.n) {
			const struct cmdtpl_var *v = find_var(vars, n, name, e);

			if (!v || !argv_var(w, v, argv, e))
				return false;
			i += name.n + 4;
			continue;
		}
		if (tpl.p[i] == ' ') {
			end_word(w, argv);
		} else {
			buf_putc(&w->text, tpl.p[i]);
			w->begun = true;
		}
		i++;
	}
	end_word(w, argv);
	return true;
}

bool cmdtpl_argv(
	struct str tpl, const struct cmdtpl_var *vars, size_t n, struct strv *argv, struct err *e)
{
	own_strv struct strv words = {0};
	struct word w = {{0}, false};
	bool ok = split(tpl, vars, n, &w, &words, e);

	buf_fini(&w.text);
	if (ok)
		strv_all(argv, &words);
	return ok;
}
