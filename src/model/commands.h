/* commands.h - the ten lima_commands actions and their precedence
 *
 * contract/lima.md §2, contract/store.md §1: built-in < config.yaml <
 * project.yaml < node.yaml; the first level from the node up that has the key
 * with a non-empty list replaces the whole list. `false` switches off (only
 * bootstrap may be empty). A list equal to a default that was ever shipped is no
 * override. Checking what a person wrote, and the example block of a new file,
 * need YAML and templates: store/command_files.h.
 */
#ifndef MODEL_COMMANDS_H
#define MODEL_COMMANDS_H

#include "base/err.h"
#include "base/fields.h"

enum action {
	ACT_TEMPLATE_COPY,
	ACT_CREATE,
	ACT_START,
	ACT_STOP,
	ACT_DELETE,
	ACT_CLONE,
	ACT_BOOTSTRAP,
	ACT_SEED_PREPARE,
	ACT_COPY,
	ACT_SHELL,
	ACT_COUNT
};

/* Which placeholders a template of this action may use, by name. */
struct action_info {
	const char *name;	     /* "template_copy" */
	const char *builtin;	     /* one command; NULL for bootstrap */
	const char *placeholders[7]; /* NULL terminated; those whose name ends in _flag or is
					command_args are fragments or word lists */
};
extern const struct action_info actions[ACT_COUNT];
bool action_by_name(struct str name, enum action *out);

/* One level's overrides and where they came from. */
struct command_level {
	const struct lists *lists;
	const char *file; /* path for messages */
};
#define LEVEL_COUNT 3 /* config, project, node: in this order */

struct command_list {
	struct strv commands;
	bool builtin;	  /* no level overrides it: fast paths may be used */
	const char *file; /* where it came from; NULL when built in */
	int line;
};
/* The effective list of one action. out->commands is owned by the caller. */
void commands_effective(
	const struct command_level levels[LEVEL_COUNT], enum action a, struct command_list *out);

#endif
