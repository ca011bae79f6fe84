/* snapshot_ops.h - use cases on a project's snapshots
 *
 * Neither limactl nor git is needed, and the workspace is only read. Making one is a job
 * (store/jobs.h): what is told goes to its log too, and a Ctrl-C leaves nothing.
 */
#ifndef OPS_SNAPSHOT_OPS_H
#define OPS_SNAPSHOT_OPS_H

#include "model/records.h"
#include "store/jobs.h"
#include "store/snapshot_store.h"

#define LABEL_MAX 200 /* bytes */

/* label may be NULL. PreconditionFailed when files cannot be read or do not hold still. */
bool project_snapshot_create(struct home *h, const struct ctx *c, const char *project,
	const char *label, const struct strv *argv, struct snapshot *out, struct err *e);
/* Deleted projects keep their snapshots, which can be listed, shown and deleted. */
bool project_snapshot_list(const struct home *h, const struct ctx *c, const char *project,
	struct snapshot_list *out, struct err *e);
bool project_snapshot_show(const struct home *h, const struct ctx *c, const char *project,
	const char *ref, struct snapshot *out, struct err *e);
/* PreconditionFailed naming them while live projects are forks of it. */
bool project_snapshot_delete(struct home *h, const struct ctx *c, const char *project,
	const char *ref, struct snapshot *out, struct err *e);

/* The work itself, for a fork too, within its job: c is the job's. out holds the id it is to
 * have, or nothing. */
bool snapshot_take(const struct home *h, const struct ctx *c, const struct project *p,
	const char *kind, const char *label, struct snapshot *out, struct err *e);
/* Takes back what a fork made before it failed, unless another project came to use it. Fine
 * when it is not there. */
bool snapshot_untake(const struct home *h, const struct ctx *c, const char *project_id,
	const char *id, struct err *e);

#endif
