#include "lima/baked.h"

#include "base/mem.h"

/* mounts, copyToHost and additionalDisks are stripped anyway; dns and the maps are
 * not concatenated. */
const char *const baked_lists[] = {
	"images", "provision", "probes", "portForwards", "networks", "mountTypesUnsupported", NULL};

static bool same(const struct yaml_node *want, const struct yaml_node *have, bool expanded);

static bool same_scalar(const struct yaml_node *want, const struct yaml_node *have, bool expanded)
{
	bool a, b;

	if (str_eq(want->text, have->text))
		return true;
	if (yaml_bool(want, &a) && yaml_bool(have, &b))
		return a == b;
	return expanded && str_find_str(want->text, STR("{{")) < want->text.n;
}

static bool same_items(const struct yaml_node *want, const struct yaml_node *have, bool expanded)
{
	if (want->n != have->n)
		return false;
	for (size_t i = 0; i < want->n; i++)
		if (!same(want->items[i], have->items[i], expanded))
			return false;
	return true;
}

/* Every key that the file has is in the filled entry too. */
static bool same_keys(const struct yaml_node *want, const struct yaml_node *have, bool expanded)
{
	for (size_t i = 0; i < want->n; i++) {
		own_mem char *key = mem_strndup(want->keys[i]->text.p, want->keys[i]->text.n);
		const struct yaml_node *value = yaml_get(have, key);

		if (yaml_null(want->items[i]))
			continue;
		if (!value || !same(want->items[i], value, expanded))
			return false;
	}
	return true;
}

static bool same(const struct yaml_node *want, const struct yaml_node *have, bool expanded)
{
	if (want->kind != have->kind)
		return false;
	switch (want->kind) {
	case YAML_SCALAR:
		return same_scalar(want, have, expanded);
	case YAML_SEQ:
		return same_items(want, have, expanded);
	default:
		return same_keys(want, have, expanded);
	}
}

static const struct yaml_node *list_of(const struct yaml_node *root, const char *key)
{
	const struct yaml_node *l = yaml_get(root, key);

	return l && l->kind == YAML_SEQ ? l : NULL;
}

static bool anywhere(const struct yaml_node *theirs, const struct yaml_node *item)
{
	for (size_t i = 0; theirs && i < theirs->n; i++)
		if (same(theirs->items[i], item, false))
			return true;
	return false;
}

bool baked_item(const struct baked *b, const char *key, const struct yaml_node *list, size_t i)
{
	const struct yaml_node *first = list_of(b->override, key);
	const struct yaml_node *last = list_of(b->defaults, key);
	const struct yaml_node *item = list->items[i];
	size_t from_end = list->n - i;

	if (first && i < first->n && same(first->items[i], item, true))
		return true;
	if (last && from_end <= last->n && same(last->items[last->n - from_end], item, true))
		return true;
	return anywhere(list_of(b->base, key), item) || anywhere(first, item) ||
	       anywhere(last, item);
}

static bool has_braces(const struct yaml_node *n)
{
	if (n->kind == YAML_SCALAR)
		return str_find_str(n->text, STR("{{")) < n->text.n;
	for (size_t i = 0; i < n->n; i++)
		if (has_braces(n->items[i]))
			return true;
	return false;
}

struct yaml_node *baked_original(const struct baked *b, const struct yaml_node *plain,
	const char *key, const struct yaml_node *list, size_t i)
{
	const struct yaml_node *own = list_of(plain, key), *last = list_of(b->defaults, key);
	size_t behind = list->n - i - 1, theirs = last ? last->n : 0;
	struct yaml_node *item;

	if (!own || behind < theirs || behind - theirs >= own->n)
		return NULL;
	item = own->items[own->n - 1 - (behind - theirs)];
	return has_braces(item) && same(item, list->items[i], true) ? item : NULL;
}
