/* file.h - files and directories
 *
 * file_replace() is the one replacer (contract/store.md §2): temp file beside
 * the target, write, fsync, rename, fsync of the directory. A process killed at
 * any point leaves the old content or the new, never a mixture. Temp names are
 * ".NAME.<random>.tmp"; readers ignore them, doctor sweeps them. file_create()
 * goes the same way: nobody ever sees a file that is not whole.
 *
 * Modes are exact: the umask does not count. Links: only the last component is
 * special. It is followed by file_read, file_append, file_stat, file_list and
 * file_mkdirs; replaced as a link by file_replace and file_rename; removed as a
 * link by file_unlink and file_remove_tree. None of these is for trees that a
 * guest can write while they run: that is tree/'s walk by descriptors.
 */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stdint.h>

#include "base/err.h"
#include "base/strv.h"
#include "os/path.h"

enum file_type { FILE_NONE, FILE_REG, FILE_DIR, FILE_LINK, FILE_OTHER };

struct file_stat {
	enum file_type type;
	unsigned mode; /* permission bits */
	uint64_t size;
	int64_t mtime_s;
	uint32_t mtime_ns;
	uint64_t dev, ino;
	uint32_t uid;
};

/* Appends to out. err->sys is ENOENT when the file is missing, EFBIG when it has
 * more than max bytes. A fifo without a writer reads as empty and never blocks. */
bool file_read(const char *path, struct buf *out, size_t max, struct err *e);
/* From byte `from` on, at most max bytes; the file may be longer. */
bool file_read_from(const char *path, uint64_t from, struct buf *out, size_t max, struct err *e);
bool file_replace(const char *path, struct str content, unsigned mode, struct err *e);
/* The same without fsync, for what means nothing any more once the machine went down:
 * which child runs, how far it is, hints. A killed process leaves the old or the new
 * here too; after a loss of power readers must bear an empty file. */
bool file_swap(const char *path, struct str content, unsigned mode, struct err *e);
/* Appends with one write(2), making the file (0600) when missing; ERR when short. */
bool file_append(const char *path, struct str line, struct err *e);
/* Creates the file exclusively; err->sys EEXIST when something is there. */
bool file_create(const char *path, struct str content, unsigned mode, struct err *e);

/* false with type FILE_NONE and no error when missing. Follows links / does not. */
bool file_stat(const char *path, struct file_stat *st);
bool file_lstat(const char *path, struct file_stat *st);
bool file_exists(const char *path);

bool file_mkdir(const char *path, unsigned mode, struct err *e);  /* fine when there */
bool file_mkdirs(const char *path, unsigned mode, struct err *e); /* with parents */
bool file_chmod(const char *path, unsigned mode, struct err *e);
bool file_unlink(const char *path, struct err *e);		   /* fine when missing */
bool file_rename(const char *from, const char *to, struct err *e); /* and fsync of to's directory */
/* Removes a whole tree, component by component from a directory fd, never
 * following a link and never crossing to another file system; directories that
 * forbid it are opened up first. Any depth. Fine when missing. Stops at the first
 * thing it cannot remove. */
bool file_remove_tree(const char *path, struct err *e);
bool file_sync_dir(const char *path, struct err *e);
/* Everything on the file system that holds path becomes durable: for a tree that was just
 * written, instead of an fsync a file. */
bool file_sync_fs(const char *path, struct err *e);

/* Names in a directory, sorted by bytes, without . and .. ; a missing directory
 * gives an empty list and true. */
bool file_list(const char *path, struct strv *names, struct err *e);

/* The path with links resolved; the file must exist. malloc'ed. */
char *file_realpath(const char *path, struct err *e);
char *file_cwd(struct err *e);
bool file_writable(const char *dir); /* by this user, tested by access(2) */
/* Bytes free for this user on the file system that holds path. */
bool file_space(const char *path, uint64_t *bytes, struct err *e);
/* Is `path` the directory `dir`, or below it? By device and inode of each
 * ancestor through links, not by string (contract/threats.md T16). Missing tail
 * components of `path` are taken as names below the deepest existing one. */
bool file_is_in(const char *path, const char *dir);
bool file_same(const char *a, const char *b);

/* The same for one path and many directories: what is above it is looked at once. */
struct file_above {
	struct file_stat *v; /* of the path, when it exists, and of each directory above it */
	size_t n;
};
void file_above_of(const char *path, struct file_above *out);
bool file_above_has(const struct file_above *a, const struct file_stat *dir);
void file_above_fini(struct file_above *a);
#define own_above __attribute__((cleanup(file_above_fini)))

#endif
