#include "cli/parse.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/flag_word.h"
#include "cli/nearest.h"

struct parser {
	struct invocation *inv;
	char **argv;
	int argc, at;
	const char *group;
	bool flags_ended, has_level;
};

static bool bad(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool bad(struct err *e, const char *fmt, ...)
{
	own_buf struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	return err_set(e, ERR_INVALID_ARGUMENT, "%s", buf_z(&b));
}

/* "codelima node start", as far as it is known. */
static void command_words(const struct parser *p, struct buf *b)
{
	const struct command *c = p->inv->cmd;

	buf_puts(b, "codelima");
	if (c && *c->group)
		buf_printf(b, " %s", c->group);
	if (c)
		buf_printf(b, " %s", c->name);
	else if (p->group)
		buf_printf(b, " %s", p->group);
}

static bool try_help(const struct parser *p, struct err *e)
{
	own_buf struct buf b = {0};

	command_words(p, &b);
	return err_fix(e, "%s --help", buf_z(&b));
}

static bool unknown_flag(const struct parser *p, struct str name, const char *word, struct err *e)
{
	own_buf struct buf b = {0};
	const char *hint = flag_nearest(p->inv->cmd, name);

	command_words(p, &b);
	bad(e, "%s has no flag %s%s%s%s", buf_z(&b), word, hint ? " (did you mean --" : "",
		hint ? hint : "", hint ? "?)" : "");
	return try_help(p, e);
}

static bool looks_like_flag(const struct parser *p, const char *word)
{
	struct flag_word w;
	size_t at;

	if (word[0] != '-' || word[1] != '-' || !word[2])
		return false;
	w = flag_word(word);
	return flag_find(p->inv->cmd, w.name, false, &at) || flag_find_global(w.name, false);
}

static bool take_value(struct parser *p, const struct flag *f, const struct flag_word *w,
	struct str *value, struct err *e)
{
	if (w->has_value) {
		*value = w->value;
	} else if (p->at >= p->argc) {
		bad(e, "--%s needs a value: --%s %s", f->name, f->name, f->value);
		return try_help(p, e);
	} else if (looks_like_flag(p, p->argv[p->at])) {
		bad(e, "--%s needs a value before %s (write --%s=%s if that is the value)", f->name,
			p->argv[p->at], f->name, p->argv[p->at]);
		return try_help(p, e);
	} else {
		*value = str_z(p->argv[p->at++]);
	}
	if (!utf8_valid(*value))
		return bad(e, "the value of --%s is not UTF-8", f->name);
	if (!value->n && !f->may_be_empty)
		return bad(e, "--%s is empty", f->name);
	return true;
}

static bool log_level(struct str v, enum level *out, struct err *e)
{
	static const char *const words[] = {"error", "warn", "info", "debug"};

	for (size_t i = 0; i < countof(words); i++)
		if (str_eqz(v, words[i])) {
			*out = (enum level)i;
			return true;
		}
	return bad(e, "--log-level is error, warn, info or debug, not \"%.*s\"", STRF(v));
}

static bool set_global(
	struct parser *p, const struct flag *f, const struct flag_word *w, struct err *e)
{
	struct invocation *inv = p->inv;
	struct str value = {0};

	if (f->type == FLAG_BOOL && w->has_value)
		return bad(e, "--%s takes no value", f->name);
	if (f->type != FLAG_BOOL && !take_value(p, f, w, &value, e))
		return false;
	if (z_eq(f->name, "json"))
		inv->json = true;
	else if (z_eq(f->name, "help"))
		inv->help = true;
	else if (z_eq(f->name, "version"))
		inv->version = true;
	else if (z_eq(f->name, "log-level")) {
		if (p->has_level)
			return bad(e, "--log-level is given twice");
		p->has_level = true;
		return log_level(value, &inv->log_level, e);
	} else if (z_eq(f->name, "home")) {
		if (inv->home_storage)
			return bad(e, "--home is given twice");
		inv->home_storage = mem_strndup(value.p, value.n);
		inv->home_flag = inv->home_storage;
	}
	return true;
}

static bool set_flag(struct parser *p, const struct flag *f, struct strv *list,
	const struct flag_word *w, struct err *e)
{
	struct invocation *inv = p->inv;
	struct str value = STR("true");

	if (f->type == FLAG_BOOL && w->has_value)
		return bad(e, "--%s takes no value", f->name);
	if (f->type != FLAG_BOOL && !take_value(p, f, w, &value, e))
		return false;
	if (f->type == FLAG_VALUE && list->n) {
		bad(e, "--%s is given twice", f->name);
		return try_help(p, e);
	}
	if (f->type != FLAG_BOOL || !list->n)
		strv_addn(list, value);
	inv->events |= z_eq(f->name, "events");
	inv->detach |= z_eq(f->name, "detach");
	return true;
}

static bool take_flag(struct parser *p, const char *word, struct err *e)
{
	struct flag_word w = flag_word(word);
	size_t at;
	const struct flag *f = flag_find(p->inv->cmd, w.name, w.is_short, &at);

	if (f)
		return set_flag(p, f, &p->inv->values[at], &w, e);
	f = flag_find_global(w.name, w.is_short);
	if (f)
		return set_global(p, f, &w, e);
	return unknown_flag(p, w.name, word, e);
}

static bool unknown_command(struct parser *p, const char *word, struct err *e)
{
	own_buf struct buf b = {0};
	const char *hint = command_nearest(p->group ? p->group : "", word);

	command_words(p, &b);
	bad(e, "%s has no command \"%s\"%s%s%s", buf_z(&b), word, hint ? " (did you mean " : "",
		hint ? hint : "", hint ? "?)" : "");
	err_field(e, "group", p->group ? p->group : word);
	if (p->group)
		err_field(e, "command", word);
	return err_fix(e, p->group ? "codelima %s --help" : "codelima help", p->group);
}

static size_t flags_n(const struct command *c)
{
	size_t n = 0;

	while (command_flag(c, n))
		n++;
	return n;
}

static void choose(struct parser *p, const struct command *c)
{
	p->inv->cmd = c;
	p->inv->values = mem_alloc((flags_n(c) + 1) * sizeof(*p->inv->values));
}

/* The group's or the command's name. */
static bool take_name(struct parser *p, const char *word, struct err *e)
{
	const char *above = p->group ? p->group : "";
	const struct command *c = command_find(above, word);
	const char *group = group_named(above, word);

	/* `config` alone is a command, `config show` one of the group: complete_line() knows. */
	if (group)
		p->group = group;
	else if (c)
		choose(p, c);
	else
		return unknown_command(p, word, e);
	return true;
}

/* The flag that a word too much was meant for: "node create api" lacks its --project. */
static const struct flag *flag_that_lacks(const struct parser *p)
{
	const struct command *c = p->inv->cmd;

	for (size_t i = 0; i < c->n_flags; i++)
		if (c->flags[i].required && !p->inv->values[i].n)
			return &c->flags[i];
	return NULL;
}

static bool surplus(const struct parser *p, const char *word, struct err *e)
{
	own_buf struct buf b = {0}, hint = {0};
	const struct flag *lacks = flag_that_lacks(p);
	const char *near = flag_nearest(p->inv->cmd, str_z(word));

	command_words(p, &b);
	if (near)
		buf_printf(&hint, " (did you mean --%s?)", near);
	else if (lacks)
		buf_printf(&hint, " (did you mean --%s %s?)", lacks->name, word);
	bad(e, "%s takes %s: \"%s\" is too much%s", buf_z(&b),
		p->inv->cmd->max_args ? "no more arguments" : "no arguments", word, buf_z(&hint));
	return try_help(p, e);
}

static bool take_word(struct parser *p, const char *word, struct err *e)
{
	struct invocation *inv = p->inv;

	if (!inv->cmd)
		return take_name(p, word, e);
	if (inv->args.n >= inv->cmd->max_args)
		return surplus(p, word, e);
	if (!utf8_valid(str_z(word)))
		return bad(e, "argument %zu is not UTF-8", inv->args.n + 1);
	strv_add(&inv->args, word);
	return true;
}

/* `shell REF CMD…`: everything from the first word behind REF belongs to CMD. */
static bool begins_rest(const struct parser *p, const char *word)
{
	const struct invocation *inv = p->inv;

	return inv->cmd && (inv->cmd->traits & CMD_REST) && inv->args.n >= inv->cmd->max_args &&
	       (p->flags_ended || word[0] != '-' || !word[1]);
}

static void take_rest(struct parser *p)
{
	while (p->at < p->argc)
		strv_add(&p->inv->rest, p->argv[p->at++]);
}

static bool walk(struct parser *p, struct err *e)
{
	while (p->at < p->argc) {
		const char *word = p->argv[p->at];
		bool rest_follows = p->inv->cmd && (p->inv->cmd->traits & CMD_REST);

		if (begins_rest(p, word)) {
			take_rest(p);
			return true;
		}
		p->at++;
		if (!p->flags_ended && z_eq(word, "--")) {
			p->flags_ended = true;
			if (rest_follows && p->inv->args.n >= p->inv->cmd->max_args) {
				take_rest(p);
				return true;
			}
		} else if (!p->flags_ended && word[0] == '-' && word[1]) {
			if (!take_flag(p, word, e))
				return false;
		} else if (!take_word(p, word, e)) {
			return false;
		}
	}
	return true;
}

static bool complete_line(struct parser *p, struct err *e)
{
	own_buf struct buf b = {0};
	const struct flag *lacks;
	const struct command *c;

	if (!p->inv->cmd && p->group && !p->inv->help && command_find("", p->group))
		choose(p, command_find("", p->group));
	c = p->inv->cmd;

	command_words(p, &b);
	if (p->inv->help || p->inv->version)
		return true;
	if (!c && p->group) {
		bad(e, "%s needs a command", buf_z(&b));
		err_field(e, "group", p->group);
		return err_fix(e, "codelima %s --help", p->group);
	}
	if (!c)
		return true;
	if (p->inv->args.n < c->min_args) {
		bad(e, "%s needs %s", buf_z(&b), c->args);
		return try_help(p, e);
	}
	lacks = flag_that_lacks(p);
	if (!lacks)
		return true;
	bad(e, "%s needs --%s %s", buf_z(&b), lacks->name, lacks->value);
	return try_help(p, e);
}

/* How the error is told is known even where the rest of the line is wrong. */
static void look_ahead(struct invocation *inv, int argc, char **argv)
{
	for (int i = 1; i < argc && !z_eq(argv[i], "--"); i++)
		if (z_eq(argv[i], "--json") || z_eq(argv[i], "--events"))
			inv->json = true;
}

bool parse_command_line(struct invocation *inv, int argc, char **argv, struct err *e)
{
	struct parser p = {.inv = inv, .argv = argv, .argc = argc, .at = 1};
	bool ok;

	inv->log_level = LEVEL_INFO;
	for (int i = 0; i < argc; i++)
		strv_add(&inv->argv, argv[i]);
	ok = walk(&p, e) && complete_line(&p, e);
	if (!ok)
		look_ahead(inv, argc, argv);
	/* `codelima node --help`: the group, for the help text. */
	if (ok && !inv->cmd && p.group)
		strv_add(&inv->args, p.group);
	return ok;
}

void invocation_fini(struct invocation *inv)
{
	for (size_t i = 0; inv->cmd && i < flags_n(inv->cmd); i++)
		strv_fini(&inv->values[i]);
	free(inv->values);
	strv_fini(&inv->args);
	strv_fini(&inv->rest);
	strv_fini(&inv->argv);
	free(inv->home_storage);
	home_fini(&inv->home);
	*inv = (struct invocation){0};
}

static const struct strv *values_of(const struct invocation *inv, const char *flag)
{
	const struct flag *f;

	for (size_t i = 0; (f = command_flag(inv->cmd, i)); i++)
		if (z_eq(f->name, flag))
			return inv->values[i].n ? &inv->values[i] : NULL;
	return NULL;
}

bool inv_has(const struct invocation *inv, const char *flag)
{
	return values_of(inv, flag);
}

const char *inv_value(const struct invocation *inv, const char *flag)
{
	const struct strv *l = values_of(inv, flag);

	return l ? l->v[0] : NULL;
}

const struct strv *inv_list(const struct invocation *inv, const char *flag)
{
	return values_of(inv, flag);
}

bool inv_json(const struct invocation *inv)
{
	return inv->json || inv->events;
}
