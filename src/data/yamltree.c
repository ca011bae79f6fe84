#include "data/yamltree.h"

#include "base/mem.h"

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (str_eqz(map->keys[i]->text, key))
			return map->items[i];
	return NULL;
}

static bool is_word(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqz(s, words[i]))
			return true;
	return false;
}

bool yaml_null(const struct yaml_node *n)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};

	return !n ||
	       (n->kind == YAML_SCALAR && n->plain && is_word(n->text, words, countof(words)));
}

/* YAML 1.1 type bool, without its one-letter words. */
bool yaml_bool(const struct yaml_node *n, bool *out)
{
	static const char *const yes[] = {
		"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
	static const char *const no[] = {
		"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
	bool is_yes;

	if (!n || n->kind != YAML_SCALAR || !n->plain)
		return false;
	is_yes = is_word(n->text, yes, countof(yes));
	if (!is_yes && !is_word(n->text, no, countof(no)))
		return false;
	*out = is_yes;
	return true;
}

static bool same_scalar(const struct yaml_node *a, const struct yaml_node *b)
{
	bool x = false, y = false;

	if (yaml_null(a) || yaml_null(b))
		return yaml_null(a) && yaml_null(b);
	return str_eq(a->text, b->text) && yaml_bool(a, &x) == yaml_bool(b, &y);
}

bool yaml_same(const struct yaml_node *a, const struct yaml_node *b)
{
	if (!a || !b)
		return yaml_null(a) && yaml_null(b);
	if (a->kind != b->kind || a->n != b->n)
		return false;
	if (a->kind == YAML_SCALAR)
		return same_scalar(a, b);
	for (size_t i = 0; i < a->n; i++) {
		if (a->kind == YAML_MAP && !same_scalar(a->keys[i], b->keys[i]))
			return false;
		if (!yaml_same(a->items[i], b->items[i]))
			return false;
	}
	return true;
}
