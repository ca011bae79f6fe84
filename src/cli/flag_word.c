#include "cli/flag_word.h"

#include "base/mem.h"

struct flag_word flag_word(const char *word)
{
	struct flag_word w = {.word = word, .is_short = word[1] != '-'};
	struct str body = str_from(str_z(word), w.is_short ? 1 : 2);
	size_t eq = str_find(body, '=');

	w.name = str_n(body.p, eq);
	w.has_value = eq < body.n;
	w.value = w.has_value ? str_from(body, eq + 1) : (struct str){0};
	return w;
}

static bool flag_named(const struct flag *f, struct str name, bool is_short)
{
	if (is_short)
		return name.n == 1 && f->letter && name.p[0] == f->letter;
	if (str_eqz(name, f->name))
		return true;
	for (size_t a = 0; a < countof(f->alias) && f->alias[a]; a++)
		if (str_eqz(name, f->alias[a]))
			return true;
	return false;
}

const struct flag *flag_find(const struct command *c, struct str name, bool is_short, size_t *at)
{
	const struct flag *f;

	for (*at = 0; c && (f = command_flag(c, *at)); ++*at)
		if (flag_named(f, name, is_short))
			return f;
	return NULL;
}

const struct flag *flag_find_global(struct str name, bool is_short)
{
	for (size_t i = 0; i < global_flags_n; i++)
		if (flag_named(&global_flags[i], name, is_short))
			return &global_flags[i];
	return NULL;
}
