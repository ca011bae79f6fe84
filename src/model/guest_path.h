/* guest_path.h - where in the guest a workspace may lie (contract/cli.md §5) */
#ifndef MODEL_GUEST_PATH_H
#define MODEL_GUEST_PATH_H

#include "base/err.h"

/* Is this absolute path, as text, refused as a guest workspace (contract/cli.md §5)?
 * `home` is the host user's home directory, which may lie below a listed one.
 * InvalidArgument naming the path and the rule. */
bool guest_path_check(const char *path, const char *home, struct err *e);

#endif
