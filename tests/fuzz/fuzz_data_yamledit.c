/* After an edit the file means exactly what was intended, and lines of other
 * keys have the bytes they had. Input: file, then any number of edits, all split
 * at NUL: a letter (s p l y a r), the path with dots, newline, the value. */
#include "base/utf8.h"
#include "data/yamledit.h"
#include "data/yamlspan.h"
#include "fuzz.h"

#define MAX_EDITS 4

struct edit {
	char op;
	struct strv path, items;
	struct str value;
};

static void edit_fini(struct edit *ed)
{
	strv_fini(&ed->path);
	strv_fini(&ed->items);
}

static bool parse_edit(struct str s, struct edit *ed)
{
	struct str path, piece, rest;

	if (s.n < 2 || !strchr("splyar", *s.p))
		return false;
	ed->op = *s.p;
	path = str_n(s.p + 1, str_find(str_from(s, 1), '\n'));
	ed->value = str_from(s, path.n + 2);
	while (str_split(&path, '.', &piece))
		strv_addn(&ed->path, piece);
	for (rest = ed->value; str_split(&rest, '|', &piece);)
		strv_addn(&ed->items, piece);
	return ed->path.n <= 4;
}

static const char *const *path_of(const struct edit *ed)
{
	return (const char *const *)ed->path.v;
}

static bool apply(struct yamledit *y, const struct edit *ed, struct err *e)
{
	own_buf struct buf z = {0};

	buf_str(&z, ed->value);
	switch (ed->op) {
	case 's':
		return yamledit_set(y, path_of(ed), ed->value, e);
	case 'p':
		return yamledit_set_plain(y, path_of(ed), ed->value.n % 2 ? "true" : "17", e);
	case 'l':
		return yamledit_set_list(y, path_of(ed), &ed->items, e);
	case 'y':
		return yamledit_set_yaml(y, path_of(ed), ed->value, e);
	case 'a':
		return yamledit_append(y, path_of(ed), ed->value, e);
	default:
		return yamledit_remove(y, path_of(ed), e);
	}
}

static const struct yaml_node *find(const struct yaml_node *n, const struct strv *path)
{
	for (size_t i = 0; n && i < path->n; i++)
		n = yaml_get(n, path->v[i]);
	return n;
}

static void check_value(const struct yaml_node *n, const struct edit *ed)
{
	if (ed->op == 'r')
		HOLDS(!n);
	else
		HOLDS(n);
	if (ed->op == 's')
		HOLDS(n->kind == YAML_SCALAR && str_eq(n->text, ed->value) && !yaml_null(n));
	if (ed->op == 'p')
		HOLDS(n->plain && str_eqz(n->text, ed->value.n % 2 ? "true" : "17"));
	if (ed->op == 'a')
		HOLDS(n->kind == YAML_SEQ && n->n > 0);
	if (ed->op != 'l')
		return;
	HOLDS(n->kind == YAML_SEQ && n->n == ed->items.n);
	for (size_t i = 0; i < n->n; i++)
		HOLDS(str_eqz(n->items[i]->text, ed->items.v[i]));
}

/* A key of the root: what stands before its line and behind its value is as it was. */
static void check_lines(
	struct str before, const struct yaml_node *root, struct str after, const char *key)
{
	size_t i, start, end;

	if (!root || root->kind != YAML_MAP || !root->n)
		return;
	i = yaml_index(root, key);
	if (i < root->n) {
		start = span_line_start(before, root->keys[i]->start);
		end = span_line_next(before, root->items[i]->end);
		if (root->flow && i > 0)
			start = root->items[i - 1]->start;
		if (root->flow)
			end = i + 1 < root->n ? root->keys[i + 1]->start : root->end - 1;
	} else {
		start = end = span_line_end(before, root->items[root->n - 1]->end);
		if (root->flow) {
			start = root->keys[root->n - 1]->end;
			end = root->end - 1;
		}
	}
	HOLDS(str_starts(after, str_n(before.p, start)));
	HOLDS(str_ends(after, str_from(before, end)));
}

/* Everything but the path means the same. */
static void check_rest(
	const struct yaml_node *old, const struct yaml_node *new, const struct edit *ed)
{
	own_arena struct arena a = {0};
	const struct yaml_node *n = old;

	for (size_t i = 0; i < ed->path.n; i++) {
		if (!n || n->kind != YAML_MAP || !n->n)
			return; /* parents were made or filled */
		n = yaml_get(n, ed->path.v[i]);
	}
	old = yaml_without(&a, old, path_of(ed));
	new = yaml_without(&a, new, path_of(ed));
	HOLDS(yaml_same(old, new) || (ed->op == 'r' && new && !new->n));
}

static void one_edit(struct yamledit *y, const struct edit *ed)
{
	own_buf struct buf before = {0};
	own_yaml struct yaml_doc old = {0}, new = {0};
	own_err struct err e = {0};

	buf_str(&before, buf_view(&y->text));
	HOLDS(yaml_parse(&old, buf_view(&before), "f", NULL));
	if (!apply(y, ed, &e)) {
		HOLDS(e.kind == ERR_PRECONDITION_FAILED || e.kind == ERR_INVALID_ARGUMENT);
		HOLDS(str_eq(buf_view(&before), buf_view(&y->text)));
		return;
	}
	HOLDS(yaml_parse(&new, buf_view(&y->text), "f", NULL));
	HOLDS(yaml_same(new.root, y->doc.root));
	check_value(find(new.root, &ed->path), ed);
	check_rest(old.root, new.root, ed);
	if (ed->path.n == 1)
		check_lines(buf_view(&before), old.root, buf_view(&y->text), ed->path.v[0]);
}

/* Any text can be written, and reads back. */
static void check_scalar(struct str s)
{
	own_buf struct buf b = {0};
	own_yaml struct yaml_doc d = {0};

	if (!utf8_valid(s) || str_has_nul(s))
		return;
	yaml_put_pair(&b, 2, "k", s);
	buf_puts(&b, "  f: [");
	yaml_put_inline(&b, s, true);
	buf_puts(&b, ", ");
	yaml_put_double(&b, s);
	buf_puts(&b, "]\n");
	HOLDS(yaml_parse(&d, buf_view(&b), "f", NULL));
	HOLDS(str_eq(yaml_get(d.root, "k")->text, s));
	for (size_t i = 0; i < 2; i++) {
		HOLDS(str_eq(yaml_get(d.root, "f")->items[i]->text, s));
		HOLDS(!yaml_null(yaml_get(d.root, "f")->items[i]));
	}
}

FUZZ(input)
{
	struct str rest = input, piece;
	struct yamledit y = {0};

	if (!str_split(&rest, '\0', &piece) || !yamledit_open(&y, piece, "f", NULL))
		return;
	for (int i = 0; i < MAX_EDITS && str_split(&rest, '\0', &piece); i++) {
		struct edit ed = {0};

		if (parse_edit(piece, &ed)) {
			check_scalar(ed.value);
			one_edit(&y, &ed);
		}
		edit_fini(&ed);
	}
	yamledit_close(&y);
}
