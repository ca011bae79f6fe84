/* project_refs.h - the other records that a project names */
#ifndef OPS_PROJECT_REFS_H
#define OPS_PROJECT_REFS_H

#include "store/record_find.h"

/* The slugs of the live environment configs that the references name, each once.
 * NotFound with field environment_config. refs may be NULL. */
bool environments_resolve(const struct home *h, const struct ctx *c, const struct strv *refs,
	struct strv *slugs, struct err *e);
/* NotFound naming those there are. */
bool profile_known(const struct home *h, const char *name, struct err *e);

#endif
