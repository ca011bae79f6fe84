/* record_names.h - what live records are called, without reading them in whole
 *
 * For completion, which has 10 ms for 1,000 nodes (BENCH.md). The index would be faster
 * still, but it is a hint: it may name a record that was deleted, and old homes have
 * none. So every file is looked at; where a look leaves a doubt (a deleted_at, a slug
 * in quotes, another layout), the record is parsed. What cannot be parsed has no name.
 */
#ifndef STORE_RECORD_NAMES_H
#define STORE_RECORD_NAMES_H

#include "store/record_types.h"

/* The views are good during the call. note: a project's or a node's workspace; may be empty. */
struct record_name {
	struct str slug, id, note;
};
/* In no order; with the built-in environment configs where they are not stored yet. */
bool record_names(const struct home *h, enum record_type t,
	void (*take)(void *arg, const struct record_name *name), void *arg, struct err *e);

#endif
