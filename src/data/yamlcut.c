#include "data/yamlcut.h"

#include "data/yamlspan.h"

/* Behind the comma that follows, if one does. */
static size_t behind_comma(struct str text, size_t at)
{
	size_t i = at;

	while (i < text.n && (span_blank(text, i, i + 1) || span_break(text, i)))
		i++;
	return i < text.n && text.p[i] == ',' ? i + 1 : at;
}

static bool remove_in_flow(
	struct yamlchange *c, const struct yaml_node *map, size_t at, struct err *e)
{
	struct str text = yamlchange_text(c);
	size_t start = map->keys[at]->start, end = map->items[at]->end, before;
	const struct buf nothing = {0};

	if (at + 1 < map->n)
		return yamlchange_splice(c, start, map->keys[at + 1]->start, &nothing, e);
	before = at ? map->items[at - 1]->end : start;
	if (span_comment(text, before, start) < start)
		before = start; /* it belongs to the pair before */
	if (before == start)
		end = behind_comma(text, end);
	return yamlchange_splice(c, before, end, &nothing, e);
}

static bool remove_lines(
	struct yamlchange *c, const struct yaml_node *key, const struct yaml_node *v, struct err *e)
{
	struct str text = yamlchange_text(c);
	size_t start = span_line_start(text, key->start);
	size_t dash = start;
	const struct buf nothing = {0};

	while (dash < key->start && (text.p[dash] == '?' || span_blank(text, dash, dash + 1)))
		dash++;
	if (dash < key->start)
		return yamlchange_refuse(
			e, c->ed, c->path, key->line, "shares its line with something else");
	return yamlchange_splice(c, start, span_line_next(text, v->end), &nothing, e);
}

bool yamlcut_pair(struct yamlchange *c, struct yamlspot spot, struct err *e)
{
	if (spot.map->flow)
		return remove_in_flow(c, spot.map, spot.at, e);
	return remove_lines(c, spot.map->keys[spot.at], spot.map->items[spot.at], e);
}
