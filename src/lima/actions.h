/* actions.h - the ten lima_commands actions, expanded and run
 *
 * Built-in lists become argv without a shell; a list that a person wrote runs
 * line by line through `sh -c`, each value quoted for its place
 * (contract/lima.md §1, §2). First failure stops.
 */
#ifndef LIMA_ACTIONS_H
#define LIMA_ACTIONS_H

#include "lima/limactl.h"
#include "model/commands.h"

struct action_vars {
	const char *instance_name, *template_path, *locator;
	const char *source_instance, *target_instance;
	const char *source_path, *target_path, *target_parent, *copy_target;
	bool recursive;
	const char *workdir;	 /* NULL: no workdir fragment */
	const struct strv *args; /* command_args; NULL: none */
};

/* Expands every command of the list: argv lists are run as they are, lines need a
 * shell. For callers that run them their own way (shell, dry runs). */
bool action_line(const struct limactl *l, const char *command, const struct action_vars *v,
	struct buf *line, struct err *e);

/* Runs the list on the host. `more` as in limactl_call; out gets the last command's
 * stdout. --cpus/--memory/--disk of built-in create come from `res` (NULL: as the
 * template says). */
bool action_run(const struct limactl *l, const struct ctx *c, enum action a,
	const struct command_list *list, const struct action_vars *v, const struct resources *res,
	struct buf *out, const struct run *more, struct err *e);

/* The guest script of workspace_seed_prepare: the entries joined with " && ". */
bool action_guest_script(const struct limactl *l, const struct command_list *list,
	const struct action_vars *v, struct buf *script, struct err *e);

#endif
