#include "cli/complete.h"

#include "base/mem.h"
#include "cli/flag_word.h"

/* The words before the one being typed, as far as they are understood. */
struct line {
	struct buf path;	   /* "project snapshot": the command's words so far */
	const struct command *cmd; /* NULL: not named in whole yet */
	const struct flag *flag;   /* whose value comes next */
	struct strv given;	   /* names of the flags that are there */
	struct strv args;
	const char *home;
	bool flags_ended, nothing;
	struct completion *out;
};

/* ---- which command */

static void command_path(const struct command *c, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "%s%s%s", c->group, *c->group ? " " : "", c->name);
}

/* The words of `path` behind `begin`; false when it does not begin so. */
static bool behind(struct str path, struct str begin, struct str *rest)
{
	if (!begin.n) {
		*rest = path;
		return true;
	}
	*rest = str_from(path, begin.n);
	if (!str_starts(path, begin) || (rest->n && rest->p[0] != ' '))
		return false;
	*rest = str_from(*rest, 1);
	return true;
}

/* One more word of the command's name. A name that others begin with (`config`, also a
 * group) is a group as long as words follow. */
static void command_word(struct line *l, const char *word)
{
	const struct command *whole = NULL;
	bool begins = false;

	buf_puts(&l->path, l->path.n ? " " : "");
	buf_puts(&l->path, word);
	for (size_t i = 0; i < commands_n; i++) {
		own_buf struct buf path = {0};
		struct str rest;

		command_path(&commands[i], &path);
		if (!behind(buf_view(&path), buf_view(&l->path), &rest))
			continue;
		if (rest.n)
			begins = true;
		else
			whole = &commands[i];
	}
	l->cmd = begins ? NULL : whole;
	l->nothing = !begins && !whole;
}

static const char *group_note(struct str path)
{
	for (size_t i = 0; i < groups_n; i++)
		if (str_eqz(path, groups[i].name))
			return groups[i].summary;
	return NULL;
}

/* The words that may follow `path` in the name of a command. */
static void next_command_words(struct candidates *c, struct str path)
{
	for (size_t i = 0; i < commands_n; i++) {
		own_buf struct buf own = {0}, upto = {0};
		struct str rest, word;

		if (commands[i].traits & CMD_HIDDEN)
			continue;
		command_path(&commands[i], &own);
		if (!behind(buf_view(&own), path, &rest) || !rest.n)
			continue;
		word = str_n(rest.p, str_find(rest, ' '));
		buf_str(&upto, str_n(own.p, (size_t)(word.p - own.p) + word.n));
		candidates_add(c, word,
			upto.n == own.n ? commands[i].summary : group_note(buf_view(&upto)));
	}
}

/* ---- the words before */

static const struct flag *any_flag(const struct line *l, const struct flag_word *w)
{
	size_t at;
	const struct flag *f = flag_find(l->cmd, w->name, w->is_short, &at);

	return f ? f : flag_find_global(w->name, w->is_short);
}

static void flag_value(struct line *l, const struct flag *f, const char *value)
{
	if (z_eq(f->name, "home") && *value)
		l->home = value;
}

static void take_flag(struct line *l, const char *word)
{
	struct flag_word w = flag_word(word);
	const struct flag *f = any_flag(l, &w);

	if (!f)
		return;
	strv_add(&l->given, f->name);
	if (f->type != FLAG_BOOL && w.has_value)
		flag_value(l, f, w.value.p);
	else if (f->type != FLAG_BOOL)
		l->flag = f;
}

static bool is_flag(const struct line *l, const char *word)
{
	return !l->flags_ended && word[0] == '-' && word[1];
}

/* What follows is a command in the guest, of which we know nothing. */
static bool in_rest(const struct line *l)
{
	return l->cmd && (l->cmd->traits & CMD_REST) && l->args.n >= l->cmd->max_args;
}

static void take_word(struct line *l, const char *word)
{
	if (l->flag) {
		flag_value(l, l->flag, word);
		l->flag = NULL;
	} else if (is_flag(l, word)) {
		if (z_eq(word, "--"))
			l->flags_ended = true;
		else
			take_flag(l, word);
	} else if (in_rest(l)) {
		l->nothing = true;
	} else if (!l->cmd) {
		command_word(l, word);
	} else {
		strv_add(&l->args, word);
	}
}

/* ---- the word being typed */

static void add_words(struct candidates *c, struct str lead, const char *alternatives)
{
	struct str rest = str_z(alternatives), word;

	while (str_split(&rest, '|', &word)) {
		own_buf struct buf b = {0};

		buf_str(&b, lead);
		buf_str(&b, word);
		candidates_add(c, buf_view(&b), NULL);
	}
}

