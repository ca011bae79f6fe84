/* node_create.h - a new node: its record first, then its VM
 *
 * The record, with the name of the instance, is on disk before limactl runs. A
 * failure tears down only what this operation made; what cannot be torn down
 * stays named by a failed record. A process killed half-way leaves a record in
 * state "provisioning", which node start continues and node delete removes.
 */
#ifndef OPS_NODE_CREATE_H
#define OPS_NODE_CREATE_H

#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

struct node_new {
	const char *project;		/* REF, required */
	const char *slug;		/* NULL: <project>-node, the first that is free */
	const char *workspace_mode;	/* NULL: copy */
	const char *runtime, *provider; /* NULL: vm, lima */
	const char *agent_profile;	/* NULL: the project's */
	const char *lima_commands_file; /* NULL: none */
	const char *cpus, *memory, *disk;
	bool no_bootstrap, trust_file, containerd;
	const struct strv *argv; /* the command as typed, for the job */
};
bool node_create(struct home *h, const struct ctx *c, const struct node_new *new, struct node *out,
	struct err *e);

#endif
