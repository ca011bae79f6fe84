/* record_store.h - records on disk: load, create, change
 *
 * record_types.h says where each type of record lives; the code is the same for
 * all. Lists are in record_list.h, references in record_find.h. Reads never
 * write.
 */
#ifndef STORE_RECORD_STORE_H
#define STORE_RECORD_STORE_H

#include "os/lock.h"
#include "store/record_types.h"

/* By id. NotFound, MetadataCorruption. rec must be zeroed. */
bool record_load(
	const struct home *h, enum record_type t, const char *id, void *rec, struct err *e);

/* Locks, in order: namespace, then records by id (contract/store.md §3). Held for
 * metadata read-modify-write only. Waits up to 10 s, then Busy. */
bool lock_namespace(const struct home *h, enum record_type t, struct lock *l, struct err *e);
bool lock_record(
	const struct home *h, enum record_type t, const char *id, struct lock *l, struct err *e);

/* A new record: id, created_at and updated_at are filled in when NULL. The caller
 * holds the namespace lock and has checked the slug with slug_free(). Makes the
 * directory, writes the file (with the commented example block where there are no
 * overrides), then the index entries. Undone when a step fails; a process that is
 * killed leaves a directory without a record, which nobody sees, or the record. */
bool record_create(const struct home *h, enum record_type t, void *rec, struct err *e);

/* Read-modify-write under the record's lock: loads the record as it is now, calls
 * change(rec, arg, e), sets updated_at, rewrites the file keeping what the person
 * wrote (codec_yaml_update), and fixes the index when slug or deletion changed. A
 * slug change needs the namespace lock held by the caller. out may be NULL. */
bool record_update(const struct home *h, enum record_type t, const char *id,
	bool (*change)(void *rec, void *arg, struct err *e), void *arg, void *out, struct err *e);

/* Takes back a record that this very operation made: file, index entries, directory.
 * Fine when it was never written. */
bool record_discard(const struct home *h, enum record_type t, const void *rec, struct err *e);

#endif
