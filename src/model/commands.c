#include "model/commands.h"

#include "base/mem.h"

const struct action_info actions[ACT_COUNT] = {
	[ACT_TEMPLATE_COPY] = {"template_copy", "{{binary}} template copy --fill {{locator}} -",
		{"binary", "locator"}},
	[ACT_CREATE] = {"create",
		"{{binary}} create -y --name {{instance_name}} --cpus=2 --memory=4 --disk=20 "
		"{{template_path}}",
		{"binary", "instance_name", "template_path"}},
	[ACT_START] = {"start", "{{binary}} start -y {{instance_name}}",
		{"binary", "instance_name"}},
	[ACT_STOP] = {"stop", "{{binary}} stop -y {{instance_name}}", {"binary", "instance_name"}},
	[ACT_DELETE] = {"delete", "{{binary}} delete -f {{instance_name}}",
		{"binary", "instance_name"}},
	[ACT_CLONE] = {"clone", "{{binary}} clone -y {{source_instance}} {{target_instance}}",
		{"binary", "source_instance", "target_instance"}},
	[ACT_BOOTSTRAP] = {"bootstrap", NULL, {NULL}},
	[ACT_SEED_PREPARE] = {"workspace_seed_prepare",
		"sudo rm -rf {{target_path}} && sudo mkdir -p {{target_parent}} && "
		"sudo chown \"$(id -un)\":\"$(id -gn)\" {{target_parent}}",
		{"binary", "instance_name", "source_path", "target_path", "target_parent"}},
	[ACT_COPY] = {"copy", "{{binary}} copy{{recursive_flag}} {{source_path}} {{copy_target}}",
		{"binary", "instance_name", "source_path", "target_path", "copy_target",
			"recursive_flag"}},
	[ACT_SHELL] = {"shell",
		"{{binary}} shell{{workdir_flag}} {{instance_name}}{{command_args}}",
		{"binary", "instance_name", "workdir", "workdir_flag", "command_args"}},
};

bool action_by_name(struct str name, enum action *out)
{
	for (size_t i = 0; i < ACT_COUNT; i++) {
		if (str_eqz(name, actions[i].name)) {
			*out = (enum action)i;
			return true;
		}
	}
	return false;
}

/* Old homes write every default out. A default that changes one day is added
 * here, so that those homes follow. */
static bool shipped_default(enum action a, const struct strv *list)
{
	return actions[a].builtin && list->n == 1 && z_eq(list->v[0], actions[a].builtin);
}

static const struct list_entry *override_in(const struct command_level *level, enum action a)
{
	const struct list_entry *le =
		level->lists ? lists_get(level->lists, actions[a].name) : NULL;

	if (!le)
		return NULL;
	if (le->off)
		return a == ACT_BOOTSTRAP ? le : NULL;
	return le->list.n && !shipped_default(a, &le->list) ? le : NULL;
}

void commands_effective(
	const struct command_level levels[LEVEL_COUNT], enum action a, struct command_list *out)
{
	*out = (struct command_list){.builtin = true};
	for (size_t i = LEVEL_COUNT; i-- > 0;) {
		const struct list_entry *le = override_in(&levels[i], a);

		if (!le)
			continue;
		out->builtin = false;
		out->file = levels[i].file;
		out->line = le->line;
		if (!le->off)
			strv_copy(&out->commands, &le->list);
		return;
	}
	if (actions[a].builtin)
		strv_add(&out->commands, actions[a].builtin);
}
