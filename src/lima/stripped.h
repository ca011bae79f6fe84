/* stripped.h - what opens the host in a base template, and so is left out (template.h) */
#ifndef LIMA_STRIPPED_H
#define LIMA_STRIPPED_H

#include "base/ctx.h"
#include "data/yaml.h"

/* Is it a rule of portForwards that names a socket of the host? */
bool stripped_rule(const struct yaml_node *rule);
/* One notice for each key that the base itself (its unfilled text: what --fill or the
 * person's default.yaml put in is nobody's loss) asked for and does not get. */
void stripped_tell(const struct yaml_node *plain, const struct ctx *c);

#endif
