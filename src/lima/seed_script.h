/* seed_script.h - the guest's half of seeding: a POSIX sh script that reads tar
 *
 * It makes `.NAME.codelima-seed.TOKEN` beside the target, extracts there, and moves
 * the tree into place only when tar (and zstd) ended well and the end mark is there;
 * what stood at the target before goes. Whatever happens, what it made and what
 * former attempts left is removed. The exit status says what went wrong.
 */
#ifndef LIMA_SEED_SCRIPT_H
#define LIMA_SEED_SCRIPT_H

#include "base/buf.h"

/* Names in the stream. */
#define SEED_TREE "tree"
#define SEED_END "end"

enum seed_exit {
	/* Nothing was read: send again without what it names. The sum of both is possible. */
	SEED_EXIT_LACKS = 90,
	SEED_LACKS_ZSTD = 1,
	SEED_LACKS_PAX = 2,
	SEED_EXIT_PARENT = 94,	  /* the target's directory is missing or not ours */
	SEED_EXIT_EXTRACT = 95,	  /* tar or zstd failed, or the stream was cut */
	SEED_EXIT_DISK_FULL = 96, /* so it was, and the file system has no room left */
	SEED_EXIT_PUBLISH = 97,	  /* the target cannot be replaced */
};

struct seed_script {
	const char *target; /* absolute, in the guest */
	unsigned mode;	    /* of the target itself */
	bool zstd, pax;	    /* what will be sent */
};

void seed_script(const struct seed_script *s, struct buf *script);

#endif
