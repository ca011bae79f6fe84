#include "data/yamledit.h"

#include "base/escape.h"
#include "data/yamlitems.h"
#include "data/yamlspan.h"
#include "data/yamlval.h"

/* Where a path ends: at pair `at` of `map` (map->n: not there yet), which stands
 * for path[depth]. map is NULL in an empty file. */
struct spot {
	const struct yaml_node *map;
	size_t at, depth;
};

/* One change of the text and the tree that it must lead to. */
struct change {
	struct yamledit *ed;
	const char *const *path;
	struct arena arena;
	const struct yaml_node *want;
};

static void change_fini(struct change *c)
{
	arena_fini(&c->arena);
}
#define own_change __attribute__((cleanup(change_fini)))

static bool refuse(struct err *e, const struct yamledit *ed, const char *const *path, int line,
	const char *why)
{
	own_buf struct buf dotted = {0};
	char number[16];

	for (size_t i = 0; path[i]; i++) {
		if (i)
			buf_putc(&dotted, '.');
		escape_text(&dotted, str_z(path[i]));
	}
	snprintf(number, sizeof(number), "%d", line);
	err_set(e, ERR_PRECONDITION_FAILED, "%s:%d: %s %s", ed->name, line, buf_z(&dotted), why);
	err_field(e, "path", ed->name);
	return err_field(e, "line", number);
}

