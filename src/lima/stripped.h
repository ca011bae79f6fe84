/* stripped.h - what opens the host in a base template, and so is left out (template.h) */
#ifndef LIMA_STRIPPED_H
#define LIMA_STRIPPED_H

#include "base/ctx.h"
#include "data/yaml.h"

/* Is it an entry of that list that opens the host: a rule of portForwards with a socket of the
 * host, a step of provision (mode ansible) that Lima runs on the host itself? */
bool stripped_item(const char *key, const struct yaml_node *item);
/* Such a step may come from a template that the base names, so it is told where it is met. */
void stripped_tell_playbook(const struct yaml_node *step, const struct ctx *c);
/* One notice for each key that the base itself (its unfilled text: what --fill or the
 * person's default.yaml put in is nobody's loss) asked for and does not get. */
void stripped_tell(const struct yaml_node *plain, const struct ctx *c);

#endif
