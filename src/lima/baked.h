/* baked.h - entries of lists that Lima will merge a second time
 *
 * `template copy --fill` bakes the person's override.yaml, base.yaml and default.yaml
 * into its output, and Lima merges them again when the instance is loaded: maps and
 * scalars come out the same, but lists are concatenated (limayaml.FillDefault: override,
 * own, default), so that a provisioning script would run twice.
 *
 * An entry of such a file is found again by its keys: --fill adds keys with default
 * values, and expands {{…}}, which is trusted only at the place where the
 * concatenation must have put the entry.
 */
#ifndef LIMA_BAKED_H
#define LIMA_BAKED_H

#include "data/yaml.h"

struct baked {
	const struct yaml_node *override, *base, *defaults; /* roots; NULL when there is none */
};

/* The keys of a template whose lists are concatenated. NULL ends. */
extern const char *const baked_lists[];

/* Is item i of list `key` (found in a filled template) one of theirs? */
bool baked_item(const struct baked *b, const char *key, const struct yaml_node *list, size_t i);

/* --fill also expands {{.Name}} and {{.Dir}} for a name and directory that are not the
 * instance's. The entry as the base itself wrote it, when item i is one of its own (they
 * come right before default.yaml's) and holds {{: Lima expands it again at load. Else NULL. */
struct yaml_node *baked_original(const struct baked *b, const struct yaml_node *plain,
	const char *key, const struct yaml_node *list, size_t i);

#endif
