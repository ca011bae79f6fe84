/* cleanup.h - node cleanup-incomplete: what operations that died left of nodes, removed
 *
 * The VM goes first, then the record (contract/cli.md §3). A VM that does not carry this
 * home's mark is named and left; one of another node too. A record that cannot be read
 * is moved aside (store/quarantine.h). What counts is in leftover.h.
 */
#ifndef OPS_CLEANUP_H
#define OPS_CLEANUP_H

#include "ops/home_ops.h"

struct cleanup_item {
	char *node_id, *directory_path;
	char *template_path, *instance_name, *instance_ref_path; /* NULL: there is none */
	char *action; /* in words, for people; not in JSON */
};
struct cleanup {
	bool dry_run;
	struct cleanup_item *items;
	size_t n_items;
};
extern const struct fields cleanup_fields;

/* Lists, and with `apply` removes: then items holds what was removed. A failure on one does
 * not keep the others; all are told in e. out must be zeroed. */
bool cleanup_incomplete(struct home *h, const struct ctx *c, bool apply, const struct strv *argv,
	struct cleanup *out, struct err *e);
void cleanup_fini(struct cleanup *l);

#endif
