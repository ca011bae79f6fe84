/* dependents.h - which live records stand against a change
 *
 * A project with live nodes or children is not deleted, nor does its workspace
 * move; an environment config or a profile that a live record names stays. Asked
 * under the namespace locks of the records that are counted, so that none of them
 * comes to be in between.
 */
#ifndef OPS_DEPENDENTS_H
#define OPS_DEPENDENTS_H

#include "store/record_list.h"
#include "store/record_store.h"

struct dependents {
	size_t n;
	struct buf names; /* slugs, "a, b, …": the first few */
};
void dependents_fini(struct dependents *d);
#define own_dependents __attribute__((cleanup(dependents_fini)))

/* Each adds to what is already there. */
bool dependents_nodes(const struct home *h, const struct ctx *c, const char *project_id,
	struct dependents *d, struct err *e);
bool dependents_children(const struct home *h, const struct ctx *c, const char *project_id,
	struct dependents *d, struct err *e);
/* Live projects that list the environment config, by slug or by id. */
bool dependents_of_environment(const struct home *h, const struct ctx *c,
	const struct environment *env, struct dependents *d, struct err *e);
/* Live projects, or live nodes, that use the profile. */
bool dependents_of_profile(const struct home *h, const struct ctx *c, enum record_type t,
	const char *name, struct dependents *d, struct err *e);

/* PreconditionFailed "MESSAGE: a, b, …" with the count in the field; true when there are
 * none. */
bool dependents_none(const struct dependents *d, const char *count_field, struct err *e,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
