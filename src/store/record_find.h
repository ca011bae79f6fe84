/* record_find.h - from what a person typed to a record */
#ifndef STORE_RECORD_FIND_H
#define STORE_RECORD_FIND_H

#include "store/record_types.h"

/* By REF: slug, id, or 8+ characters of an id; a live record beats a deleted one.
 * NotFound (field query), InvalidArgument listing the matches when ambiguous.
 * The index is asked first and never trusted: what it names is checked, and when
 * in doubt all records are read. "." is the live project whose workspace holds the
 * current directory (the innermost when nested); for nodes its only live node. */
bool record_find(const struct home *h, const struct ctx *c, enum record_type t, const char *ref,
	void *rec, struct err *e);
/* The same, but a deleted record is PreconditionFailed. */
bool record_find_live(const struct home *h, const struct ctx *c, enum record_type t,
	const char *ref, void *rec, struct err *e);
/* A record that was found before the namespace was locked, as it is now: loaded anew, and
 * PreconditionFailed when somebody deleted it meanwhile. */
bool record_again(const struct home *h, enum record_type t, void *rec, struct err *e);

/* Is the slug free among live records of the type? When not: PreconditionFailed
 * with field slug. For REC_NODE also compares lima_instance_name. */
bool slug_free(const struct home *h, const struct ctx *c, enum record_type t, const char *slug,
	struct err *e);
/* The first of base, base-2, base-3 … that is free. */
bool slug_pick(const struct home *h, const struct ctx *c, enum record_type t, struct str base,
	struct buf *out, struct err *e);

#endif
