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
 * A BOM and CR LF are accepted. Merge keys ("<<") are keys like any other.
 */
#ifndef DATA_YAML_H
#define DATA_YAML_H

#include "base/err.h"
#include "base/mem.h"
#include "data/yamlout.h"
#include "data/yamltree.h"

#define YAML_MAX_SIZE                                                                              \
	(4u << 20) /* a record is a few KiB; Lima's largest template with --fill is under 100 KiB  \
		    */

/* `name` is the file name used in messages. On failure the kind is
 * MetadataCorruption with fields path and line; callers that parse a person's
 * input change it (err_as). */
bool yaml_parse(struct yaml_doc *d, struct str text, const char *name, struct err *e);
/* By libyaml alone, without the short way of data/yamlquick.h: the same tree. */
bool yaml_parse_any(struct yaml_doc *d, struct str text, const char *name, struct err *e);

#endif
