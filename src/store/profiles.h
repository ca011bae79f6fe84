/* profiles.h - agent profiles: <agent_profiles_dir>/<name>.yaml
 *
 * The file's name is the profile's. In a home that has no config.yaml yet the
 * built-in ones are there as the first writing command would store them.
 */
#ifndef STORE_PROFILES_H
#define STORE_PROFILES_H

#include "store/home.h"

/* The built-in profiles were never written into this home: it is new, or holds no more
 * than a config.yaml that a person wrote. */
bool profiles_unstored(const struct home *h);
/* NotFound naming the profile and those there are. p must be zeroed. */
bool profile_load(const struct home *h, const char *name, struct profile *p, struct err *e);
bool profile_names(const struct home *h, struct strv *names, struct err *e);

/* PreconditionFailed when there is one of that name; InvalidArgument for a name
 * that is no slug. */
bool profile_create(const struct home *h, const struct profile *p, struct err *e);
/* As record_update(); out may be NULL. A change of the name moves the file; a name that
 * is taken is refused as in profile_create(). */
bool profile_update(const struct home *h, const char *name,
	bool (*change)(struct profile *p, void *arg, struct err *e), void *arg, struct profile *out,
	struct err *e);
/* Whether it may go (in use, the default) is the caller's question. */
bool profile_delete(const struct home *h, const char *name, struct err *e);

#endif
