/* workspace.h - which directories may be a project's workspace (contract/cli.md §5)
 *
 * Compared by device and inode through links, never by string
 * (contract/threats.md T5, T16).
 */
#ifndef OPS_WORKSPACE_H
#define OPS_WORKSPACE_H

#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

/* The workspace as it will be stored: absolute, links resolved once. InvalidArgument
 * when it is missing, no directory, a system path in the guest, or the home directory,
 * ~/.ssh, CODELIMA_HOME or LIMA_HOME, contains one of these or lies in a home. */
bool workspace_resolve(const struct home *h, const char *given, struct buf *out, struct err *e);

/* Where a new workspace is to be made: absolute, the directory above resolved. What is there
 * must be an empty directory or nothing; the directory above must exist. InvalidArgument
 * as above (whatever home it lies in: any directory that looks like a CODELIMA_HOME or
 * LIMA_HOME counts), PreconditionFailed when something is in the way. */
bool workspace_destination(const struct home *h, const char *given, struct buf *out, struct err *e);

/* Against the other live projects: equal is PreconditionFailed naming it; nested is a
 * warning, and PreconditionFailed where one of the two has, or with `mounting` would
 * get, a live mounted node. self_id is left out (NULL: none). */
bool workspace_check_others(const struct home *h, const struct ctx *c, const char *workspace,
	const char *self_id, bool mounting, struct err *e);

/* Before a node uses it: still there, still a directory, still allowed. */
bool workspace_usable(const struct home *h, const char *workspace, struct err *e);

#endif
