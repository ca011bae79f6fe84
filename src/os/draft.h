/* draft.h - a file that takes the place of another only when it is whole
 *
 * What file_replace() and file_create() are made of, for content that comes in
 * pieces: temp file beside the target, write, fsync, rename, fsync of the directory
 * (contract/store.md §2).
 *
 *	own_draft struct draft d = DRAFT_NONE;
 *	if (!draft_open(&d, path, e) || !fd_write_all(d.fd, …) || !draft_commit(&d, 0600, e))
 *		return false;          // what was there is still there, and no temp file
 */
#ifndef OS_DRAFT_H
#define OS_DRAFT_H

#include "base/err.h"

struct draft {
	int fd; /* write here */
	int dir;
	char *path, *temp;
	const char *name; /* the last component, within path */
};
#define DRAFT_NONE ((struct draft){-1, -1, NULL, NULL, NULL})

bool draft_open(struct draft *d, const char *path, struct err *e);
/* The mode is exact: the umask does not count. */
bool draft_commit(struct draft *d, unsigned mode, struct err *e);
/* The same without the two fsyncs, see file_swap(). */
bool draft_swap(struct draft *d, unsigned mode, struct err *e);
/* Only where nothing is: err->sys EEXIST otherwise. */
bool draft_commit_new(struct draft *d, unsigned mode, struct err *e);
void draft_drop(struct draft *d); /* also after a commit, and twice */
#define own_draft __attribute__((cleanup(draft_drop)))

#endif
