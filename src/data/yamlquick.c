#include "data/yamlquick.h"

#include "base/utf8.h"

#define MAX_TEXT (64u << 10) /* far above a record; keeps us below yaml_parse()'s limits */
#define MAX_CHILDREN 64
#define MAX_DEPTH 4
#define MAX_KEY 128

struct quick {
	struct arena *arena;
	struct str text;
	size_t next; /* where the line behind the current one begins */
	int next_line;
	/* The current line that is neither blank nor a comment. */
	bool end; /* there is none */
	size_t indent, start;
	struct str body; /* without indent and line break */
	int line;
};

/* Of what is not ASCII only ranges that hold letters: no breaks (U+0085, U+2028),
 * no blanks, nothing that libyaml refuses. */
static bool common_char(uint32_t cp)
{
	return (cp >= 0xA1 && cp < 0x2000) || (cp > 0x3000 && cp < 0xD800);
}

static bool common_text(struct str text)
{
	for (size_t i = 0; i < text.n;) {
		unsigned char c = (unsigned char)text.p[i];
		uint32_t cp;

		if ((c >= 0x20 && c < 0x7F) || c == '\n') {
			i++;
			continue;
		}
		if (c < 0x80)
			return false;
		i += utf8_decode(str_from(text, i), &cp);
		if (!common_char(cp))
			return false;
	}
	return true;
}

static void advance(struct quick *q)
{
	while (q->next < q->text.n) {
		const char *p = q->text.p + q->next, *end;
		size_t left = q->text.n - q->next, n, indent = 0;

		end = memchr(p, '\n', left);
		n = end ? (size_t)(end - p) : left;
		while (indent < n && p[indent] == ' ')
			indent++;
		q->start = q->next + indent;
		q->line = q->next_line++;
		q->next += n + (end != NULL);
		if (indent == n || p[indent] == '#')
			continue;
		q->indent = indent;
		q->body = str_n(p + indent, n - indent);
		return;
	}
	q->end = true;
}

static bool key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* Length of the key that the line begins with, 0 when it is no simple one. */
static size_t key_len(struct str body)
{
	size_t n = 0;

	while (n < body.n && key_char(body.p[n]))
		n++;
	if (!n || body.p[0] == '-' || n > MAX_KEY || n == body.n || body.p[n] != ':')
		return 0;
	return n + 1 == body.n || body.p[n + 1] == ' ' ? n : 0;
}

static bool is_item(struct str body)
{
	return body.n > 2 && body.p[0] == '-' && body.p[1] == ' ';
}

/* A node for the current line's text from byte `at` of its body on. */
static struct yaml_node *node_at(struct quick *q, enum yaml_kind kind, size_t at, size_t len)
{
	struct yaml_node *n = arena_alloc(q->arena, sizeof(*n));

	n->kind = kind;
	n->start = q->start + at;
	n->end = n->start + len;
	n->line = q->line;
	n->column = (int)(q->indent + at);
	return n;
}

static void set_text(struct quick *q, struct yaml_node *n, struct str s)
{
	n->text = str_n(arena_strndup(q->arena, s.p, s.n), s.n);
}

/* '…' with '' for each quote; the text in place. */
static bool single_quoted(struct quick *q, struct yaml_node *n, struct str s)
{
	char *to = arena_alloc(q->arena, s.n);
	size_t len = 0;

	for (size_t i = 1; i + 1 < s.n; i++) {
		if (s.p[i] == '\'' && (i + 2 >= s.n || s.p[++i] != '\''))
			return false;
		to[len++] = s.p[i];
	}
	n->text = str_n(to, len);
	return s.n >= 2 && s.p[s.n - 1] == '\'';
}

static bool double_quoted(struct quick *q, struct yaml_node *n, struct str s)
{
	struct str inner;

	if (s.n < 2 || s.p[s.n - 1] != '"')
		return false;
	inner = str_n(s.p + 1, s.n - 2);
	set_text(q, n, inner);
	return str_find(inner, '"') == inner.n && str_find(inner, '\\') == inner.n;
}

static bool plain(struct quick *q, struct yaml_node *n, struct str s)
{
	char c = s.p[0];

	if (!(key_char(c) && c != '-') && !strchr("/.~$(", c) && (unsigned char)c < 0x80)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':' && (i + 1 == s.n || s.p[i + 1] == ' '))
			return false;
		if (s.p[i] == ' ' && (i + 1 == s.n || s.p[i + 1] == '#'))
			return false;
	}
	n->plain = true;
	set_text(q, n, s);
	return true;
}

