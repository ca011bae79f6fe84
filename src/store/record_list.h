/* record_list.h - all records of a type
 *
 * A record that cannot be parsed is skipped with one notice naming file, line
 * and reason; it never hides the others. A directory without a record file is
 * what a killed process left and is passed over in silence (doctor tells it).
 * Before the first writing command, the built-in environment configs are listed
 * as that command would store them.
 */
#ifndef STORE_RECORD_LIST_H
#define STORE_RECORD_LIST_H

#include "store/record_types.h"

struct record_list {
	enum record_type type;
	void *v; /* array of struct project, node or environment, by created_at then id */
	size_t n;
	size_t skipped; /* unreadable ones, each told by a notice */
};
enum {
	LIST_DELETED = 1, /* include deleted */
	LIST_QUIET = 2,	  /* no notices */
	LIST_STORED = 4,  /* without the built-in environment configs that are not stored yet */
};

bool records_list(const struct home *h, const struct ctx *c, enum record_type t, unsigned flags,
	struct record_list *out, struct err *e);
void record_list_fini(struct record_list *l);
#define own_records __attribute__((cleanup(record_list_fini)))

void *record_at(const struct record_list *l, size_t i);

#endif
