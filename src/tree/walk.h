/* walk.h - walking a directory by descriptor, in manifest order
 *
 *	struct walk *w = walk_open(root, ignore, &e);
 *	while ((got = walk_next(w, &entry, &e)) != WALK_END)
 *		...
 *	walk_close(w);
 *
 * Every entry is met with openat/fstatat from its parent's descriptor; links are
 * never followed, the root included (contract/threats.md T5). Other file systems
 * are entered (a workspace may hold a mount). Order is by bytes of the whole
 * relative path ("a", "a-b", "a/x"), so that a manifest is written as a stream.
 *
 * At most WALK_MAX_FDS descriptors are open however deep the tree is. Memory is that
 * of the names in the directories from the root to the current one.
 *
 * The tree may change meanwhile: what vanishes was never there, what turns from one
 * type into another is trouble.
 */
#ifndef TREE_WALK_H
#define TREE_WALK_H

#include "os/file.h"
#include "tree/ignore.h"

#define WALK_MAX_FDS 64

/* Valid until the next call. */
struct walk_entry {
	struct str path; /* relative to the root, no leading "./"; any bytes but NUL */
	struct file_stat st;
	uint64_t nlink;
	uint64_t blocks; /* 512-byte units: fewer than size means sparse */
	int64_t ctime_s;
	uint32_t ctime_ns;
	int dir_fd; /* of the parent directory, and the name in it */
	const char *name;
	struct str link; /* target of a link, also NUL terminated */
};

enum walk_got {
	WALK_END,
	WALK_ENTRY,
	/* entry->path could not be read, e says why; the next call goes on behind it. A
	 * directory that cannot be listed was an entry before. */
	WALK_TROUBLE,
};

struct walk;
/* ignore may be NULL; it is used until walk_close(). False with kind PreconditionFailed
 * when root is no directory or cannot be read. */
struct walk *walk_open(const char *root, const struct ignore *ignore, struct err *e);
enum walk_got walk_next(struct walk *w, struct walk_entry *entry, struct err *e);
/* The root itself, with the path "."; it is no entry of the walk. */
bool walk_root(const struct walk *w, struct walk_entry *entry, struct err *e);
void walk_close(struct walk *w); /* NULL is fine */

static inline void walk_close_p(struct walk **w)
{
	walk_close(*w);
	*w = NULL;
}
#define own_walk __attribute__((cleanup(walk_close_p)))

#endif
