/* pack.h - zstd (RFC 8878) as a stage of a stream
 *
 * One worker thread compresses while the caller reads and hashes. Memory is bounded:
 * about 10 MiB at level 1.
 */
#ifndef TREE_PACK_H
#define TREE_PACK_H

#include "base/err.h"

struct pack;
struct pack *pack_new(int level);
void pack_free(struct pack *p); /* NULL is fine */
/* Compresses the piece; what is ready is appended to out, maybe nothing. */
bool pack_add(struct pack *p, struct str piece, struct buf *out, struct err *e);
/* Appends the rest, checksum included. */
bool pack_end(struct pack *p, struct buf *out, struct err *e);

#endif
