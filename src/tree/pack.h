/* pack.h - zstd (RFC 8878) as a stage of a stream
 *
 * A thread of its own compresses while the caller reads and hashes; it is started by the
 * first piece. (libzstd has workers too, but not in Debian's static library.) Memory is
 * bounded: a few pieces of 256 KiB and zstd's window.
 *
 * How hard it compresses follows the receiver: level 3 while that is what is waited
 * for (an emulated guest takes 9 MB/s through sshd, and unpacks each level as fast), down
 * to almost none when it takes everything at once (a local VM with acceleration takes more
 * than level 1 can give). Each change begins a new frame.
 */
#ifndef TREE_PACK_H
#define TREE_PACK_H

#include <stdint.h>

#include "base/err.h"

struct pack;
struct pack *pack_new(void);
void pack_free(struct pack *p); /* NULL is fine */
/* Takes the piece; what is ready by now is appended to out, maybe nothing. */
bool pack_add(struct pack *p, struct str piece, struct buf *out, struct err *e);
/* How long the last piece of work took here, and how long the receiver took for what
 * came out before. */
void pack_pace(struct pack *p, int64_t here_us, int64_t there_us);
/* Appends the rest, checksum included. */
bool pack_end(struct pack *p, struct buf *out, struct err *e);

#endif
