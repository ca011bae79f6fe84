/* agent_profiles.h - use cases on agent profiles
 *
 * A profile is named by the name of its file; a deleted one is gone. One that a
 * live project or node uses, or that is the default, is neither deleted nor
 * renamed.
 */
#ifndef OPS_AGENT_PROFILES_H
#define OPS_AGENT_PROFILES_H

#include "store/home.h"

/* NULL members stay as they are (in a new one: empty). */
struct profile_change {
	const char *name;
	const struct strv *install_commands;		 /* the new list; empty: none */
	const char *validation_command, *launch_command; /* "": none */
	const struct strv *environment; /* NAME=VALUE words, the new set; empty: none */
};
/* want->name is required. */
bool agent_profile_create(struct home *h, const struct ctx *c, const struct profile_change *want,
	struct profile *out, struct err *e);
bool agent_profile_update(struct home *h, const struct ctx *c, const char *name,
	const struct profile_change *want, struct profile *out, struct err *e);
/* out is what it was. */
bool agent_profile_delete(
	struct home *h, const struct ctx *c, const char *name, struct profile *out, struct err *e);
bool agent_profile_show(const struct home *h, const char *name, struct profile *out, struct err *e);

struct profile_list {
	struct profile *v; /* by name */
	size_t n;
};
/* One that cannot be read is skipped with a notice. */
bool agent_profile_list(
	const struct home *h, const struct ctx *c, struct profile_list *out, struct err *e);
void profile_list_fini(struct profile_list *l);

#endif
