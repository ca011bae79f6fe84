/* environments.h - use cases on environment configs */
#ifndef OPS_ENVIRONMENTS_H
#define OPS_ENVIRONMENTS_H

#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

/* slug NULL: "environment", the first that is free. commands may be empty. */
bool environment_create(struct home *h, const struct ctx *c, const char *slug,
	const struct strv *commands, struct environment *out, struct err *e);
/* Both on a home that does not exist too: then the built-in ones are there. */
bool environment_list(const struct home *h, const struct ctx *c, bool deleted,
	struct record_list *out, struct err *e);
bool environment_show(const struct home *h, const struct ctx *c, const char *ref,
	struct environment *out, struct err *e);
/* commands: the new list; may be empty. */
bool environment_update(struct home *h, const struct ctx *c, const char *ref,
	const struct strv *commands, struct environment *out, struct err *e);
/* Refused while a live project lists it. Its record stays, and can be shown. */
bool environment_delete(struct home *h, const struct ctx *c, const char *ref,
	struct environment *out, struct err *e);

#endif
