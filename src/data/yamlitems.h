/* yamlitems.h - the items of one list, changed while the others keep their bytes
 *
 * For lists in block style that begin on a line of their own. What is computed is
 * one splice of the text: bytes [start, end) become `out`.
 */
#ifndef DATA_YAMLITEMS_H
#define DATA_YAMLITEMS_H

#include "data/yamlval.h"

/* Items of `old` that stand in `val` too, in the same order, keep their lines with
 * the comments above and behind them. False when that is not possible: other
 * kinds of values, an empty list, a text given by the caller. */
bool yamlitems_replace(struct str text, const struct yaml_node *old, const struct yamlval *val,
	struct buf *out, size_t *start, size_t *end);
/* One more item behind the last. False for lists in another style, or empty. */
bool yamlitems_append(struct str text, const struct yaml_node *old, const struct yamlval *item,
	struct buf *out, size_t *at);

#endif
