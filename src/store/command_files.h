/* command_files.h - lima_commands as a person writes them
 *
 * What they may say is in model/commands.h; here they are read from a file given
 * with --lima-commands-file, checked, and shown as the example in a new record.
 */
#ifndef STORE_COMMAND_FILES_H
#define STORE_COMMAND_FILES_H

#include "model/commands.h"

/* Unknown actions and placeholders, placeholders that cannot be quoted, `false`
 * for anything but bootstrap: InvalidArgument with file and line. What stands in
 * bootstrap is left alone. */
bool commands_check(const struct lists *l, const char *file, struct err *e);
/* The file's overrides, checked; either below `lima_commands:` or bare. All that
 * is wrong with it, its absence too, is InvalidArgument. */
bool commands_load(const char *path, struct lists *out, struct err *e);
/* The commented example block of a new project.yaml or node.yaml, showing the
 * commands in force. */
void commands_example(struct buf *out, const struct command_level levels[LEVEL_COUNT]);

#endif
