/* legacy.h - names that older homes use for keys
 *
 * environment_commands and setup_commands are bootstrap commands; `status` in
 * node.yaml is the lifecycle state (contract/store.md §1). The text is brought
 * up to date before anything else reads it, so that reading and changing a file
 * know one shape only: a key that only changed its name is renamed in place,
 * keeping everything around it; one that moved is taken out and set anew. Where
 * both names stand, the new one counts and the old one goes.
 */
#ifndef STORE_LEGACY_H
#define STORE_LEGACY_H

#include "base/err.h"

enum legacy_file { LEGACY_PROJECT, LEGACY_NODE, LEGACY_ENVIRONMENT, LEGACY_CONFIG };

/* Could the text hold an old name? Cheap, and false for every new file. */
bool legacy_suspect(enum legacy_file f, struct str text);
/* The text in the new shape, equal to `text` when nothing is old. */
bool legacy_modernize(
	enum legacy_file f, struct str text, const char *name, struct buf *out, struct err *e);

#endif
