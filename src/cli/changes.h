/* changes.h - the flags of the commands that change a record */
#ifndef CLI_CHANGES_H
#define CLI_CHANGES_H

#include "cli/command.h"

/* InvalidArgument unless at least one flag says what is to change. */
bool changes_any(const struct invocation *inv, struct err *e);
/* What becomes of a list: NULL when neither flag is given, else the list of `flag`, or
 * with `clear` an empty one. Both together are InvalidArgument. */
bool changes_list(const struct invocation *inv, const char *flag, const char *clear,
	const struct strv **out, struct err *e);

#endif
