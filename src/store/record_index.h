/* record_index.h - _index/: from a slug or instance name to an id
 *
 * Entries are hints: text, id and newline. A missing, stale or torn one costs a
 * look at all records and nothing else; who writes a record writes its entries.
 */
#ifndef STORE_RECORD_INDEX_H
#define STORE_RECORD_INDEX_H

#include "store/record_types.h"

/* The id that the slug's entry names, when it is an id at all. */
bool index_lookup(const struct home *h, enum record_type t, const char *slug, struct buf *id);
/* Makes the entries fit: `before` (may be NULL) is what they were written for,
 * `after` the record as it is now; deleted records have none. An entry that names
 * another record is left alone when removing. */
bool index_update(const struct home *h, enum record_type t, const void *before, const void *after,
	struct err *e);

#endif
