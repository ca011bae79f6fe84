/* projects.h - use cases on projects: create, delete, list, show, tree
 *
 * Metadata only: neither limactl nor git is needed. What is refused leaves
 * nothing behind.
 */
#ifndef OPS_PROJECTS_H
#define OPS_PROJECTS_H

#include "model/lineage.h"
#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

struct project_new {
	const char *workspace;	   /* required */
	const char *slug;	   /* NULL: from the directory's name, the first that is free */
	const char *agent_profile; /* NULL: the default */
	const char *template;	   /* locator; NULL: the default */
	const struct strv *env_configs;	       /* REFs; may be NULL */
	const struct strv *bootstrap_commands; /* NULL: none given */
	const char *cpus, *memory, *disk;      /* as typed; NULL: not given */
};
bool project_create(struct home *h, const struct ctx *c, const struct project_new *new,
	struct project *out, struct err *e);

/* Refused with live nodes, then with live children. The workspace is never touched. */
bool project_delete(
	struct home *h, const struct ctx *c, const char *ref, struct project *out, struct err *e);

bool project_list(const struct home *h, const struct ctx *c, bool deleted, struct record_list *out,
	struct err *e);
bool project_show(const struct home *h, const struct ctx *c, const char *ref, struct project *out,
	struct err *e);

/* Everything a tree shows; l points into projects and nodes. */
struct project_tree {
	struct record_list projects, nodes;
	struct lineage lineage;
	struct tree_item *root; /* the one asked for; NULL: all */
};
/* root_ref NULL: all. Siblings are sorted by slug. */
bool project_tree(const struct home *h, const struct ctx *c, const char *root_ref, bool deleted,
	struct project_tree *out, struct err *e);
void project_tree_fini(struct project_tree *t);

/* The three resource flags, checked and normalized. */
bool resources_from_flags(const char *cpus, const char *memory, const char *disk,
	struct resources *out, struct err *e);

#endif