bool yamledit_open(struct yamledit *ed, struct str text, const char *name, struct err *e)
{
	struct yamledit fresh = {0};

	if (!yaml_parse(&fresh.doc, text, name, e))
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

static struct str text_of(const struct change *c)
{
	return buf_view(&c->ed->text);
}

/* Takes the new text over if it means what it should. */
static bool try_splice(struct change *c, size_t start, size_t end, struct str s, struct err *e)
{
	struct yaml_doc doc = {0};
	struct buf text = {0};
	bool ok;

	buf_add(&text, c->ed->text.p, start);
	span_put(&text, s, span_eol(text_of(c)));
	buf_str(&text, str_from(text_of(c), end));
	ok = yaml_parse(&doc, buf_view(&text), c->ed->name, e);
	if (ok && !yaml_same(doc.root, c->want))
		ok = refuse(e, c->ed, c->path, c->ed->doc.root ? c->ed->doc.root->line : 1,
			"cannot be changed without touching the rest of the file");
	if (!ok) {
		yaml_fini(&doc);
		buf_fini(&text);
		return err_as(e, ERR_PRECONDITION_FAILED);
	}
	buf_fini(&c->ed->text);
	yaml_fini(&c->ed->doc);
	c->ed->text = text;
	c->ed->doc = doc;
	return true;
}

/* Lines that end a file without a last line break leave it so, unless they end in
 * a block scalar, which needs it. */
static bool splice(struct change *c, size_t start, size_t end, const struct buf *s, struct err *e)
{
	own_err struct err first = {0};
	own_buf struct buf more = {0};

	if (try_splice(c, start, end, buf_view(s), &first))
		return true;
	if (end < c->ed->text.n || !s->n)
		return err_move(e, &first);
	buf_str(&more, buf_view(s));
	buf_putc(&more, '\n');
	if (try_splice(c, start, end, buf_view(&more), NULL))
		return true;
	err_move(e, &first);
	return err_fix(e, "end %s with a line break", c->ed->name);
}

/* An empty {} is replaced by a block, like a null. */
static bool is_open(const struct yaml_node *n)
{
	return yaml_null(n) || (n->kind == YAML_MAP && n->n == 0 && !n->alias);
}

static bool locate(
	const struct yamledit *ed, const char *const *path, struct spot *spot, struct err *e)
{
	const struct yaml_node *map = ed->doc.root, *value;

	*spot = (struct spot){0};
	if (yaml_null(map))
		return true;
	if (map->kind != YAML_MAP)
		return refuse(e, ed, path, map->line, "cannot be set: the file is no map");
	for (;; spot->depth++) {
		spot->map = map;
		spot->at = yaml_index(map, path[spot->depth]);
		if (spot->at == map->n || !path[spot->depth + 1])
			return true;
		value = map->items[spot->at];
		if (value->alias)
			return refuse(e, ed, path, value->line, "lies in an alias (*name)");
		if (is_open(value) && !(map->flow && !yaml_null(value)))
			return true;
		if (value->kind != YAML_MAP)
			return refuse(e, ed, path, value->line, "lies in what is no map");
		map = value;
	}
}

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

static bool replace_in_flow(struct change *c, const struct yaml_node *key,
	const struct yaml_node *v, const struct yamlval *val, struct err *e)
{
	struct str text = text_of(c);
	size_t colon = span_colon(text, key->end, v->start);
	own_buf struct buf s = {0};

	if (v->start < v->end) {
		yamlval_flow(&s, val, text.p[key->start] == '"');
		return splice(c, v->start, v->end, &s, e);
	}
	buf_puts(&s, colon ? " " : ": ");
	yamlval_flow(&s, val, text.p[key->start] == '"');
	if (!colon)
		colon = key->end;
	return splice(c, colon, colon, &s, e);
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
static bool replace_lines(struct change *c, const struct yaml_node *key, const struct yaml_node *v,
	const struct buf *head, const struct buf *body, struct err *e)
{
	struct str text = text_of(c), tail;
	size_t end, start = span_line_start(text, v->start);
	size_t colon = span_colon(text, key->end, v->start + (v->start == v->end));
	bool same_line;
	own_buf struct buf s = {0};

	if (!colon && v->start == v->end && v->start > 0 && text.p[v->start - 1] == ':')
		colon = v->start;
	if (!colon)
		return refuse(
			e, c->ed, c->path, key->line, "is written in a way that cannot be edited");
	same_line = !span_has_break(text, colon, v->start);
	tail = key_line_tail(text, v, colon, same_line, &end);
	if (!same_line && !head->n && start > colon && span_blank(text, start, v->start))
		return splice(c, start, end, body, e); /* comments above the old block stay */
	if (head->n)
		buf_printf(&s, " %s", buf_z(head));
	buf_str(&s, tail);
	if (body->n)
		buf_printf(&s, "\n%s", buf_z(body));
	return splice(c, colon, end, &s, e);
}

static bool replace_in_block(struct change *c, const struct yaml_node *key,
	const struct yaml_node *v, const struct yamlval *val, struct err *e)
{
	struct yamlstyle style = yamlstyle_of(c->ed->doc.root);
	own_buf struct buf head = {0}, body = {0};
	bool in_line =
		v->start < v->end && !v->block && (v->kind == YAML_SCALAR || v->flow || v->alias);

	if (v->flow && v->n && !v->alias && val->node->kind == YAML_SEQ && val->node->n &&
		!*val->keys && v->kind == YAML_SEQ) {
		yamlval_flow(&head, val, false); /* a list in [] stays one */
		return splice(c, v->start, v->end, &head, e);
	}
	yamlval_block(val, columns(key, v, style), style, &head, &body);
	if (in_line && !body.n)
		return splice(c, v->start, v->end, &head, e);
	return replace_lines(c, key, v, &head, &body, e);
}

static bool replace(struct change *c, struct spot spot, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *key = spot.map->keys[spot.at], *v = spot.map->items[spot.at];
	own_buf struct buf items = {0};
	size_t start, end;

	if (!v->alias && yaml_has_anchor(v))
		return refuse(
			e, c->ed, c->path, v->line, "holds an anchor (&name) that would be lost");
	if (spot.map->flow)
		return replace_in_flow(c, key, v, val, e);
	if (!*val->keys && yamlitems_replace(text_of(c), v, val, &items, &start, &end))
		return splice(c, start, end, &items, e);
	return replace_in_block(c, key, v, val, e);
}

static bool insert_in_flow(
	struct change *c, struct spot spot, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *map = spot.map, *last = map->n ? map->items[map->n - 1] : NULL;
	struct str key = str_z(c->path[spot.depth]);
	own_buf struct buf s = {0};
	size_t at = map->end - 1;
	bool json = map->n && text_of(c).p[map->keys[0]->start] == '"';

	if (last) {
		at = last->end;
		if (last->start == last->end &&
			!span_colon(text_of(c), map->keys[map->n - 1]->end, at))
			at = map->keys[map->n - 1]->end;
		buf_puts(&s, ", ");
	}
	if (json)
		yaml_put_double(&s, key);
	else
		yaml_put_inline(&s, key, true);
	buf_puts(&s, ": ");
	yamlval_flow(&s, val, json);
	return splice(c, at, at, &s, e);
}

/* Behind the last pair, in front of what comments follow it. */
static bool insert_in_block(
	struct change *c, struct spot spot, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *map = spot.map;
	struct yamlstyle style = yamlstyle_of(c->ed->doc.root);
	size_t at = span_line_end(text_of(c), map->items[map->n - 1]->end);
	own_buf struct buf s = {0};

	buf_putc(&s, '\n');
	yamlval_pair(&s, map->column, c->path[spot.depth], val, style);
	return splice(c, at, at, &s, e);
}

/* The first pair of a file that holds comments at most, or a lone null. */
static bool insert_first(struct change *c, const struct yamlval *val, struct err *e)
{
	const struct yaml_node *root = c->ed->doc.root;
	struct str text = text_of(c);
	size_t start = root ? root->start : c->ed->doc.body_end;
	size_t end = root ? root->end : start;
	own_buf struct buf s = {0};

	if (start != span_line_start(text, start))
		buf_putc(&s, '\n');
	yamlval_pair(&s, 0, c->path[0], val, yamlstyle_of(NULL));
	if (!root)
		buf_putc(&s, '\n');
	return splice(c, start, end, &s, e);
}

static bool set(struct yamledit *ed, const char *const *path, struct yamlval val, struct err *e)
{
	own_change struct change c = {.ed = ed, .path = path};
	struct spot spot;

	if (!locate(ed, path, &spot, e))
		return false;
	if (spot.map && spot.at < spot.map->n && !path[spot.depth + 1]) {
		const struct yaml_node *v = spot.map->items[spot.at];

		if (yaml_same(v, val.node) && (v->plain || !val.node->plain))
			return true;
	}
	c.want = yaml_with(&c.arena, ed->doc.root, path, val.node);
	val.keys = path + spot.depth + 1;
	if (!spot.map)
		return insert_first(&c, &val, e);
	if (spot.at < spot.map->n)
		return replace(&c, spot, &val, e);
	if (spot.map->flow)
		return insert_in_flow(&c, spot, &val, e);
	return insert_in_block(&c, spot, &val, e);
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

static bool append_to(struct change *c, const struct yaml_node *list, bool in_flow,
	const struct yamlval *item, struct err *e)
{
	struct yaml_node *seq = yaml_new_seq(&c->arena, list->n + 1);
	own_buf struct buf s = {0};
	size_t at;

	memcpy(seq->items, list->items, list->n * sizeof(struct yaml_node *));
	seq->items[list->n] = (struct yaml_node *)item->node;
	c->want = yaml_with(&c->arena, c->ed->doc.root, c->path, seq);
	if (yamlitems_append(text_of(c), list, item, &s, &at))
		return splice(c, at, at, &s, e);
	if (!list->flow && !in_flow)
		return refuse(
			e, c->ed, c->path, list->line, "is written in a way that cannot be edited");
	at = list->items[list->n - 1]->end;
	buf_puts(&s, ", ");
	yamlval_flow(&s, item, text_of(c).p[list->items[0]->start] == '"');
	return splice(c, at, at, &s, e);
}

bool yamledit_append(struct yamledit *ed, const char *const *path, struct str item, struct err *e)
{
	own_change struct change c = {.ed = ed, .path = path};
	own_yaml struct yaml_doc d = {0};
	const struct yaml_node *list;
	struct yamlval val;
	struct spot spot;

	if (!yamlval_text(&d, item, &val, e) || !locate(ed, path, &spot, e))
		return false;
	if (!spot.map || spot.at == spot.map->n || path[spot.depth + 1])
		return set_first_item(ed, path, &val, e);
	list = spot.map->items[spot.at];
	if (list->alias)
		return refuse(e, ed, path, list->line, "is an alias (*name)");
	if (yaml_null(list) || (list->kind == YAML_SEQ && !list->n))
		return set_first_item(ed, path, &val, e);
	if (list->kind != YAML_SEQ)
		return refuse(e, ed, path, list->line, "is no list");
	return append_to(&c, list, spot.map->flow, &val, e);
}

/* Behind the comma that follows, if one does. */
static size_t behind_comma(struct str text, size_t at)
{
	size_t i = at;

	while (i < text.n && (span_blank(text, i, i + 1) || span_break(text, i)))
		i++;
	return i < text.n && text.p[i] == ',' ? i + 1 : at;
}

static bool remove_in_flow(struct change *c, const struct yaml_node *map, size_t at, struct err *e)
{
	struct str text = text_of(c);
	size_t start = map->keys[at]->start, end = map->items[at]->end, before;
	const struct buf nothing = {0};

	if (at + 1 < map->n)
		return splice(c, start, map->keys[at + 1]->start, &nothing, e);
	before = at ? map->items[at - 1]->end : start;
	if (span_comment(text, before, start) < start)
		before = start; /* it belongs to the pair before */
	if (before == start)
		end = behind_comma(text, end);
	return splice(c, before, end, &nothing, e);
}

static bool remove_lines(
	struct change *c, const struct yaml_node *key, const struct yaml_node *v, struct err *e)
{
	struct str text = text_of(c);
	size_t start = span_line_start(text, key->start);
	size_t dash = start;
	const struct buf nothing = {0};

	while (dash < key->start && (text.p[dash] == '?' || span_blank(text, dash, dash + 1)))
		dash++;
	if (dash < key->start)
		return refuse(e, c->ed, c->path, key->line, "shares its line with something else");
	return splice(c, start, span_line_next(text, v->end), &nothing, e);
}

/* The pair to take out: the path's own, or the outermost one of which nothing
 * would be left. False: refused, or (map NULL) not there. */
static bool find_removal(
	struct yamledit *ed, const char *const *path, struct spot *out, struct err *e)
{
	const struct yaml_node *map = ed->doc.root, *value;
	size_t at;

	*out = (struct spot){0};
	for (size_t depth = 0;; depth++) {
		if (!map || map->kind != YAML_MAP ||
			(at = yaml_index(map, path[depth])) == map->n) {
			out->map = NULL;
			return true;
		}
		if (!out->map || map->n > 1)
			*out = (struct spot){map, at, depth};
		value = map->items[at];
		if (!path[depth + 1])
			return true;
		if (value->alias)
			return refuse(e, ed, path, value->line, "lies in an alias (*name)");
		map = value;
	}
}

static const struct yaml_node empty_map = {.kind = YAML_MAP};

bool yamledit_remove(struct yamledit *ed, const char *const *path, struct err *e)
{
	own_change struct change c = {.ed = ed, .path = path};
	struct spot spot;

	if (!find_removal(ed, path, &spot, e))
		return false;
	if (!spot.map)
		return true;
	c.want = yaml_without(&c.arena, ed->doc.root, path);
	if (!c.want && spot.map->flow)
		c.want = &empty_map; /* the root's {} stays */
	if (spot.map->flow)
		return remove_in_flow(&c, spot.map, spot.at, e);
	return remove_lines(&c, spot.map->keys[spot.at], spot.map->items[spot.at], e);
}
