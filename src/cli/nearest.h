/* nearest.h - what a misspelt word may have meant */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include "cli/command.h"

/* The command (or, with group "", the group) that a misspelt word may mean, or NULL. */
const char *command_nearest(const char *group, const char *word);
/* The same for a flag of the command (NULL: none is known yet) or a global one, both without
 * their dashes. */
const char *flag_nearest(const struct command *c, struct str name);

#endif
