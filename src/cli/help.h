/* help.h - help texts, made from the command table */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

void help_overview(struct buf *out);
void help_group(struct buf *out, const char *group);
void help_command(struct buf *out, const struct command *c);
/* `codelima help [GROUP [COMMAND]]`: NotFound-like InvalidArgument for unknown words. */
bool help_words(struct buf *out, const struct strv *words, struct err *e);

#endif
