/* base64.h - RFC 4648 §4, with padding */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

void base64_encode(struct buf *out, struct str s);
/* False, with out as it was, when s is not base64. */
bool base64_decode(struct buf *out, struct str s);

#endif
