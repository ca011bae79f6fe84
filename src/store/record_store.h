/* record_store.h - records on disk: load, list, find, save, delete
 *
 * One table (record_types) says where each type of record lives; the code is
 * the same for all. Reads never write. A record that cannot be parsed is skipped
 * by lists with one notice naming file, line and reason, and is
 * MetadataCorruption when it is looked up.
 */
#ifndef STORE_RECORD_STORE_H
#define STORE_RECORD_STORE_H

#include "os/lock.h"
#include "store/home.h"

enum record_type { REC_PROJECT, REC_NODE, REC_ENVIRONMENT, REC_TYPES };

struct record_list {
	enum record_type type;
	void *v;     /* array of struct project, node or environment, by created_at then id */
	size_t n;
	size_t skipped; /* unreadable ones, each told by a notice */
};
enum { LIST_DELETED = 1 /* include deleted */, LIST_QUIET = 2 /* no notices */ };

bool records_list(const struct home *h, const struct ctx *c, enum record_type t, unsigned flags,
	struct record_list *out, struct err *e);
void record_list_fini(struct record_list *l);
#define own_records __attribute__((cleanup(record_list_fini)))

/* By id. NotFound, MetadataCorruption. rec must be zeroed. */
bool record_load(const struct home *h, enum record_type t, const char *id, void *rec, struct err *e);
/* By REF: slug, id, or 8+ characters of an id; a live record beats a deleted one.
 * NotFound (field query), InvalidArgument listing the matches when ambiguous.
 * The index is asked first and never trusted: what it names is checked, and when
 * in doubt all records are read. "." is the live project whose workspace holds the
 * current directory (the innermost when nested); for nodes its only live node. */
bool record_find(const struct home *h, const struct ctx *c, enum record_type t, const char *ref, void *rec,
	struct err *e);
/* The same, but a deleted record is PreconditionFailed. */
bool record_find_live(const struct home *h, const struct ctx *c, enum record_type t, const char *ref,
	void *rec, struct err *e);

/* Locks, in order: namespace, then records by id (contract/store.md §3). Held for
 * metadata read-modify-write only. Waits up to 10 s, then Busy. */
bool lock_namespace(const struct home *h, enum record_type t, struct lock *l, struct err *e);
bool lock_record(const struct home *h, enum record_type t, const char *id, struct lock *l, struct err *e);

/* A new record: id, created_at and updated_at are filled in when NULL. The caller
 * holds the namespace lock and has checked the slug with slug_free(). Makes the
 * directory, writes the file (with the commented example block where there are no
 * overrides), then the index entries. Undone when a step fails. */
bool record_create(const struct home *h, enum record_type t, void *rec, struct err *e);
/* Read-modify-write under the record's lock: loads the record as it is now, calls
 * change(rec, arg, e), sets updated_at, rewrites the file keeping what the person
 * wrote (codec_yaml_update), and fixes the index when slug or deletion changed. A
 * slug change needs the namespace lock held by the caller. out may be NULL. */
bool record_update(const struct home *h, enum record_type t, const char *id,
	bool (*change)(void *rec, void *arg, struct err *e), void *arg, void *out, struct err *e);

/* Is the slug free among live records of the type? When not: PreconditionFailed
 * with field slug. For REC_NODE also compares lima_instance_name. */
bool slug_free(const struct home *h, const struct ctx *c, enum record_type t, const char *slug,
	struct err *e);
/* The first of base, base-2, base-3 … that is free. */
bool slug_pick(const struct home *h, const struct ctx *c, enum record_type t, struct str base,
	struct buf *out, struct err *e);

const struct fields *record_fields(enum record_type t);
const char *record_word(enum record_type t);     /* "project", "node", "environment config" */
void record_dir(const struct home *h, enum record_type t, const char *id, struct buf *out);
void record_file(const struct home *h, enum record_type t, const char *id, struct buf *out);

#endif
