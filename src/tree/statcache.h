/* statcache.h - what files looked like when they were hashed
 *
 * Lies beside a snapshot's manifest and is ours alone: a file of the workspace whose size,
 * mtime, ctime, inode and device are still those in the cache is taken for unchanged, and
 * its content from that snapshot (contract/store.md §4). Only files go in that had settled
 * before they were read (filecopy.h), as times cannot tell two changes in one tick apart.
 *
 * A private format, in this machine's byte order. What cannot be read is as if it were not
 * there: the file is hashed again.
 */
#ifndef TREE_STATCACHE_H
#define TREE_STATCACHE_H

#include <stdint.h>

#include "base/err.h"
#include "tree/hash.h"

struct stat_stamp {
	uint64_t dev, ino, size;
	int64_t mtime_s, ctime_s;
	uint32_t mtime_ns, ctime_ns;
};

struct statcache_out;
struct statcache_out *statcache_create(const char *path, struct err *e);
/* In the order of paths. */
bool statcache_add(struct statcache_out *c, struct str path, const struct stat_stamp *s,
	const unsigned char sha256[SHA256_LEN], struct err *e);
/* Frees it whatever comes out. Not synced: that is for the file system as a whole. */
bool statcache_commit(struct statcache_out *c, struct err *e);
void statcache_abort(struct statcache_out *c); /* NULL is fine */

struct statcache_in;
struct statcache_in *statcache_open(const char *path); /* NULL: none that can be used */
/* Asked in the order of paths. True: known with exactly this stamp. NULL knows nothing. */
bool statcache_find(struct statcache_in *c, struct str path, const struct stat_stamp *s,
	unsigned char sha256[SHA256_LEN]);
void statcache_close(struct statcache_in *c); /* NULL is fine */

#endif