/* The value that stands from byte `at` on to the line's end; NULL: not sure. */
static struct yaml_node *value_at(struct quick *q, size_t at)
{
	struct yaml_node *n;
	struct str s;
	bool seq, ok;

	while (at < q->body.n && q->body.p[at] == ' ')
		at++;
	s = str_from(q->body, at);
	if (!s.n)
		return NULL;
	seq = str_eq(s, STR("[]"));
	if (seq || str_eq(s, STR("{}"))) {
		n = node_at(q, seq ? YAML_SEQ : YAML_MAP, at, s.n);
		n->flow = true;
		return n;
	}
	n = node_at(q, YAML_SCALAR, at, s.n);
	if (s.p[0] == '\'')
		ok = single_quoted(q, n, s);
	else if (s.p[0] == '"')
		ok = double_quoted(q, n, s);
	else
		ok = plain(q, n, s);
	return ok ? n : NULL;
}

static struct yaml_node **keep(struct quick *q, struct yaml_node *const *v, size_t n)
{
	struct yaml_node **to = arena_alloc(q->arena, n * sizeof(struct yaml_node *));

	memcpy(to, v, n * sizeof(struct yaml_node *));
	return to;
}

static struct yaml_node *parse_list(struct quick *q)
{
	struct yaml_node *items[MAX_CHILDREN] = {0}, *seq = node_at(q, YAML_SEQ, 0, 0);
	size_t indent = q->indent;

	while (!q->end && q->indent == indent && is_item(q->body)) {
		if (seq->n == MAX_CHILDREN || !(items[seq->n] = value_at(q, 2)))
			return NULL;
		seq->end = items[seq->n++]->end;
		advance(q);
		if (!q->end && q->indent > indent)
			return NULL; /* the scalar goes on, or an item of another kind */
	}
	seq->items = keep(q, items, seq->n);
	return seq;
}

static bool key_is_new(struct yaml_node *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(keys[i]->text, keys[n]->text))
			return false;
	return true;
}

static struct yaml_node *parse_map(struct quick *q, int depth);

/* What stands below "key:"; `indent` is the key's. */
static struct yaml_node *parse_below(struct quick *q, size_t indent, int depth)
{
	size_t inner = q->indent;
	struct yaml_node *n;

	if (q->end || inner < indent || depth == MAX_DEPTH)
		return NULL;
	if (!is_item(q->body))
		return inner > indent ? parse_map(q, depth + 1) : NULL;
	n = parse_list(q);
	/* A list may stand as deep as its key, and only then may a key follow it. */
	return n && (inner == indent || q->end || q->indent < inner) ? n : NULL;
}

static struct yaml_node *parse_value(struct quick *q, size_t after_key, int depth)
{
	size_t indent = q->indent;
	struct yaml_node *n;

	if (after_key < q->body.n) {
		n = value_at(q, after_key);
		advance(q);
		return n && (q->end || q->indent <= indent) ? n : NULL;
	}
	advance(q);
	return parse_below(q, indent, depth);
}

static struct yaml_node *parse_map(struct quick *q, int depth)
{
	struct yaml_node *keys[MAX_CHILDREN] = {0}, *items[MAX_CHILDREN] = {0};
	struct yaml_node *map = node_at(q, YAML_MAP, 0, 0);
	size_t indent = q->indent;

	while (!q->end && q->indent == indent) {
		size_t len = key_len(q->body);

		if (!len || map->n == MAX_CHILDREN)
			return NULL;
		keys[map->n] = node_at(q, YAML_SCALAR, 0, len);
		keys[map->n]->plain = true;
		set_text(q, keys[map->n], str_n(q->body.p, len));
		if (!key_is_new(keys, map->n) || !(items[map->n] = parse_value(q, len + 1, depth)))
			return NULL;
		map->end = items[map->n++]->end;
	}
	if (!q->end && q->indent > indent)
		return NULL;
	map->keys = keep(q, keys, map->n);
	map->items = keep(q, items, map->n);
	return map;
}

bool yaml_quick(struct yaml_doc *d, struct str text)
{
	struct yaml_doc fresh = {.body_end = text.n};
	struct quick q = {.arena = &fresh.arena, .text = text, .next_line = 1};

	if (text.n > MAX_TEXT || !common_text(text))
		return false;
	advance(&q);
	if (!q.end && q.indent == 0)
		fresh.root = parse_map(&q, 1);
	if (!fresh.root || !q.end) {
		yaml_fini(&fresh);
		return false;
	}
	*d = fresh;
	return true;
}
