/* record_text.h - a record's file as text, to and from the struct */
#ifndef STORE_RECORD_TEXT_H
#define STORE_RECORD_TEXT_H

#include "store/record_types.h"

/* rec must be zeroed. `id` is the directory's name: a record that says another
 * one is MetadataCorruption, as is one that cannot be parsed. */
bool record_parse(enum record_type t, struct str text, const char *path, const char *id, void *rec,
	struct err *e);
/* The text with rec's values, all else as the person left it: an old key (legacy.h) too, unless
 * what it tells changes. */
bool record_rewrite(enum record_type t, struct str text, const char *path, const void *rec,
	struct buf *out, struct err *e);

#endif
