#include "cli/nearest.h"

#include "base/mem.h"

/* Keeps the nearest candidate of a misspelt word. */
struct nearest {
	struct str word;
	const char *best;
	unsigned distance;
};

static void consider(struct nearest *n, const char *candidate)
{
	unsigned d = str_distance(n->word, str_z(candidate));

	if (n->word.n > 1 && str_starts(str_z(candidate), n->word)) /* "env", "--boot" */
		d = 1;
	if (candidate && (!n->best || d < n->distance)) {
		n->best = candidate;
		n->distance = d;
	}
}

/* A word of which less than half is right is no misspelling. */
static const char *suggestion(const struct nearest *n)
{
	return n->best && (size_t)n->distance * 2 <= strlen(n->best) ? n->best : NULL;
}

static void consider_flag(struct nearest *n, const struct flag *f)
{
	consider(n, f->name);
	for (size_t a = 0; a < countof(f->alias) && f->alias[a]; a++)
		consider(n, f->alias[a]);
}

const char *flag_nearest(const struct command *c, struct str name)
{
	struct nearest near = {.word = name};
	const struct flag *f;

	for (size_t i = 0; c && (f = command_flag(c, i)); i++)
		consider_flag(&near, f);
	for (size_t i = 0; i < global_flags_n; i++)
		consider_flag(&near, &global_flags[i]);
	return suggestion(&near);
}

static void consider_commands(struct nearest *n, const char *group)
{
	for (size_t i = 0; i < commands_n; i++)
		if (z_eq(commands[i].group, group))
			consider(n, commands[i].name);
	for (size_t i = 0; i < groups_n; i++) {
		size_t above = *group ? strlen(group) + 1 : 0;
		struct str name = str_z(groups[i].name);

		if (name.n > above && group_named(group, name.p + above) == groups[i].name)
			consider(n, name.p + above);
	}
}

const char *command_nearest(const char *group, const char *word)
{
	struct nearest near = {.word = str_z(word)};

	consider_commands(&near, group);
	return suggestion(&near);
}
