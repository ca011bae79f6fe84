/* yamlchange.h - one change of a YAML text, checked before it counts
 *
 * What yamledit.h, yamlput.h and yamlcut.h work on. A change is one splice of the
 * text; the result is parsed and must mean `want`, else nothing happened.
 */
#ifndef DATA_YAMLCHANGE_H
#define DATA_YAMLCHANGE_H

#include "data/yaml.h"

struct yamledit {
	struct buf text;
	char *name;
	struct yaml_doc doc; /* of `text` as it is now */
};

/* Where a path ends: at pair `at` of `map` (map->n: not there yet), which stands
 * for path[depth]. map is NULL in an empty file. */
struct yamlspot {
	const struct yaml_node *map;
	size_t at, depth;
};

struct yamlchange {
	struct yamledit *ed;
	const char *const *path;
	struct arena arena; /* of the nodes that are new in `want` */
	const struct yaml_node *want;
};

void yamlchange_fini(struct yamlchange *c);
#define own_yamlchange __attribute__((cleanup(yamlchange_fini)))

/* PreconditionFailed "FILE:LINE: PATH WHY"; returns false. */
bool yamlchange_refuse(struct err *e, const struct yamledit *ed, const char *const *path, int line,
	const char *why);
struct str yamlchange_text(const struct yamlchange *c);
/* Bytes [start, end) become s, with the file's own line breaks. A file without a
 * last line break stays so, unless its last lines are now those of a block scalar,
 * which needs it. */
bool yamlchange_splice(
	struct yamlchange *c, size_t start, size_t end, const struct buf *s, struct err *e);

#endif
