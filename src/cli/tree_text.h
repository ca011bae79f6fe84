/* tree_text.h - the project tree, drawn with boxes or as JSON */
#ifndef CLI_TREE_TEXT_H
#define CLI_TREE_TEXT_H

#include "ops/projects.h"

void tree_text(const struct project_tree *t, struct buf *out);
/* [{project, nodes, children: […]}, …] */
void tree_json(const struct project_tree *t, struct buf *out);

#endif
