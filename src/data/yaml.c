#include "data/yaml.h"

#include <yaml.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "data/yamlmark.h"
#include "data/yamlquick.h"

#define MAX_DEPTH 64
#define MAX_NODES 200000

/* What is known of a node only while parsing. */
struct built {
	struct yaml_node node;
	size_t weight; /* nodes below and including it, aliases expanded */
};

struct anchor {
	struct str name;
	struct built *node; /* NULL while it is being built */
};

struct parse {
	yaml_parser_t lib;
	struct yaml_doc *doc;
	struct str text;
	const char *name;
	struct err *e;
	struct yamlmark marks;
	size_t weight;
	struct anchor *anchors;
	size_t n_anchors;
};

static struct built *parse_node(struct parse *p, yaml_event_t *ev, int depth);

static bool __attribute__((format(printf, 4, 5)))
fail(struct err *e, const char *name, int line, const char *fmt, ...)
{
	own_buf struct buf msg = {0};
	char number[16];
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&msg, fmt, ap);
	va_end(ap);
	snprintf(number, sizeof(number), "%d", line);
	err_set(e, ERR_METADATA_CORRUPTION, "%s:%d: %s", name, line, buf_z(&msg));
	err_field(e, "path", name);
	return err_field(e, "line", number);
}

static int line_at(struct str text, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at && i < text.n; i++)
		line += text.p[i] == '\n';
	return line;
}

static bool check_bytes(struct str text, const char *name, struct err *e)
{
	uint32_t cp;

	if (text.n > YAML_MAX_SIZE)
		return fail(e, name, 1, "larger than %u bytes", YAML_MAX_SIZE);
	for (size_t i = 0; i < text.n;) {
		size_t len = utf8_decode(str_from(text, i), &cp);

		if (cp == UTF8_BAD)
			return fail(e, name, line_at(text, i), "not valid UTF-8");
		if (cp == 0)
			return fail(e, name, line_at(text, i), "holds a NUL character");
		i += len;
	}
	return true;
}

static bool next_event(struct parse *p, yaml_event_t *ev)
{
	const char *why;

	if (yaml_parser_parse(&p->lib, ev))
		return true;
	why = p->lib.problem ? p->lib.problem : "not YAML";
	if (p->lib.error == YAML_READER_ERROR)
		return fail(p->e, p->name, line_at(p->text, p->marks.bom + p->lib.problem_offset),
			"%s", why);
	return fail(p->e, p->name, (int)p->lib.problem_mark.line + 1, "%s%s%s", why,
		p->lib.context ? " " : "", p->lib.context ? p->lib.context : "");
}

static bool add_weight(struct parse *p, size_t weight, int line)
{
	p->weight += weight;
	if (p->weight > MAX_NODES)
		return fail(
			p->e, p->name, line, "more than %d values, aliases expanded", MAX_NODES);
	return true;
}

static struct built *new_node(struct parse *p, const yaml_event_t *ev, enum yaml_kind kind)
{
	struct built *b;

	if (!add_weight(p, 1, (int)ev->start_mark.line + 1))
		return NULL;
	b = arena_alloc(&p->doc->arena, sizeof(*b));
	b->weight = 1;
	b->node.kind = kind;
	b->node.start = yamlmark_at(&p->marks, ev->start_mark.index);
	b->node.end = yamlmark_at(&p->marks, ev->end_mark.index);
	b->node.line = (int)ev->start_mark.line + 1;
	b->node.column = (int)ev->start_mark.column;
	return b;
}

static void open_anchor(struct parse *p, const yaml_char_t *name)
{
	struct str copy;

	if (!name)
		return;
	copy.n = strlen((const char *)name);
	copy.p = arena_strndup(&p->doc->arena, (const char *)name, copy.n);
	p->anchors = mem_array(p->anchors, p->n_anchors + 1, sizeof(*p->anchors));
	p->anchors[p->n_anchors++] = (struct anchor){copy, NULL};
}

static struct built *parse_alias(struct parse *p, const yaml_event_t *ev)
{
	const char *name = (const char *)ev->data.alias.anchor;
	struct built *b, *target = NULL;
	size_t i = p->n_anchors;

