/* lineage.h - projects with their nodes and children, as a tree
 *
 * A project whose parent is unknown, deleted (when those are left out) or in a
 * cycle of parents is shown as a root; a node whose parent node is shown hangs
 * below its project all the same (nodes are listed flat, in creation order).
 */
#ifndef MODEL_LINEAGE_H
#define MODEL_LINEAGE_H

#include "model/records.h"

struct tree_item {
	const struct project *project;
	const struct node **nodes;
	size_t n_nodes;
	struct tree_item **children;
	size_t n_children;
};
struct lineage {
	struct tree_item *items; /* one a project, same order as given */
	size_t n_items;
	struct tree_item **roots;
	size_t n_roots;
};
/* Projects and nodes stay the caller's. Items come in the order given (creation). */
void lineage_build(struct lineage *l, const struct project *projects, size_t n_projects,
	const struct node *nodes, size_t n_nodes);
void lineage_fini(struct lineage *l);

#endif
