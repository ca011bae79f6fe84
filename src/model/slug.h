/* slug.h - names of records: ^[a-z0-9][a-z0-9-]{0,62}$ (contract/cli.md §5) */
#ifndef MODEL_SLUG_H
#define MODEL_SLUG_H

#include "base/err.h"

#define SLUG_MAX 63

/* InvalidArgument naming the slug, the rule broken and a slug that would do. */
bool slug_check(struct str s, struct err *e);
/* A slug made from any text (a directory's name, a node's slug for an instance):
 * lower case, runs of other characters become one '-', cut to SLUG_MAX; "project"
 * when nothing is left. */
void slug_derive(struct buf *out, struct str text);
/* "base-N", base cut so that it fits. */
void slug_numbered(struct buf *out, struct str base, unsigned n);

#endif
