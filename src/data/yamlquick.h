/* yamlquick.h - the plain shape of YAML that records are written in, at speed
 *
 * libyaml looks at each character several times: 20 to 40 µs a record, where a
 * list of 1,000 nodes may take 20 ms in all. Here a text that is nothing but
 * block maps with simple keys, block lists of one-line scalars, empty [] and {},
 * comment lines and blank lines is taken line by line. Whatever else is met, down
 * to a comment behind a value, makes it give up, and yaml_parse() asks libyaml.
 *
 * When it does not give up, the tree is libyaml's to the last mark:
 * tests/unit/data/test_yamlquick.c and tests/fuzz/fuzz_data_yamlquick.c compare.
 */
#ifndef DATA_YAMLQUICK_H
#define DATA_YAMLQUICK_H

#include "data/yamltree.h"

/* False: not sure, and d is untouched. */
bool yaml_quick(struct yaml_doc *d, struct str text);

#endif
