/* dirpath.h - the directories of one tree, opened component by component
 *
 * A path such as "a/b" is found below the root with one O_NOFOLLOW open a component, so
 * that no link leads elsewhere, whatever was planted meanwhile (contract/threats.md T4).
 * The way to the directory asked for last stays open, which makes asking in the order of
 * a walk cheap; at most DIRPATH_OPEN descriptors are kept however deep it is.
 *
 * What comes out is counted, as other threads may use it for longer than the way lasts.
 */
#ifndef TREE_DIRPATH_H
#define TREE_DIRPATH_H

#include <stdatomic.h>

#include "base/err.h"

#define DIRPATH_OPEN 48

struct dirref {
	int fd;
	atomic_uint refs;
};
struct dirref *dirref_keep(struct dirref *r);
void dirref_drop(struct dirref *r); /* the last one closes; NULL is fine */

struct dirpath;
/* err->sys as openat() says; the root itself is not followed as a link either. */
struct dirpath *dirpath_open(const char *root, struct err *e);
/* The directory at a relative path ("" is the root), valid until the next call unless kept.
 * NULL with err->sys: ENOTDIR or ELOOP where a component is no directory. */
struct dirref *dirpath_at(struct dirpath *d, struct str path, struct err *e);
void dirpath_close(struct dirpath *d); /* NULL is fine */

static inline void dirpath_close_p(struct dirpath **d)
{
	dirpath_close(*d);
	*d = NULL;
}
#define own_dirpath __attribute__((cleanup(dirpath_close_p)))

/* "a/b/c" is "a/b" and "c"; "c" is "" and "c". */
struct str dirpath_parent(struct str path);
struct str dirpath_name(struct str path);

#endif
