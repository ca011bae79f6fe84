/* yamlcut.h - a pair taken out of a YAML text
 *
 * In a block map its lines go, with the comments on them; in {} it goes with one
 * comma. c->want is the tree that is meant.
 */
#ifndef DATA_YAMLCUT_H
#define DATA_YAMLCUT_H

#include "data/yamlchange.h"

bool yamlcut_pair(struct yamlchange *c, struct yamlspot spot, struct err *e);

#endif
