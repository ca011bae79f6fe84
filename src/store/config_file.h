/* config_file.h - _config/config.yaml
 *
 * Written once, with the keys that the reference writes, and the person's from
 * then on.
 */
#ifndef STORE_CONFIG_FILE_H
#define STORE_CONFIG_FILE_H

#include "base/err.h"
#include "model/records.h"

/* What the file says, defaults for the rest, paths resolved (home.h). c must be
 * zeroed. A missing file is all defaults. MetadataCorruption naming path and line. */
bool config_load(const char *home, const char *path, struct config *c, struct err *e);
/* Sizes, ports, deadlines, accelerator, shared directories and command templates:
 * InvalidArgument naming the key. Asked by commands that write and by doctor. */
bool config_check(const struct config *c, const char *path, struct err *e);
void config_text(const struct config *c, struct buf *out);

#endif
