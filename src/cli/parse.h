/* parse.h - a command line into an invocation, by the command table
 *
 * Flags and positional words in any order; `--flag v` and `--flag=v`; `--` ends
 * flags; global flags anywhere up to `--`. Unknown flags and surplus words are
 * InvalidArgument and name the nearest valid one.
 */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "cli/command.h"

/* On failure inv still holds what was parsed so far, so that --json is known. */
bool parse_command_line(struct invocation *inv, int argc, char **argv, struct err *e);
void invocation_fini(struct invocation *inv);

#endif
