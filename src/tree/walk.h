/* walk.h - walking a directory by descriptor, in manifest order
 *
 * Every entry is met with openat/fstatat from its parent's descriptor; links are
 * never followed, other file systems are entered (a workspace may hold a mount)
 * but loops cannot arise. Order is by bytes of the whole relative path ("a",
 * "a-b", "a/x"), so that a manifest is written as a stream.
 */
#ifndef TREE_WALK_H
#define TREE_WALK_H

#include "base/ctx.h"
#include "os/file.h"
#include "tree/ignore.h"

struct walk_entry {
	struct str path;       /* relative to the root, no leading "./"; any bytes but NUL */
	struct file_stat st;
	uint64_t nlink;
	uint64_t blocks;       /* 512-byte units: fewer than size means sparse */
	int64_t ctime_s;
	uint32_t ctime_ns;
	int dir_fd;            /* of the parent directory, and the name in it */
	const char *name;
	struct str link;       /* target of a link */
};

/* False ends the walk with e. Entries that cannot be read (EACCES on a directory)
 * are reported to `trouble` when given, else end the walk. */
struct walk {
	bool (*entry)(void *arg, const struct walk_entry *w, struct err *e);
	bool (*trouble)(void *arg, struct str path, struct err *why);
	void *arg;
	const struct ignore *ignore; /* may be NULL */
};
bool walk_tree(const char *root, const struct walk *w, const struct ctx *c, struct err *e);

#endif
