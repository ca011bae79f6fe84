/* events.h - events.jsonl beside a record
 *
 * Appended with one write(2); torn or oversized lines are skipped by readers;
 * rotated at 4 MiB to events.jsonl.1 (contract/store.md §2).
 */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include "base/fields.h"
#include "store/record_types.h"

struct event {
	char *timestamp, *type, *message;
	struct strmap fields;
};
extern const struct fields event_fields;
struct event_list {
	struct event *v;
	size_t n;
};

/* fields: NULL-terminated pairs name, value; may be NULL. Best effort is not
 * enough: a failing append is an error the caller may turn into a notice. */
bool event_append(const struct home *h, enum record_type t, const char *id, const char *type,
	const char *message, const char *const *fields, struct err *e);
/* For what is done already and stays done: a failing append is a notice. */
void event_note(const struct home *h, const struct ctx *c, enum record_type t, const char *id,
	const char *type, const char *message, const char *const *fields);
bool events_read(const struct home *h, enum record_type t, const char *id, struct event_list *out,
	struct err *e);
void event_list_fini(struct event_list *l);

#endif
