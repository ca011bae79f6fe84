#include "data/yamledit.h"

#include "data/yamlcut.h"
#include "data/yamlitems.h"
#include "data/yamlput.h"

bool yamledit_open(struct yamledit *ed, struct str text, const char *name, struct err *e)
{
	struct yamledit fresh = {0};

	if (!yaml_parse_any(&fresh.doc, text, name, e))
		return false;
	buf_str(&fresh.text, text);
	fresh.name = mem_strdup(name);
	*ed = fresh;
	return true;
}

void yamledit_close(struct yamledit *ed)
{
	buf_fini(&ed->text);
	yaml_fini(&ed->doc);
	free(ed->name);
	*ed = (struct yamledit){0};
}

/* An empty {} is replaced by a block, like a null. */
static bool is_open(const struct yaml_node *n)
{
	return yaml_null(n) || (n->kind == YAML_MAP && n->n == 0 && !n->alias);
}

static bool locate(
	const struct yamledit *ed, const char *const *path, struct yamlspot *spot, struct err *e)
{
	const struct yaml_node *map = ed->doc.root, *value;

	*spot = (struct yamlspot){0};
	if (yaml_null(map))
		return true;
	if (map->kind != YAML_MAP)
		return yamlchange_refuse(
			e, ed, path, map->line, "cannot be set: the file is no map");
	for (;; spot->depth++) {
		spot->map = map;
		spot->at = yaml_index(map, path[spot->depth]);
		if (spot->at == map->n || !path[spot->depth + 1])
			return true;
		value = map->items[spot->at];
		if (value->alias)
			return yamlchange_refuse(
				e, ed, path, value->line, "lies in an alias (*name)");
		if (is_open(value) && !(map->flow && !yaml_null(value)))
			return true;
		if (value->kind != YAML_MAP)
			return yamlchange_refuse(
				e, ed, path, value->line, "lies in what is no map");
		map = value;
	}
}

static bool set(struct yamledit *ed, const char *const *path, struct yamlval val, struct err *e)
{
	own_yamlchange struct yamlchange c = {.ed = ed, .path = path};
	struct yamlspot spot;

	if (!locate(ed, path, &spot, e))
		return false;
	if (spot.map && spot.at < spot.map->n && !path[spot.depth + 1]) {
		const struct yaml_node *v = spot.map->items[spot.at];

		if (yaml_same(v, val.node) && (v->plain || !val.node->plain))
			return true;
	}
	c.want = yaml_with(&c.arena, ed->doc.root, path, val.node);
	val.keys = path + spot.depth + 1;
	if (spot.map && spot.at < spot.map->n)
		return yamlput_replace(&c, spot, &val, e);
	return yamlput_insert(&c, spot, &val, e);
}

bool yamledit_set(struct yamledit *ed, const char *const *path, struct str value, struct err *e)
{
	own_arena struct arena a = {0};

	return set(ed, path, yamlval_scalar(&a, value), e);
}

bool yamledit_set_plain(
	struct yamledit *ed, const char *const *path, const char *word, struct err *e)
{
	own_arena struct arena a = {0};

	return set(ed, path, yamlval_plain(&a, word), e);
}

bool yamledit_set_list(
	struct yamledit *ed, const char *const *path, const struct strv *items, struct err *e)
{
	own_arena struct arena a = {0};

	return set(ed, path, yamlval_list(&a, items), e);
}

bool yamledit_set_yaml(
	struct yamledit *ed, const char *const *path, struct str block, struct err *e)
{
	own_yaml struct yaml_doc d = {0};
	struct yamlval val;

	return yamlval_text(&d, block, &val, e) && set(ed, path, val, e);
}

/* An item for a list that is not there yet or has none. */
static bool set_first_item(
	struct yamledit *ed, const char *const *path, const struct yamlval *item, struct err *e)
{
	own_buf struct buf list = {0};

	yamlval_item(&list, 0, item);
	return yamledit_set_yaml(ed, path, buf_view(&list), e);
}

static bool append_to(struct yamlchange *c, const struct yaml_node *list, bool in_flow,
	const struct yamlval *item, struct err *e)
{
	struct yaml_node *seq = yaml_new_seq(&c->arena, list->n + 1);
	own_buf struct buf s = {0};
	size_t at;

	memcpy(seq->items, list->items, list->n * sizeof(struct yaml_node *));
	seq->items[list->n] = (struct yaml_node *)item->node;
	c->want = yaml_with(&c->arena, c->ed->doc.root, c->path, seq);
	if (yamlitems_append(yamlchange_text(c), list, item, &s, &at))
		return yamlchange_splice(c, at, at, &s, e);
	if (!list->flow && !in_flow)
		return yamlchange_refuse(
			e, c->ed, c->path, list->line, "is written in a way that cannot be edited");
	at = list->items[list->n - 1]->end;
	buf_puts(&s, ", ");
	yamlval_flow(&s, item, yamlchange_text(c).p[list->items[0]->start] == '"');
	return yamlchange_splice(c, at, at, &s, e);
}

bool yamledit_append(struct yamledit *ed, const char *const *path, struct str item, struct err *e)
{
	own_yamlchange struct yamlchange c = {.ed = ed, .path = path};
	own_yaml struct yaml_doc d = {0};
	const struct yaml_node *list;
	struct yamlval val;
	struct yamlspot spot;

	if (!yamlval_text(&d, item, &val, e) || !locate(ed, path, &spot, e))
		return false;
	if (!spot.map || spot.at == spot.map->n || path[spot.depth + 1])
		return set_first_item(ed, path, &val, e);
	list = spot.map->items[spot.at];
	if (list->alias)
		return yamlchange_refuse(e, ed, path, list->line, "is an alias (*name)");
	if (yaml_null(list) || (list->kind == YAML_SEQ && !list->n))
		return set_first_item(ed, path, &val, e);
	if (list->kind != YAML_SEQ)
		return yamlchange_refuse(e, ed, path, list->line, "is no list");
	return append_to(&c, list, spot.map->flow, &val, e);
}

/* The pair to take out: the path's own, or the outermost one of which nothing
 * would be left. False: refused, or (map NULL) not there. */
static bool find_removal(
	struct yamledit *ed, const char *const *path, struct yamlspot *out, struct err *e)
{
	const struct yaml_node *map = ed->doc.root, *value;
	size_t at;

	*out = (struct yamlspot){0};
	for (size_t depth = 0;; depth++) {
		if (!map || map->kind != YAML_MAP ||
			(at = yaml_index(map, path[depth])) == map->n) {
			out->map = NULL;
			return true;
		}
		if (!out->map || map->n > 1)
			*out = (struct yamlspot){map, at, depth};
		value = map->items[at];
		if (!path[depth + 1])
			return true;
		if (value->alias)
			return yamlchange_refuse(
				e, ed, path, value->line, "lies in an alias (*name)");
		map = value;
	}
}

static const struct yaml_node empty_map = {.kind = YAML_MAP};

bool yamledit_remove(struct yamledit *ed, const char *const *path, struct err *e)
{
	own_yamlchange struct yamlchange c = {.ed = ed, .path = path};
	struct yamlspot spot;

	if (!find_removal(ed, path, &spot, e))
		return false;
	if (!spot.map)
		return true;
	c.want = yaml_without(&c.arena, ed->doc.root, path);
	if (!c.want && spot.map->flow)
		c.want = &empty_map; /* the root's {} stays */
	return yamlcut_pair(&c, spot, e);
}
