/* host_commands.h - lima_commands given with a command: they will run on this computer
 *
 * So a file that a guest could have written is not taken for granted
 * (contract/threats.md T3).
 */
#ifndef OPS_HOST_COMMANDS_H
#define OPS_HOST_COMMANDS_H

#include "base/ctx.h"
#include "store/home.h"

/* The overrides of --lima-commands-file, checked; a file of NULL changes nothing. In the
 * workspace of a live mounted node it is PreconditionFailed unless `trusted`, in any other
 * workspace a notice. What `out` held before is dropped. */
bool host_commands_load(const struct home *h, const struct ctx *c, const char *file, bool trusted,
	struct lists *out, struct err *e);

#endif
