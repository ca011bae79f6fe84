/* tar_out.h - a tree as a tar stream, pulled piece by piece
 *
 *	struct tar_out *t = tar_out_open(root, &opts, &e);
 *	while ((more = tar_out_fill(t, &buf, &e)) > 0)
 *		... write and clear buf ...
 *
 * What goes in: regular files, directories (the root too), and links as links; with
 * mode, mtime and any name. What stays out: sockets, fifos, devices; owners (0, for the
 * receiver to replace); that two names are one file. Nothing is followed: each file is
 * opened O_NOFOLLOW from its directory's descriptor (contract/threats.md T5).
 *
 * The order is that of walk.h, so a directory's entry may stand well before its
 * children: the receiver must set the modes and times of directories at the end (GNU
 * tar's --delay-directory-restore), or be given them there (dirs_again).
 *
 * A file that shrinks while it is read is filled up with zeros, one that grows is cut;
 * both are mentioned, as are those that are written to meanwhile. What cannot be read
 * ends the stream.
 */
#ifndef TREE_TAR_OUT_H
#define TREE_TAR_OUT_H

#include "tree/ignore.h"
#include "tree/manifest.h"
#include "tree/survey.h"

enum tar_format {
	TAR_PAX, /* POSIX.1-2001: nanoseconds */
	TAR_GNU, /* for busybox's tar, which skips pax headers; whole seconds */
};

struct tar_opts {
	enum tar_format format;
	bool zstd;
	/* Modes and times of directories are sent once more behind everything else, and
	 * at first with all rights of their owner. */
	bool dirs_again;
	const struct ignore *ignore; /* may be NULL */
	const char *prefix;	     /* of every name: "tree" gives "tree/a"; never NULL */
	/* Name of an empty file at the very end: tar takes a stream that was cut between
	 * two entries for a whole one. NULL: none. */
	const char *end_mark;
	/* Called behind each entry, in the order of paths, with the hash of what was sent;
	 * not for the root and the mark. May be NULL. False ends the stream. */
	bool (*sent)(void *arg, const struct manifest_entry *entry, struct err *e);
	void *arg;
};

struct tar_totals {
	uint64_t files, bytes;	 /* regular files; of the one being sent, the bytes so far */
	struct mentions special; /* left out */
	struct mentions changed; /* while they were read */
};

struct tar_out;
struct tar_out *tar_out_open(const char *root, const struct tar_opts *opts, struct err *e);
/* Appends about 256 KiB, less where it compresses well. 1: there is more; 0: that was
 * the end; -1: failed. */
int tar_out_fill(struct tar_out *t, struct buf *out, struct err *e);
const struct tar_totals *tar_out_totals(const struct tar_out *t);
void tar_out_close(struct tar_out *t); /* NULL is fine */

static inline void tar_out_close_p(struct tar_out **t)
{
	tar_out_close(*t);
	*t = NULL;
}
#define own_tar_out __attribute__((cleanup(tar_out_close_p)))

#endif
