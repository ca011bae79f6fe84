/* yamlput.h - a value put at its place in a YAML text
 *
 * c->want is the tree that is meant; val->keys are the maps that are missing
 * between the spot and the value.
 */
#ifndef DATA_YAMLPUT_H
#define DATA_YAMLPUT_H

#include "data/yamlchange.h"
#include "data/yamlval.h"

/* In place of the value that the spot has. Its key's line keeps its comment. */
bool yamlput_replace(
	struct yamlchange *c, struct yamlspot spot, const struct yamlval *val, struct err *e);
/* As a new pair behind the last one of the spot's map. */
bool yamlput_insert(
	struct yamlchange *c, struct yamlspot spot, const struct yamlval *val, struct err *e);

#endif
