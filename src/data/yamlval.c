#include "data/yamlval.h"

/* The reference's own files. */
#define DEFAULT_STEP 4

static const char *const no_keys[] = {NULL};

/* The first list and the first map that stand as a block below a key. */
static void look(const struct yaml_node *n, struct yamlstyle *s)
{
	for (size_t i = 0; n && !n->alias && !n->flow && i < n->n; i++) {
		const struct yaml_node *child = n->items[i];

		if (n->kind == YAML_MAP && child->n && !child->flow && !child->alias &&
			child->line > n->keys[i]->line) {
			int *step = child->kind == YAML_SEQ ? &s->seq_step : &s->map_step;

			if (*step < 0 && child->column >= n->keys[i]->column)
				*step = child->column - n->keys[i]->column;
		}
		look(child, s);
	}
}

struct yamlstyle yamlstyle_of(const struct yaml_node *root)
{
	struct yamlstyle s = {-1, -1};

	look(root, &s);
	if (s.map_step <= 0)
		s.map_step = s.seq_step > 0 ? s.seq_step : s.seq_step == 0 ? 2 : DEFAULT_STEP;
	if (s.seq_step < 0)
		s.seq_step = s.map_step;
	return s;
}

struct yamlval yamlval_scalar(struct arena *a, struct str s)
{
	return (struct yamlval){yaml_new_scalar(a, s, false), {0}, no_keys};
}

struct yamlval yamlval_plain(struct arena *a, const char *word)
{
	return (struct yamlval){yaml_new_scalar(a, str_z(word), true), {0}, no_keys};
}

struct yamlval yamlval_list(struct arena *a, const struct strv *items)
{
	struct yaml_node *seq = yaml_new_seq(a, items->n);

	for (size_t i = 0; i < items->n; i++)
		seq->items[i] = yaml_new_scalar(a, str_z(items->v[i]), false);
	return (struct yamlval){seq, {0}, no_keys};
}

/* The text with LF only, without a BOM and blank first lines (an item begins on the
 * line of its dash), ending in one line break, as it will in the file. */
static void normalise(struct str text, struct buf *out)
{
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_from(text, 3);
	while (text.n && strchr("\r\n", *text.p))
		text = str_from(text, 1);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
			buf_putc(out, text.p[i]);
	while (out->n && out->p[out->n - 1] == '\n')
		buf_cut(out, out->n - 1);
	buf_putc(out, '\n');
}

bool yamlval_text(struct yaml_doc *d, struct str text, struct yamlval *out, struct err *e)
{
	own_buf struct buf lf = {0};

	normalise(text, &lf);
	if (!yaml_parse(d, buf_view(&lf), "value", e))
		return err_as(e, ERR_INVALID_ARGUMENT);
	*out = (struct yamlval){d->root, {0}, no_keys};
	if (d->root)
		out->text = str_n(arena_strndup(&d->arena, lf.p, lf.n - 1), lf.n - 1);
	else
		out->node = yaml_new_scalar(&d->arena, STR("null"), true);
	return true;
}

static void put_indented(struct buf *out, struct str text, int indent)
{
	struct str line;

	for (bool first = true; str_split(&text, '\n', &line); first = false) {
		if (!first)
			buf_putc(out, '\n');
		if (line.n)
			yaml_put_indent(out, indent);
		buf_str(out, line);
	}
}

static void block_text(
	const struct yamlval *v, struct yamlcols cols, struct buf *head, struct buf *body)
{
	struct str rest = v->text, line;

	if (v->node->kind != YAML_SCALAR && !v->node->flow) {
		put_indented(body, v->text, v->node->kind == YAML_SEQ ? cols.seq : cols.map);
	} else if (str_split(&rest, '\n', &line)) {
		buf_str(head, str_trim(line));
		if (rest.p)
			put_indented(body, rest, cols.map);
	}
}

