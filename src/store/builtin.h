/* builtin.h - the environment configs and profiles that every home has
 *
 * codex and claude-code, codex-cli and claude-code (contract/store.md §1). Ids
 * are constants, so that a deleted built-in stays deleted: its record is there.
 * Stored once by the first writing command; steps can be run twice.
 */
#ifndef STORE_BUILTIN_H
#define STORE_BUILTIN_H

#include "store/home.h"

extern const struct environment *const builtin_environments[];
extern const size_t builtin_environments_n;
extern const struct profile *const builtin_profiles[];
extern const size_t builtin_profiles_n;

/* Stores what is missing. Called by home_prepare(), takes the namespace lock. */
bool builtin_store(const struct home *h, struct err *e);

#endif
