/* builtin_store.h - putting the built-in records (builtin.h) into a home, once */
#ifndef STORE_BUILTIN_STORE_H
#define STORE_BUILTIN_STORE_H

#include "store/home.h"

/* Stores the environment configs of which neither id nor slug is there, deleted
 * ones included, and, in a home where they never were (profiles.h), the profiles. Takes
 * the namespace lock. Called by home_prepare() the first time. */
bool builtin_store(const struct home *h, struct err *e);

#endif
