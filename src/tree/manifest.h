/* manifest.h - the list of what a tree holds, written and read as a stream
 *
 * One JSON document whose entries are sorted by path bytes (contract/store.md §4):
 * memory does not grow with the tree. We write one entry a line, with the totals
 * behind them; any layout and order of keys is read, as the reference's is another. A
 * path or link target that is not UTF-8 is written as path_b64 / link_target_b64.
 */
#ifndef TREE_MANIFEST_H
#define TREE_MANIFEST_H

#include "base/fields.h"
#include "os/file.h"
#include "tree/hash.h"

struct manifest_entry {
	struct str path;
	enum file_type type; /* FILE_REG, FILE_DIR, FILE_LINK */
	unsigned mode;
	bool has_mtime;
	int64_t mtime_s;
	uint32_t mtime_ns;
	uint64_t size; /* FILE_REG */
	bool has_sha256;
	unsigned char sha256[SHA256_LEN];
	struct str link_target; /* FILE_LINK */
};

struct manifest_out;
/* Head fields come first ("id", "kind", …: name → string), then entries, then the
 * totals entry_count and total_bytes, then tree_root. The file is written beside `path`
 * and takes its place in manifest_commit() (os/draft.h). */
struct manifest_out *manifest_create(const char *path, const struct strmap *head, struct err *e);
/* In the order of paths; anything else is an error. */
bool manifest_add(struct manifest_out *m, const struct manifest_entry *entry, struct err *e);
/* tree_root may be NULL. The writer is freed whatever comes out. */
bool manifest_commit(struct manifest_out *m, const char *tree_root, struct err *e);
void manifest_abort(struct manifest_out *m); /* NULL is fine */

struct manifest_in;
/* Reads the head; strings and numbers of the top level land in `head` (which may be
 * NULL), also those that stand behind the entries once manifest_next() has returned 0. */
struct manifest_in *manifest_open(const char *path, struct strmap *head, struct err *e);
/* 1: an entry (valid until the next call), 0: the end, -1: an error. Entries that are
 * malformed, unsorted or have unsafe paths (absolute, "..", empty component, NUL), and an
 * entry_count that is not theirs, are MetadataCorruption naming file and line: the file
 * may come from an old or edited home. */
int manifest_next(struct manifest_in *m, struct manifest_entry *entry, struct err *e);
void manifest_close(struct manifest_in *m); /* NULL is fine */

/* Relative, and every component a name: not empty, ".", "..", nor with a NUL. */
bool manifest_path_safe(struct str path);

#endif