static void add_all(struct candidates *c, struct str lead, const struct candidates *from)
{
	for (size_t i = 0; i < from->n; i++) {
		own_buf struct buf b = {0};

		buf_str(&b, lead);
		buf_puts(&b, from->v[i].word);
		candidates_add(c, buf_view(&b), from->v[i].note);
	}
}

static void from_home(struct line *l, enum complete what, struct candidates *found)
{
	struct home h = {0};

	home_open(&h, l->home, NULL);
	if (h.config.agent_profiles_dir) /* else there is no telling what it holds */
		switch (what) {
		case COMPLETE_PROJECT:
			candidate_records(found, &h, REC_PROJECT);
			break;
		case COMPLETE_NODE:
			candidate_records(found, &h, REC_NODE);
			break;
		case COMPLETE_ENVIRONMENT:
			candidate_records(found, &h, REC_ENVIRONMENT);
			break;
		case COMPLETE_PROFILE:
			candidate_profiles(found, &h);
			break;
		case COMPLETE_SNAPSHOT:
			candidate_snapshots(found, &h, l->args.n ? l->args.v[0] : NULL);
			break;
		case COMPLETE_JOB:
			candidate_jobs(found, &h);
			break;
		default:
			break;
		}
	home_fini(&h);
}

/* `alternatives` are those of COMPLETE_WORDS. */
static void complete_value(struct line *l, enum complete what, const char *alternatives)
{
	struct completion *out = l->out;
	own_candidates struct candidates found = {
		.prefix = str_from(out->words.prefix, out->lead.n)};
	own_buf struct buf path = {0};

	switch (what) {
	case COMPLETE_NONE:
		break;
	case COMPLETE_FILE:
		out->kind = COMPLETED_FILES;
		break;
	case COMPLETE_DIR:
		out->kind = COMPLETED_DIRS;
		break;
	case COMPLETE_WORDS:
		add_words(&out->words, out->lead, alternatives);
		break;
	case COMPLETE_COMMAND:
		for (size_t i = 0; i < l->args.n; i++)
			buf_printf(&path, "%s%s", i ? " " : "", l->args.v[i]);
		next_command_words(&out->words, buf_view(&path));
		break;
	default:
		from_home(l, what, &found);
		add_all(&out->words, out->lead, &found);
		break;
	}
}

static void add_flag(struct line *l, const struct flag *f)
{
	own_buf struct buf b = {0};

	if (f->type != FLAG_LIST && strv_has(&l->given, f->name))
		return;
	buf_printf(&b, "--%s", f->name);
	candidates_add(&l->out->words, buf_view(&b), f->help);
}

static void complete_flags(struct line *l, bool global)
{
	const struct flag *f;

	for (size_t i = 0; l->cmd && (f = command_flag(l->cmd, i)); i++)
		add_flag(l, f);
	for (size_t i = 0; global && i < global_flags_n; i++)
		add_flag(l, &global_flags[i]);
}

/* --name=VALUE: the value. */
static bool complete_joined(struct line *l, const char *word)
{
	struct flag_word w = flag_word(word);
	const struct flag *f = w.has_value ? any_flag(l, &w) : NULL;

	if (!w.has_value)
		return false;
	l->out->lead = str_n(word, (size_t)(w.value.p - word));
	if (f && f->type != FLAG_BOOL)
		complete_value(l, f->complete, f->value);
	return true;
}

static void complete_argument(struct line *l)
{
	const struct command *c = l->cmd;

	if (l->args.n < c->max_args)
		complete_value(l, l->args.n ? c->second : c->complete, c->args);
	else if (!l->flags_ended && l->args.n >= c->max_args)
		complete_flags(l, false);
}

static void complete_word(struct line *l, const char *word)
{
	if (l->flag)
		complete_value(l, l->flag->complete, l->flag->value);
	else if (!l->flags_ended && word[0] == '-') {
		if (!complete_joined(l, word))
			complete_flags(l, true);
	} else if (!l->cmd)
		next_command_words(&l->out->words, buf_view(&l->path));
	else if (!in_rest(l))
		complete_argument(l);
}

void complete_words(const struct strv *words, struct completion *out)
{
	const char *word = words->n ? words->v[words->n - 1] : "";
	struct line l = {.out = out};

	*out = (struct completion){.words.prefix = str_z(word)};
	for (size_t i = 0; i + 1 < words->n && !l.nothing; i++)
		take_word(&l, words->v[i]);
	if (!l.nothing)
		complete_word(&l, word);
	candidates_sort(&out->words);
	buf_fini(&l.path);
	strv_fini(&l.given);
	strv_fini(&l.args);
}

void completion_fini(struct completion *c)
{
	candidates_fini(&c->words);
	*c = (struct completion){0};
}
