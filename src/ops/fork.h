/* fork.h - a project's workspace as a new project
 *
 * Slug, destination and name are checked first; then the workspace is captured (or an
 * earlier snapshot taken), made anew in a hidden directory beside the destination, renamed
 * into place, and last of all the child's record is stored, with its parent and the
 * snapshot it came from. It inherits every setting of its parent. What is refused or fails
 * leaves nothing. What a fork that was killed left (store/fork_notes.h) is taken back by the
 * next one of that project; where only the record was missing, the same fork given again
 * goes on with it.
 */
#ifndef OPS_FORK_H
#define OPS_FORK_H

#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

struct project_fork {
	const char *source;    /* REF */
	const char *workspace; /* the destination: missing, or an empty directory */
	const char *slug;      /* NULL: from the destination's name, the first that is free */
	const char *snapshot;  /* REF of one of the source's; NULL: one is made */
	const struct strv *argv;
};
bool project_fork(struct home *h, const struct ctx *c, const struct project_fork *f,
	struct project *out, struct err *e);

#endif
