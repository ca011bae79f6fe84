/* profiles.h - agent profiles: <agent_profiles_dir>/<name>.yaml */
#ifndef STORE_PROFILES_H
#define STORE_PROFILES_H

#include "store/home.h"

/* NotFound naming the profile and those there are. On a home that does not exist
 * yet the built-in ones are found. */
bool profile_load(const struct home *h, const char *name, struct profile *p, struct err *e);
bool profile_names(const struct home *h, struct strv *names, struct err *e);

#endif
