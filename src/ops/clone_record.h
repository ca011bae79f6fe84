/* clone_record.h - what a clone's record and directory have from their source */
#ifndef OPS_CLONE_RECORD_H
#define OPS_CLONE_RECORD_H

#include "ops/node_work.h"

struct node_clone_opts {
	const char *slug;		/* NULL: <source>-clone, the first that is free */
	const char *agent_profile;	/* NULL, or the source's */
	const char *lima_commands_file; /* NULL: the source's overrides */
	bool trust_file;
	const struct strv *argv;
};

/* Makes the clone's record in w (zeroed), claimed within the source's operation, with its
 * bootstrap.json, seed manifest and instance.lima.yaml. Only metadata is touched. */
bool clone_record_make(struct node_work *w, struct node_work *source,
	const struct node_clone_opts *o, struct err *e);

#endif
