/* builtin.h - the environment configs and profiles that every home has
 *
 * codex and claude-code, codex-cli and claude-code (contract/store.md §1). Ids
 * and times are constants, so that a home shows the same before and after they
 * are stored (builtin_store.h). Every step can be run twice.
 */
#ifndef STORE_BUILTIN_H
#define STORE_BUILTIN_H

#include "model/records.h"

#define BUILTIN_ENVIRONMENTS 2
#define BUILTIN_PROFILES 2
extern const struct environment builtin_environments[BUILTIN_ENVIRONMENTS];
extern const struct profile builtin_profiles[BUILTIN_PROFILES];

#endif
