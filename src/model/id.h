/* id.h - UUIDv7 record ids (RFC 9562 §5.7), always lower case */
#ifndef MODEL_ID_H
#define MODEL_ID_H

#include <stdint.h>

#include "base/str.h"

#define ID_LEN 36

void id_make(char out[ID_LEN + 1], int64_t unix_ms, const uint8_t random[10]);
bool id_valid(struct str s); /* the 8-4-4-4-12 form in lower-case hex, any version */
/* Does REF name this id: the whole id, or its beginning or end of 8+ characters
 * (contract/cli.md §1)? */
bool id_matches(struct str ref, struct str id);

#endif
