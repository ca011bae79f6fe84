/* fields.h - a record described once
 *
 * A table of struct field says what a record holds, in the order in which it is
 * written. The codec (data/codec.h) reads and writes YAML and JSON by it,
 * fields_fini() frees by it, help and validation read it.
 *
 * Types and their C members:
 *	F_STR    char *        owned; NULL is absent
 *	F_BOOL   bool
 *	F_INT    int64_t
 *	F_LIST   struct strv   list of strings; a scalar is accepted when read
 *	F_MAP    struct strmap name → string, in file order
 *	F_LISTS  struct lists  name → list of strings (lima_commands), see below
 *	F_REC    a nested record, described by `sub`
 *	F_RECS   an array of records, described by `sub`: two members that follow each
 *	         other, `struct x *v; size_t n;` (as struct recs; FIELD_RECS checks it)
 */
#ifndef BASE_FIELDS_H
#define BASE_FIELDS_H

#include <stdint.h>

#include "base/strv.h"

enum field_type { F_STR, F_BOOL, F_INT, F_LIST, F_MAP, F_LISTS, F_REC, F_RECS, F_TYPES };

enum {
	F_OPT = 1,    /* not written when empty, NULL, 0, or false */
	F_ID = 2,     /* a record without it has no identity and does not load */
	F_YAML = 4,   /* in the file only, never in JSON output */
	F_SHOWN = 8,  /* in the output only (computed), never in the file */
	F_STAYS = 16, /* with F_OPT: left out of the file only, the output has it in any case */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	unsigned flags;
	const struct fields *sub; /* F_REC, F_RECS */
};

struct fields {
	const char *what; /* "node", for messages */
	const struct field *f;
	size_t n;
	size_t size; /* of the C struct */
};

/* How the two members of an F_RECS field are seen by code that only knows the
 * table; read and written with recs_get() and recs_put(). */
struct recs {
	void *v;
	size_t n;
};

/* A row for `struct x *member; size_t n_member;` of struct T. */
#define FIELD_RECS(T, key, member, flag_bits, subtable)                                            \
	{                                                                                          \
		.name = (key), .type = F_RECS,                                                     \
		.offset = offsetof(T, member) +                                                    \
			  0 * sizeof(char[offsetof(T, n_##member) ==                               \
							  offsetof(T, member) + sizeof(void *)     \
						  ? 1                                              \
						  : -1]),                                          \
		.flags = (flag_bits), .sub = &(subtable)                                           \
	}

struct strmap {
	struct strv keys, values; /* same length */
};

/* Named lists where presence matters: `bootstrap: []` inherits, `bootstrap:
 * false` switches off, an absent key is no override (contract/store.md §1). */
struct list_entry {
	char *name;
	struct strv list;
	bool off; /* the value was `false` */
	int line; /* in the file it came from; 0 when not from a file */
};
struct lists {
	struct list_entry *v;
	size_t n;
};

void strmap_fini(struct strmap *m);
void strmap_set(struct strmap *m, const char *key, const char *value);
const char *strmap_get(const struct strmap *m, const char *key); /* NULL when absent */
bool strmap_eq(const struct strmap *a, const struct strmap *b);

void lists_fini(struct lists *l);
struct list_entry *lists_get(const struct lists *l, const char *name); /* NULL when absent */
struct list_entry *lists_add(struct lists *l, const char *name);       /* found or new, empty */
void lists_remove(struct lists *l, const char *name);		       /* absent is fine */
void lists_copy(struct lists *to, const struct lists *from);
bool lists_eq(const struct lists *a, const struct lists *b); /* lines do not count */

struct recs recs_get(const void *member);
void recs_put(void *member, struct recs r);

/* Frees everything the record's fields own and zeroes the record. */
void fields_fini(const struct fields *t, void *rec);
/* A deep copy; `to` must be zeroed or valid. */
void fields_copy(const struct fields *t, void *to, const void *from);
bool fields_equal(const struct field *f, const void *a, const void *b);
bool fields_empty(const struct field *f, const void *rec);

#endif
