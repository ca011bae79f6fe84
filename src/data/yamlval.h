/* yamlval.h - a value on its way into a YAML text
 *
 * Knows what it means (node, for comparing) and how to stand in a block map or a
 * flow collection. In a block map a value has two parts: the head stands on the
 * line of its key, the body on lines of its own:
 *
 *	key: head
 *	body
 *
 * `keys` are maps around it that are still to be made: {"a", "b", NULL} around 1
 * is {a: {b: 1}}.
 */
#ifndef DATA_YAMLVAL_H
#define DATA_YAMLVAL_H

#include "base/strv.h"
#include "data/yaml.h"

/* How far children are indented in this file, found by looking at it. */
struct yamlstyle {
	int map_step;
	int seq_step; /* 0 for "key:\n- item" */
};
struct yamlstyle yamlstyle_of(const struct yaml_node *root);

struct yamlval {
	const struct yaml_node *node; /* what it means, without `keys` */
	struct str text;	      /* a YAML text, or {0}: written from node */
	const char *const *keys;
};

/* All live in the arena given; `keys` is left empty. */
struct yamlval yamlval_scalar(struct arena *a, struct str s);
struct yamlval yamlval_plain(struct arena *a, const char *word);
struct yamlval yamlval_list(struct arena *a, const struct strv *items);
/* Parses the text first; InvalidArgument. An empty text is null. */
bool yamlval_text(struct yaml_doc *d, struct str text, struct yamlval *out, struct err *e);

/* Columns: where the lines of a map or of a list that is the value begin. */
struct yamlcols {
	int map, seq;
};
/* Both end without a line break, and are empty where there is nothing to stand. */
void yamlval_block(const struct yamlval *v, struct yamlcols cols, struct yamlstyle style,
	struct buf *head, struct buf *body);
/* "key: head", then the body's lines; ends without a line break. */
void yamlval_pair(struct buf *out, int column, const char *key, const struct yamlval *v,
	struct yamlstyle style);
/* One line for use inside [] and {}; `json` keeps to JSON's quotes. */
void yamlval_flow(struct buf *out, const struct yamlval *v, bool json);
/* "- " and the value, further lines indented; ends without a line break. */
void yamlval_item(struct buf *out, int column, const struct yamlval *v);

#endif
