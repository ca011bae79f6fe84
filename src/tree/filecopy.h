/* filecopy.h - the content of one regular file, copied, and hashed on the way
 *
 * Both ends are descriptors that were opened O_NOFOLLOW by the caller. Holes stay holes.
 * Blocks are shared with the source where the file system can (reflink); else they are
 * read once, hashed and written from the same buffer.
 *
 * One struct file_copier a thread; `shared` is what all of them know.
 */
#ifndef TREE_FILECOPY_H
#define TREE_FILECOPY_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "os/file.h"
#include "tree/hash.h"

struct file_copy_shared {
	atomic_bool stop;      /* set: what runs ends with Interrupted */
	atomic_bool no_clone;  /* this pair of file systems cannot share blocks */
	atomic_bool no_splice; /* nor copy within the kernel */
};

struct file_copier {
	struct hasher *hasher;
	char *buffer;
};
struct file_copier *file_copier_new(void);
void file_copier_free(struct file_copier *f);

/* What was copied. */
struct file_copied {
	struct stat st; /* of the source */
	unsigned char sha256[SHA256_LEN];
	bool cloned;
	bool settled; /* had not been touched for FILE_SETTLED_S when it was read */
	unsigned tries;
};
#define FILE_SETTLED_S 2
#define FILE_COPY_TRIES 3

/* A snapshot's copy, hashed: makes `name` in dir with this mode. A file that changes
 * meanwhile is read again; after FILE_COPY_TRIES tries PreconditionFailed, as for what is
 * no regular file (any more). On failure the name may be left behind. */
bool file_copy_hashed(struct file_copier *f, struct file_copy_shared *shared, int src, int dir,
	const char *name, unsigned mode, struct file_copied *out, struct err *e);

/* A copy from a place where nothing changes: with this mode and, unless it is NULL, this
 * mtime. A source that is no regular file of `size` bytes is MetadataCorruption. */
bool file_copy_plain(struct file_copier *f, struct file_copy_shared *shared, int src, int dir,
	const char *name, unsigned mode, uint64_t size, const struct timespec *mtime,
	struct err *e);

#endif
