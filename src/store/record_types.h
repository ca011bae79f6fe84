/* record_types.h - where each type of record lives, and the members all have
 *
 * The one table behind record_store.h, record_list.h and record_find.h.
 */
#ifndef STORE_RECORD_TYPES_H
#define STORE_RECORD_TYPES_H

#include "store/home.h"

enum record_type { REC_PROJECT, REC_NODE, REC_ENVIRONMENT, REC_TYPES };

/* Members that every type has, all char *. */
enum record_slot { SLOT_ID, SLOT_SLUG, SLOT_CREATED, SLOT_UPDATED, SLOT_DELETED, SLOTS };

struct record_info {
	const struct fields *fields;
	const char *word;   /* "project", "node", "environment config" */
	const char *group;  /* "project", "node", "environment": of the command that lists them */
	const char *folder; /* of all records, in the home and in _index and _locks */
	const char *file;   /* in the record's own directory */
	size_t slots[SLOTS];
};
extern const struct record_info record_types[REC_TYPES];

char **record_slot(enum record_type t, void *rec, enum record_slot s);
const char *record_get(enum record_type t, const void *rec, enum record_slot s);

const struct fields *record_fields(enum record_type t);
const char *record_word(enum record_type t);
void record_dir(const struct home *h, enum record_type t, const char *id, struct buf *out);
void record_file(const struct home *h, enum record_type t, const char *id, struct buf *out);

#endif
