/* path.h - paths as text; no system call but for the current directory */
#ifndef OS_PATH_H
#define OS_PATH_H

#include "base/err.h"

/* "DIR/NAME" in out, which is cleared first; dir may be out's own text (then
 * the name is appended). An empty dir gives NAME. */
const char *path_join(struct buf *out, const char *dir, const char *name);
struct str path_base(struct str path); /* last component; "/" for the root */
struct str path_dir(struct str path);  /* without the last component; "." or "/" */
/* Absolute, with . and .. and double slashes removed as text (no links resolved).
 * A leading ~/ is the home directory. out is cleared first. */
bool path_absolute(const char *path, struct buf *out, struct err *e);

#endif