	while (i > 0 && !str_eqz(p->anchors[i - 1].name, name))
		i--;
	if (i > 0)
		target = p->anchors[i - 1].node;
	if (!target) {
		fail(p->e, p->name, (int)ev->start_mark.line + 1,
			i ? "alias *%s stands inside what it names" : "alias *%s names nothing",
			name);
		return NULL;
	}
	b = new_node(p, ev, target->node.kind);
	if (!b || !add_weight(p, target->weight - 1, b->node.line))
		return NULL;
	b->weight = target->weight;
	b->node.text = target->node.text;
	b->node.plain = target->node.plain;
	b->node.n = target->node.n;
	b->node.items = target->node.items;
	b->node.keys = target->node.keys;
	b->node.alias = true;
	return b;
}

static struct built *parse_scalar(struct parse *p, const yaml_event_t *ev)
{
	struct str value = {(const char *)ev->data.scalar.value, ev->data.scalar.length};
	yaml_scalar_style_t style = ev->data.scalar.style;
	struct built *b = new_node(p, ev, YAML_SCALAR);

	if (!b)
		return NULL;
	if (str_has_nul(value)) {
		fail(p->e, p->name, b->node.line, "holds a NUL character");
		return NULL;
	}
	b->node.text = str_n(arena_strndup(&p->doc->arena, value.p, value.n), value.n);
	b->node.plain = style == YAML_PLAIN_SCALAR_STYLE && !ev->data.scalar.tag;
	b->node.block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
	b->node.anchor = ev->data.scalar.anchor;
	if (b->node.block)
		b->node.end = yamlmark_block_end(p->text, b->node.start, b->node.end);
	return b;
}

struct children {
	struct yaml_node **v;
	size_t n;
};

static void children_fini(struct children *c)
{
	free(c->v);
}

static void add_child(struct children *c, struct yaml_node *n)
{
	if ((c->n & (c->n - 1)) == 0) /* room doubles at each power of two */
		c->v = mem_array(c->v, c->n ? c->n * 2 : 1, sizeof(struct yaml_node *));
	c->v[c->n++] = n;
}

static int by_text(const void *a, const void *b)
{
	const struct yaml_node *x = *(struct yaml_node *const *)a,
			       *y = *(struct yaml_node *const *)b;
	int d = str_cmp(x->text, y->text);

	return d ? d : (x->start > y->start) - (x->start < y->start);
}

static bool check_keys(struct parse *p, const struct yaml_node *map)
{
	own_mem struct yaml_node **sorted = mem_array(NULL, map->n + 1, sizeof(struct yaml_node *));

	for (size_t i = 0; i < map->n; i++) {
		if (map->keys[i]->kind != YAML_SCALAR)
			return fail(p->e, p->name, map->keys[i]->line, "a key is a list or a map");
		sorted[i] = map->keys[i];
	}
	qsort(sorted, map->n, sizeof(struct yaml_node *), by_text);
	for (size_t i = 1; i < map->n; i++) {
		own_buf struct buf key = {0};

		if (!str_eq(sorted[i - 1]->text, sorted[i]->text))
			continue;
		escape_text(&key, sorted[i]->text);
		return fail(p->e, p->name, sorted[i]->line, "key %s stands twice, first on line %d",
			buf_z(&key), sorted[i - 1]->line);
	}
	return true;
}

/* Splits key, value, key, value … */
static void set_children(struct parse *p, struct yaml_node *n, const struct children *all)
{
	size_t step = n->kind == YAML_MAP ? 2 : 1;

	n->n = all->n / step;
	n->items = arena_alloc(&p->doc->arena, n->n * sizeof(struct yaml_node *));
	if (step == 2)
		n->keys = arena_alloc(&p->doc->arena, n->n * sizeof(struct yaml_node *));
	for (size_t i = 0; i < n->n; i++) {
		if (step == 2)
			n->keys[i] = all->v[i * 2];
		n->items[i] = all->v[i * step + step - 1];
	}
}

static bool parse_children(struct parse *p, struct built *b, int depth)
{
	__attribute__((cleanup(children_fini))) struct children all = {0};
	yaml_event_t ev;

	for (;;) {
		bool last;
		struct built *child = NULL;

		if (!next_event(p, &ev))
			return false;
		last = ev.type == YAML_SEQUENCE_END_EVENT || ev.type == YAML_MAPPING_END_EVENT;
		if (last && b->node.flow)
			b->node.end = yamlmark_at(&p->marks, ev.end_mark.index);
		if (!last)
			child = parse_node(p, &ev, depth + 1);
		yaml_event_delete(&ev);
		if (last)
			break;
		if (!child)
			return false;
		b->weight += child->weight;
		add_child(&all, &child->node);
	}
	set_children(p, &b->node, &all);
	if (!b->node.flow && all.n)
		b->node.end = all.v[all.n - 1]->end;
	return b->node.kind != YAML_MAP || check_keys(p, &b->node);
}