static void block_scalar(
	const struct yaml_node *n, struct yamlcols cols, struct buf *head, struct buf *body)
{
	own_buf struct buf all = {0};
	size_t nl;

	if (n->plain)
		buf_str(&all, n->text);
	else
		yaml_put_scalar(&all, n->text, cols.map);
	nl = str_find(buf_view(&all), '\n');
	buf_add(head, all.p, nl);
	if (nl < all.n)
		buf_add(body, all.p + nl + 1, all.n - nl - 1);
}

static void block_items(const struct yaml_node *seq, int column, struct buf *body)
{
	for (size_t i = 0; i < seq->n; i++) {
		struct yamlval item = {seq->items[i], {0}, no_keys};

		if (i)
			buf_putc(body, '\n');
		yamlval_item(body, column, &item);
	}
}

void yamlval_block(const struct yamlval *v, struct yamlcols cols, struct yamlstyle style,
	struct buf *head, struct buf *body)
{
	if (*v->keys) {
		struct yamlval inner = {v->node, v->text, v->keys + 1};

		yamlval_pair(body, cols.map, *v->keys, &inner, style);
	} else if (v->text.p) {
		block_text(v, cols, head, body);
	} else if (v->node->kind == YAML_SCALAR) {
		block_scalar(v->node, cols, head, body);
	} else if (v->node->n) {
		block_items(v->node, cols.seq, body);
	} else {
		buf_puts(head, "[]");
	}
}

void yamlval_pair(struct buf *out, int column, const char *key, const struct yamlval *v,
	struct yamlstyle style)
{
	struct yamlcols cols = {column + style.map_step, column + style.seq_step};
	own_buf struct buf head = {0}, body = {0};

	yamlval_block(v, cols, style, &head, &body);
	yaml_put_indent(out, column);
	yaml_put_inline(out, str_z(key), false);
	buf_putc(out, ':');
	if (head.n)
		buf_printf(out, " %s", buf_z(&head));
	if (body.n)
		buf_printf(out, "\n%s", buf_z(&body));
}

/* A plain scalar of a block may hold what ends one in a flow collection. */
static bool flow_safe(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(",[]{}:?#\n", s.p[i]))
			return false;
	return true;
}

static void flow_scalar(struct buf *out, const struct yaml_node *n, bool json)
{
	if (n->plain && n->text.n && flow_safe(n->text))
		buf_str(out, n->text);
	else if (n->plain && !n->text.n)
		buf_puts(out, "null");
	else if (json)
		yaml_put_double(out, n->text);
	else
		yaml_put_inline(out, n->text, true);
}

static void flow_node(struct buf *out, const struct yaml_node *n, bool json)
{
	if (n->kind == YAML_SCALAR) {
		flow_scalar(out, n, json);
		return;
	}
	buf_putc(out, n->kind == YAML_SEQ ? '[' : '{');
	for (size_t i = 0; i < n->n; i++) {
		if (i)
			buf_puts(out, ", ");
		if (n->kind == YAML_MAP) {
			flow_scalar(out, n->keys[i], json);
			buf_puts(out, ": ");
		}
		flow_node(out, n->items[i], json);
	}
	buf_putc(out, n->kind == YAML_SEQ ? ']' : '}');
}

void yamlval_flow(struct buf *out, const struct yamlval *v, bool json)
{
	size_t depth = 0;

	for (; v->keys[depth]; depth++) {
		struct yaml_node key = {.kind = YAML_SCALAR, .text = str_z(v->keys[depth])};

		buf_putc(out, '{');
		flow_scalar(out, &key, json);
		buf_puts(out, ": ");
	}
	flow_node(out, v->node, json);
	while (depth--)
		buf_putc(out, '}');
}

void yamlval_item(struct buf *out, int column, const struct yamlval *v)
{
	size_t start = out->n;

	if (v->text.p) {
		put_indented(out, v->text, column + 2);
	} else {
		yaml_put_indent(out, column + 2);
		if (v->node->kind == YAML_SCALAR && !v->node->plain)
			yaml_put_scalar(out, v->node->text, column + 2);
		else
			flow_node(out, v->node, false);
	}
	out->p[start + (size_t)column] = '-';
}
