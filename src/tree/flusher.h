/* flusher.h - a thread that makes a tree durable while it is still being written
 *
 * What is synced only in the end waits for the disk in the end. This one syncs the file
 * system (file_sync_fs() of os/file.h) each time that enough has been written since, so that
 * the caller's own sync, which is the one that counts, finds little left to do.
 *
 * It is a help and no more: that it cannot be started or fails is not told.
 */
#ifndef TREE_FLUSHER_H
#define TREE_FLUSHER_H

#include <stdint.h>

struct flusher;
/* path: anything on the file system that is written to. NULL: there is none. */
struct flusher *flusher_new(const char *path);
void flusher_wrote(struct flusher *f, uint64_t bytes); /* NULL is fine */
/* Waits for a sync that runs. NULL is fine. */
void flusher_free(struct flusher *f);

#endif
