/* home_prepare.h - a home that can be written
 *
 * The first command that writes makes the directories (0700), `_config/schema`,
 * `_config/home-id`, config.yaml, the built-in profiles and environment configs
 * (store/builtin.h), once. A newer schema, and settings that make no sense
 * (config_file.h), are refused without touching anything.
 */
#ifndef STORE_HOME_PREPARE_H
#define STORE_HOME_PREPARE_H

#include "store/home.h"

bool home_prepare(struct home *h, const struct ctx *c, struct err *e);

#endif
