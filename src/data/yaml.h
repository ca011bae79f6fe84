/* yaml.h - YAML as a tree with marks
 *
 * Parses one document with libyaml into a tree whose nodes know where they
 * stand in the text, so that yamledit.h can change a file without touching the
 * rest. Scalars keep their text; nothing is typed here but what a plain scalar
 * means (yaml_bool, yaml_null).
 *
 * Hostile input (contract/threats.md T14): text over the size limit, nesting
 * over 64, more than 200,000 nodes counted with aliases expanded, duplicate
 * keys, keys that are not scalars, more than one document, invalid UTF-8 and
 * NUL characters are errors that name file, line and reason.
 * A BOM and CR LF are accepted.
 */
#ifndef DATA_YAML_H
#define DATA_YAML_H

#include "base/err.h"
#include "base/mem.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQ, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct str text;   /* scalar: its value */
	bool plain;        /* scalar without quotes, not a block scalar */
	bool flow;         /* seq or map in [] or {} */
	size_t start, end; /* bytes of the text; a block collection ends after its last child */
	int line;          /* from 1 */
	int column;        /* from 0 */
	size_t n;          /* seq: items; map: pairs */
	struct yaml_node **items;  /* seq: n items; map: n values */
	struct yaml_node **keys;   /* map: n scalars, else NULL */
};

struct yaml_doc {
	struct arena arena;
	struct yaml_node *root; /* NULL for an empty document */
};

#define YAML_MAX_SIZE (4u << 20) /* a record is a few KiB; Lima's largest template with --fill is under 100 KiB */

/* `name` is the file name used in messages. On failure the kind is
 * MetadataCorruption with fields path and line; callers that parse a person's
 * input change it (err_as). */
bool yaml_parse(struct yaml_doc *d, struct str text, const char *name, struct err *e);
void yaml_fini(struct yaml_doc *d);
#define own_yaml __attribute__((cleanup(yaml_fini)))

/* The value under key; NULL when absent or when node is NULL or no map. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
bool yaml_null(const struct yaml_node *n);               /* absent, ~, null, or an empty plain scalar */
bool yaml_bool(const struct yaml_node *n, bool *out);    /* plain true/false (YAML 1.2) and yes/no/on/off of old files */
/* Same structure and scalar texts; marks and quoting do not count, but a plain
 * null or boolean differs from the quoted word. */
bool yaml_same(const struct yaml_node *a, const struct yaml_node *b);

/* Writing. Emits a scalar so that any YAML 1.1 or 1.2 reader gets this string
 * back: plain where that is safe, else single quotes, else double quotes with
 * escapes; multi-line text as a literal block (indented by `indent`) when it
 * can be one. */
void yaml_put_scalar(struct buf *out, struct str s, int indent);
/* "key: value\n" at the given indent. */
void yaml_put_pair(struct buf *out, int indent, const char *key, struct str value);
/* "key: []\n", or "key:\n" and one "- item" a line, indented by 4 more. */
void yaml_put_list(struct buf *out, int indent, const char *key, const struct strv *items);

#endif
