#include "data/yamlput.h"

#include "data/yamlitems.h"
#include "data/yamlspan.h"

/* The columns for a value that replaces V: a block of the same kind stays where it was. */
static struct yamlcols columns(
	const struct yaml_node *key, const struct yaml_node *v, struct yamlstyle s)
{
	struct yamlcols cols = {key->column + s.map_step, key->column + s.seq_step};

	if (v->flow || v->alias || !v->n || v->line == key->line)
		return cols;
	if (v->kind == YAML_MAP)
		cols.map = v->column;
	else
		cols.seq = v->column;
	return cols;
}

static bool replace_in_flow(struct yamlchange *c, const struct yaml_node *key,
	const struct yaml_node *v, const struct yamlval *val, struct err *e)
{
	struct str text = yamlchange_text(c);
	size_t colon = span_colon(text, key->end, v->start);
	own_buf struct buf s = {0};

	if (v->start < v->end) {
		yamlval_flow(&s, val, text.p[key->start] == '"');
		return yamlchange_splice(c, v->start, v->end, &s, e);
	}
	buf_puts(&s, colon ? " " : ": ");
	yamlval_flow(&s, val, text.p[key->start] == '"');
	if (!colon)
		colon = key->end;
	return yamlchange_splice(c, colon, colon, &s, e);
}

/* What stays on the key's line behind the old value: its comment. */
static struct str key_line_tail(
	struct str text, const struct yaml_node *v, size_t colon, bool same_line, size_t *end)
{
	size_t from = same_line ? v->end : colon, to = span_line_end(text, from);

	*end = span_line_end(text, v->end);
	if (same_line && v->block) {
		to = span_line_end(text, v->start);
		from = span_comment(text, v->start, to);
	}
	if (to > *end)
		to = *end;
	while (to > from && span_blank(text, to - 1, to))
		to--;
	return str_n(text.p + from, to - from);
}

/* Old or new value takes more than the key's line. */
static bool replace_lines(struct yamlchange *c, const struct yaml_node *key,
	const struct yaml_node *v, const struct buf *head, const struct buf *body, struct err *e)
{
	struct str text = yamlchange_text(c), tail;
	size_t end, start = span_line_start(text, v->start);
	size_t colon = span_colon(text, key->end, v->start + (v->start == v->end));
	bool same_line;
	own_buf struct buf s = {0};

	if (!colon && v->start == v->end && v->start > 0 && text.p[v->start - 1] == ':')
		colon = v->start;
	if (!colon)
		return yamlchange_refuse(
			e, c->ed, c->path, key->line, "is written in a way that cannot be edited");
	same_line = !span_has_break(text, colon, v->start);
	tail = key_line_tail(text, v, colon, same_line, &end);
	if (!same_line && !head->n && start > colon && span_blank(text, start, v->start))
		return yamlchange_splice(
			c, start, end, body, e); /* comments above the old block stay */
	if (head->n)
		buf_printf(&s, " %s", buf_z(head));
	buf_str(&s, tail);
	if (body->n)
		buf_printf(&s, "\n%s", buf_z(body));
	return yamlchange_splice(c, colon, end, &s, e);
}

static bool replace_in_block(struct yamlchange *c, const struct yaml_node *key,
	const struct yaml_node *v, const struct yamlval *val, struct err *e)
{
	struct yamlstyle style = yamlstyle_of(c->ed->doc.root);
	own_buf struct buf head = {0}, body = {0};
	bool in_line =
		v->start < v->end && !v->block && (v->kind == YAML_SCALAR || v->flow || v->alias);

	if (v->flow && v->n && !v->alias && val->node->kind == YAML_SEQ && val->node->n &&
		!*val->keys && v->kind == YAML_SEQ) {
		yamlval_flow(&head, val, false); /* a list in [] stays one */
		return yamlchange_splice(c, v->start, v->end, &head, e);
	}
	yamlval_block(val, columns(key, v, style), style, &head, &body);
	if (in_line && !body.n)
		return yamlchange_splice(c, v->start, v->end, &head, e);
	return replace_lines(c, key, v, &head, &body, e);
}

bool yamlput_replace(
	struct yamlchange *c, struct yamlspot spot, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *key = spot.map->keys[spot.at], *v = spot.map->items[spot.at];
	own_buf struct buf items = {0};
	size_t start, end;

	if (!v->alias && yaml_has_anchor(v))
		return yamlchange_refuse(
			e, c->ed, c->path, v->line, "holds an anchor (&name) that would be lost");
	if (spot.map->flow)
		return replace_in_flow(c, key, v, val, e);
	if (!*val->keys && yamlitems_replace(yamlchange_text(c), v, val, &items, &start, &end))
		return yamlchange_splice(c, start, end, &items, e);
	return replace_in_block(c, key, v, val, e);
}

static bool insert_in_flow(
	struct yamlchange *c, struct yamlspot spot, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *map = spot.map, *last = map->n ? map->items[map->n - 1] : NULL;
	struct str key = str_z(c->path[spot.depth]);
	own_buf struct buf s = {0};
	size_t at = map->end - 1;
	bool json = map->n && yamlchange_text(c).p[map->keys[0]->start] == '"';

	if (last) {
		at = last->end;
		if (last->start == last->end &&
			!span_colon(yamlchange_text(c), map->keys[map->n - 1]->end, at))
			at = map->keys[map->n - 1]->end;
		buf_puts(&s, ", ");
	}
	if (json)
		yaml_put_double(&s, key);
	else
		yaml_put_inline(&s, key, true);
	buf_puts(&s, ": ");
	yamlval_flow(&s, val, json);
	return yamlchange_splice(c, at, at, &s, e);
}

/* Behind the last pair, in front of what comments follow it. */
static bool insert_in_block(
	struct yamlchange *c, struct yamlspot spot, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *map = spot.map;
	struct yamlstyle style = yamlstyle_of(c->ed->doc.root);
	size_t at = span_line_end(yamlchange_text(c), map->items[map->n - 1]->end);
	own_buf struct buf s = {0};

	buf_putc(&s, '\n');
	yamlval_pair(&s, map->column, c->path[spot.depth], val, style);
	return yamlchange_splice(c, at, at, &s, e);
}

/* The first pair of a file that holds comments at most, or a lone null. */
static bool insert_first(struct yamlchange *c, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *root = c->ed->doc.root;
	struct str text = yamlchange_text(c);
	size_t start = root ? root->start : c->ed->doc.body_end;
	size_t end = root ? root->end : start;
	own_buf struct buf s = {0};

	if (start != span_line_start(text, start))
		buf_putc(&s, '\n');
	yamlval_pair(&s, 0, c->path[0], val, yamlstyle_of(NULL));
	if (!root)
		buf_putc(&s, '\n');
	return yamlchange_splice(c, start, end, &s, e);
}

bool yamlput_insert(
	struct yamlchange *c, struct yamlspot spot, const struct yamlval *val, struct err *e)
{
	if (!spot.map)
		return insert_first(c, val, e);
	return spot.map->flow ? insert_in_flow(c, spot, val, e) : insert_in_block(c, spot, val, e);
}
