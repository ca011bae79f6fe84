#include "data/yamltree.h"

#include "base/mem.h"

void yaml_fini(struct yaml_doc *d)
{
	arena_fini(&d->arena);
	*d = (struct yaml_doc){0};
}

size_t yaml_index(const struct yaml_node *map, const char *key)
{
	struct str wanted = str_z(key);
	size_t i = 0;

	while (i < map->n && !str_eq(map->keys[i]->text, wanted))
		i++;
	return i;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	size_t i;

	if (!map || map->kind != YAML_MAP)
		return NULL;
	i = yaml_index(map, key);
	return i < map->n ? map->items[i] : NULL;
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

bool yaml_has_anchor(const struct yaml_node *n)
{
	if (n->anchor)
		return true;
	for (size_t i = 0; !n->alias && i < n->n; i++)
		if (yaml_has_anchor(n->items[i]) || (n->keys && n->keys[i]->anchor))
			return true;
	return false;
}

struct yaml_node *yaml_new_scalar(struct arena *a, struct str text, bool plain)
{
	struct yaml_node *n = arena_alloc(a, sizeof(*n));

	n->kind = YAML_SCALAR;
	n->text = str_n(arena_strndup(a, text.p, text.n), text.n);
	n->plain = plain;
	return n;
}

struct yaml_node *yaml_new_seq(struct arena *a, size_t n)
{
	struct yaml_node *seq = arena_alloc(a, sizeof(*seq));

	seq->kind = YAML_SEQ;
	seq->n = n;
	seq->items = arena_alloc(a, n * sizeof(struct yaml_node *));
	return seq;
}

/* A copy with room for one more pair. */
static struct yaml_node *copy_map(struct arena *a, const struct yaml_node *from)
{
	struct yaml_node *map = arena_alloc(a, sizeof(*map));
	size_t n = from && from->kind == YAML_MAP ? from->n : 0;

	map->kind = YAML_MAP;
	map->n = n;
	map->keys = arena_alloc(a, (n + 1) * sizeof(struct yaml_node *));
	map->items = arena_alloc(a, (n + 1) * sizeof(struct yaml_node *));
	for (size_t i = 0; i < n; i++) {
		map->keys[i] = from->keys[i];
		map->items[i] = from->items[i];
	}
	return map;
}

const struct yaml_node *yaml_with(struct arena *a, const struct yaml_node *root,
	const char *const *path, const struct yaml_node *value)
{
	struct yaml_node *map;
	size_t i;

	if (!*path)
		return value;
	map = copy_map(a, root);
	i = yaml_index(map, *path);
	if (i == map->n) {
		map->keys[i] = yaml_new_scalar(a, str_z(*path), false);
		map->n++;
	}
	map->items[i] = (struct yaml_node *)yaml_with(a, map->items[i], path + 1, value);
	return map;
}

const struct yaml_node *yaml_without(
	struct arena *a, const struct yaml_node *root, const char *const *path)
{
	struct yaml_node *map;
	const struct yaml_node *left = NULL;
	size_t i;

	if (!root || root->kind != YAML_MAP || (i = yaml_index(root, *path)) == root->n)
		return root;
	if (path[1]) {
		left = yaml_without(a, root->items[i], path + 1);
		if (left == root->items[i])
			return root;
	}
	map = copy_map(a, root);
	if (left) {
		map->items[i] = (struct yaml_node *)left;
		return map;
	}
	map->n--;
	for (; i < map->n; i++) {
		map->keys[i] = map->keys[i + 1];
		map->items[i] = map->items[i + 1];
	}
	return map->n ? map : NULL;
}
