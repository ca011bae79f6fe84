/* materialise.h - a snapshot back into a directory
 *
 * Everything that the manifest lists is made anew below an empty directory of the caller's:
 * content from the snapshot's tree/ (blocks shared where the file system can, else copied,
 * by several threads), modes and mtimes from the manifest. Both trees are walked component
 * by component, never through a link (contract/threats.md T4): a manifest or a tree that
 * somebody edited cannot lead out of either.
 *
 * Nothing is synced.
 */
#ifndef TREE_MATERIALISE_H
#define TREE_MATERIALISE_H

#include "base/ctx.h"
#include "os/file.h"

struct materialise_opts {
	const char *manifest, *tree;  /* of the snapshot */
	const char *into;	      /* empty, and nobody else's */
	const struct file_stat *root; /* whose mode and mtime `into` gets in the end */
	uint64_t expect_bytes;	      /* for the progress bar; 0: not known */
};

struct materialise_totals {
	uint64_t entries, files, bytes;
};

/* MetadataCorruption where manifest and tree do not fit together. On failure `into` holds
 * what there is: the caller removes it. */
bool materialise_tree(const struct materialise_opts *o, const struct ctx *c,
	struct materialise_totals *totals, struct err *e);

#endif