static struct built *parse_collection(struct parse *p, const yaml_event_t *ev, int depth)
{
	bool seq = ev->type == YAML_SEQUENCE_START_EVENT;
	struct built *b;

	if (depth > MAX_DEPTH) {
		fail(p->e, p->name, (int)ev->start_mark.line + 1, "nested more than %d deep",
			MAX_DEPTH);
		return NULL;
	}
	b = new_node(p, ev, seq ? YAML_SEQ : YAML_MAP);
	if (!b)
		return NULL;
	b->node.flow = seq ? ev->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
			   : ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	b->node.anchor = seq ? ev->data.sequence_start.anchor : ev->data.mapping_start.anchor;
	return parse_children(p, b, depth) ? b : NULL;
}

static struct built *parse_node(struct parse *p, yaml_event_t *ev, int depth)
{
	size_t anchor = p->n_anchors;
	struct built *b;

	if (ev->type == YAML_ALIAS_EVENT)
		return parse_alias(p, ev);
	if (ev->type == YAML_SCALAR_EVENT)
		open_anchor(p, ev->data.scalar.anchor);
	else if (ev->type == YAML_SEQUENCE_START_EVENT)
		open_anchor(p, ev->data.sequence_start.anchor);
	else
		open_anchor(p, ev->data.mapping_start.anchor);
	b = ev->type == YAML_SCALAR_EVENT ? parse_scalar(p, ev) : parse_collection(p, ev, depth);
	if (b && b->node.anchor)
		p->anchors[anchor].node = b;
	return b;
}

/* The root, behind the document's start event. */
static bool parse_root(struct parse *p)
{
	yaml_event_t ev;
	struct built *b;

	if (!next_event(p, &ev))
		return false;
	b = parse_node(p, &ev, 1);
	yaml_event_delete(&ev);
	if (!b)
		return false;
	if (!b->node.plain || b->node.text.n || b->node.anchor || b->node.kind != YAML_SCALAR)
		p->doc->root = &b->node;
	return true;
}

static bool parse_stream(struct parse *p)
{
	bool seen = false, ok = true;

	p->doc->body_end = p->text.n;
	for (bool more = true; more && ok;) {
		yaml_event_t ev;

		if (!next_event(p, &ev))
			return false;
		if (ev.type == YAML_DOCUMENT_START_EVENT) {
			ok = seen ? fail(p->e, p->name, (int)ev.start_mark.line + 1,
					    "more than one document")
				  : parse_root(p);
			seen = true;
		}
		if (ev.type == YAML_DOCUMENT_END_EVENT && !ev.data.document_end.implicit)
			p->doc->body_end = yamlmark_at(&p->marks, ev.start_mark.index);
		more = ev.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
	}
	return ok;
}

bool yaml_parse_any(struct yaml_doc *d, struct str text, const char *name, struct err *e)
{
	struct yaml_doc fresh = {0};
	struct parse p = {.doc = &fresh, .text = text, .name = name, .e = e};
	bool ok;

	if (!check_bytes(text, name, e))
		return false;
	if (!yaml_parser_initialize(&p.lib))
		return err_set(e, ERR_INTERNAL, "libyaml does not start");
	yaml_parser_set_encoding(&p.lib, YAML_UTF8_ENCODING);
	yamlmark_init(&p.marks, text);
	yaml_parser_set_input_string(&p.lib,
		(const unsigned char *)(text.n ? text.p + p.marks.bom : ""), text.n - p.marks.bom);
	ok = parse_stream(&p);
	yaml_parser_delete(&p.lib);
	yamlmark_fini(&p.marks);
	free(p.anchors);
	if (!ok) {
		yaml_fini(&fresh);
		return false;
	}
	*d = fresh;
	return true;
}

bool yaml_parse(struct yaml_doc *d, struct str text, const char *name, struct err *e)
{
	return yaml_quick(d, text) || yaml_parse_any(d, text, name, e);
}
