/* yamltree.h - what yaml_parse() makes of a text, and questions about it
 *
 * Nodes live in the arena of their struct yaml_doc.
 */
#ifndef DATA_YAMLTREE_H
#define DATA_YAMLTREE_H

#include "base/mem.h"
#include "base/str.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQ, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct str text; /* scalar: its value */
	bool plain;	 /* scalar without quotes or tag, not a block scalar */
	bool block;	 /* scalar introduced by | or > */
	bool flow;	 /* seq or map in [] or {} */
	bool anchor;	 /* has an anchor of its own */
	bool alias;	 /* stands as *name; start, end and line are the alias's own, children the
			  * anchored node's */
	size_t start,
		end; /* bytes of the text, properties included; a block collection ends after
		      * its last child, a block scalar with its last line, without its break */
	int line;    /* from 1 */
	int column;  /* from 0 */
	size_t n;    /* seq: items; map: pairs */
	struct yaml_node **items; /* seq: n items; map: n values */
	struct yaml_node **keys;  /* map: n scalars, else NULL */
};

struct yaml_doc {
	struct arena arena;
	struct yaml_node *root; /* NULL for an empty document */
	size_t body_end; /* where the document's lines end: at "..." or the end of the text */
};

void yaml_fini(struct yaml_doc *d);
#define own_yaml __attribute__((cleanup(yaml_fini)))

/* The value under key; NULL when absent or when node is NULL or no map. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
bool yaml_null(const struct yaml_node *n); /* absent, ~, null, or an empty plain scalar */
bool yaml_bool(const struct yaml_node *n,
	bool *out); /* plain true/false (YAML 1.2) and yes/no/on/off of old files */
/* Same structure and scalar texts; marks and quoting do not count, but a plain
 * null or boolean differs from the quoted word. */
bool yaml_same(const struct yaml_node *a, const struct yaml_node *b);

/* Index of the key, or map->n. */
size_t yaml_index(const struct yaml_node *map, const char *key);
/* An anchor on the node or below it. */
bool yaml_has_anchor(const struct yaml_node *n);

/* Trees that differ from `root` at one path (map keys, NULL at the end) and share
 * the rest with it. Nodes on the path must be maps, null or absent. The new nodes
 * lie in the arena and have no marks. */
struct yaml_node *yaml_new_scalar(struct arena *a, struct str text, bool plain);
struct yaml_node *yaml_new_seq(struct arena *a, size_t n); /* items are NULL */
const struct yaml_node *yaml_with(struct arena *a, const struct yaml_node *root,
	const char *const *path, const struct yaml_node *value);
/* NULL when nothing is left. Maps that become empty go too, but for the root. */
const struct yaml_node *yaml_without(
	struct arena *a, const struct yaml_node *root, const char *const *path);

#endif
