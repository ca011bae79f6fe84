/* yaml_trees.h - are two YAML trees the same to the last mark? */
#ifndef TESTS_YAML_TREES_H
#define TESTS_YAML_TREES_H

#include "data/yaml.h"

static inline bool trees_identical(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->kind != b->kind || a->plain != b->plain || a->block != b->block ||
		a->flow != b->flow || a->anchor != b->anchor || a->alias != b->alias ||
		a->start != b->start || a->end != b->end || a->line != b->line ||
		a->column != b->column || a->n != b->n)
		return false;
	if (a->kind == YAML_SCALAR)
		return str_eq(a->text, b->text);
	for (size_t i = 0; i < a->n; i++) {
		if (a->kind == YAML_MAP && !trees_identical(a->keys[i], b->keys[i]))
			return false;
		if (!trees_identical(a->items[i], b->items[i]))
			return false;
	}
	return true;
}

#endif
