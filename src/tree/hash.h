/* hash.h - SHA-256 (libcrypto), piece by piece
 *
 * A hasher is used again for any number of files, by one thread at a time; it shares
 * nothing with others, so that each worker has its own. Making one costs far more than
 * beginning again (OpenSSL 3 looks the algorithm up).
 *
 *	struct hasher *h = hasher_new();
 *	hasher_add(h, p, n); …
 *	hasher_end(h, sum);        // and it is ready for the next file
 */
#ifndef TREE_HASH_H
#define TREE_HASH_H

#include "base/buf.h"

#define SHA256_LEN 32

struct hasher;
struct hasher *hasher_new(void);
void hasher_free(struct hasher *h);
void hasher_add(struct hasher *h, const void *p, size_t n);
void hasher_end(struct hasher *h, unsigned char sum[SHA256_LEN]);
void hasher_reset(struct hasher *h); /* forgets what was added */

/* 64 hexadecimal digits, lower case. */
void hash_hex(struct buf *out, const unsigned char sum[SHA256_LEN]);
bool hash_parse(struct str hex, unsigned char sum[SHA256_LEN]);

#endif
