#include "cli/changes.h"

static bool see_help(const struct invocation *inv, struct err *e)
{
	return err_fix(e, "codelima %s %s --help", inv->cmd->group, inv->cmd->name);
}

bool changes_any(const struct invocation *inv, struct err *e)
{
	for (size_t i = 0; i < inv->cmd->n_flags; i++)
		if (inv->values[i].n)
			return true;
	err_set(e, ERR_INVALID_ARGUMENT, "codelima %s %s needs a flag that says what to change",
		inv->cmd->group, inv->cmd->name);
	return see_help(inv, e);
}

bool changes_list(const struct invocation *inv, const char *flag, const char *clear,
	const struct strv **out, struct err *e)
{
	static const struct strv none = {0};
	const struct strv *list = inv_list(inv, flag);

	if (list && inv_has(inv, clear)) {
		err_set(e, ERR_INVALID_ARGUMENT,
			"--%s and --%s exclude each other: --%s replaces the whole list", flag,
			clear, flag);
		return see_help(inv, e);
	}
	*out = inv_has(inv, clear) ? &none : list;
	return true;
}
