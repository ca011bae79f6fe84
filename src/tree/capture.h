/* capture.h - a workspace into a snapshot: tree/, manifest.json and stat-cache
 *
 * Content is copied (shared by reflink where that can be), hashed while it is read, by as
 * many threads as there are CPUs; a file unchanged since an earlier capture becomes one
 * more name of that one's file (statcache.h). What lies in tree/ is read-only; modes and
 * times are in the manifest. Nothing is followed: links are copied as links
 * (contract/threats.md T5).
 *
 * Memory is bounded however large the tree is. Nothing is synced but the manifest: the
 * caller does that for the file system as a whole, and publishes what is whole.
 */
#ifndef TREE_CAPTURE_H
#define TREE_CAPTURE_H

#include "base/ctx.h"
#include "tree/ignore.h"
#include "tree/manifest.h"
#include "tree/survey.h"

#define CAPTURE_TREE "tree"
#define CAPTURE_MANIFEST "manifest.json"
#define CAPTURE_CACHE "stat-cache"

struct capture_opts {
	const char *root;	     /* the workspace */
	const char *into;	     /* an empty directory of ours */
	const char *previous;	     /* what an earlier capture filled, on the same file system;
					NULL: none */
	const struct ignore *ignore; /* may be NULL */
	const struct strmap *head;   /* of the manifest */
	const char *tree_root;	     /* at its end */
	const char *excludes_in;     /* the file with the excludes, for advice */
	uint64_t expect_bytes;	     /* for the progress bar, about; 0: not known */
};

struct capture_totals {
	uint64_t entries, files, bytes; /* all in the manifest; regular files and their sizes */
	uint64_t linked, cloned;	/* of the files */
	struct mentions special;	/* left out: sockets, fifos, devices */
	struct mentions twins; /* files with more than one name, each of which is one here */
};
void capture_totals_fini(struct capture_totals *t);

/* PreconditionFailed naming them for files that cannot be read or never hold still. On
 * failure `into` holds what there is: the caller removes it. */
bool capture_tree(const struct capture_opts *o, const struct ctx *c, struct capture_totals *totals,
	struct err *e);

#endif
