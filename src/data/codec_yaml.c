#include "data/codec_yaml.h"

#include "base/escape.h"
#include "base/num.h"

/* Where a record is being read from, for messages. */
struct source {
	const char *name;
	struct err *e;
};

static bool read_map(
	const struct source *src, const struct fields *t, void *rec, const struct yaml_node *map);

static bool wrong(
	const struct source *src, const struct yaml_node *n, const char *key, const char *need)
{
	own_buf struct buf shown = {0};
	char number[16];

	escape_text(&shown, str_z(key));
	if (!n || n->line <= 0) {
		err_set(src->e, ERR_METADATA_CORRUPTION, "%s: %s %s", src->name, buf_z(&shown),
			need);
		return err_field(src->e, "path", src->name);
	}
	snprintf(number, sizeof(number), "%d", n->line);
	err_set(src->e, ERR_METADATA_CORRUPTION, "%s:%s: %s %s", src->name, number, buf_z(&shown),
		need);
	err_field(src->e, "path", src->name);
	return err_field(src->e, "line", number);
}

static bool read_str(
	const struct source *src, char **to, const struct yaml_node *n, const char *key)
{
	if (n->kind != YAML_SCALAR)
		return wrong(src, n, key, "must be text");
	if (str_has_nul(n->text))
		return wrong(src, n, key, "holds a NUL character");
	free(*to);
	*to = mem_strndup(n->text.p, n->text.n);
	return true;
}

static bool read_bool(
	const struct source *src, bool *to, const struct yaml_node *n, const char *key)
{
	return yaml_bool(n, to) || wrong(src, n, key, "must be true or false");
}

static bool read_int(
	const struct source *src, int64_t *to, const struct yaml_node *n, const char *key)
{
	return (n->kind == YAML_SCALAR && n->plain && num_i64(n->text, to)) ||
	       wrong(src, n, key, "must be a whole number");
}

static bool add_item(
	const struct source *src, struct strv *to, const struct yaml_node *n, const char *key)
{
	char *z = NULL;

	if (yaml_null(n)) {
		strv_add(to, "");
		return true;
	}
	if (n->kind != YAML_SCALAR)
		return wrong(src, n, key, "must be a list of texts");
	if (!read_str(src, &z, n, key))
		return false;
	strv_take(to, z);
	return true;
}

static bool read_list(
	const struct source *src, struct strv *to, const struct yaml_node *n, const char *key)
{
	own_strv struct strv fresh = {0};

	if (n->kind == YAML_MAP)
		return wrong(src, n, key, "must be a list of texts");
	if (n->kind == YAML_SCALAR && !yaml_null(n) && !add_item(src, &fresh, n, key))
		return false;
	for (size_t i = 0; n->kind == YAML_SEQ && i < n->n; i++)
		if (!add_item(src, &fresh, n->items[i], key))
			return false;
	strv_fini(to);
	*to = fresh;
	fresh = (struct strv){0};
	return true;
}

/* A key as C string, in the arena of nobody: the caller frees it. */
static bool read_key(
	const struct source *src, char **to, const struct yaml_node *key, const char *field)
{
	*to = NULL;
	return read_str(src, to, key, field);
}

static bool read_strmap(
	const struct source *src, struct strmap *to, const struct yaml_node *n, const char *key)
{
	if (n->kind != YAML_MAP)
		return wrong(src, n, key, "must be a map of names to texts");
	strmap_fini(to);
	for (size_t i = 0; i < n->n; i++) {
		own_mem char *name = NULL, *value = NULL;

		if (!read_key(src, &name, n->keys[i], key))
			return false;
		if (yaml_null(n->items[i]))
			value = mem_strdup("");
		else if (!read_str(src, &value, n->items[i], name))
			return false;
		strmap_set(to, name, value);
	}
	return true;
}

static bool read_lists(
	const struct source *src, struct lists *to, const struct yaml_node *n, const char *key)
{
	if (n->kind != YAML_MAP)
		return wrong(src, n, key, "must be a map of names to lists");
	lists_fini(to);
	for (size_t i = 0; i < n->n; i++) {
		own_mem char *name = NULL;
		struct list_entry *le;
		bool on = true;

		if (!read_key(src, &name, n->keys[i], key))
			return false;
		le = lists_add(to, name);
		le->line = n->keys[i]->line;
		le->off = yaml_bool(n->items[i], &on) && !on;
		if (!le->off && !read_list(src, &le->list, n->items[i], name))
			return false;
	}
	return true;
}

static bool has_identity(const struct source *src, const struct fields *t, const void *rec,
	const struct yaml_node *map)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->f[i].flags & F_ID && fields_empty(&t->f[i], rec))
			return wrong(src, map, t->f[i].name, "is missing");
	return true;
}

static bool read_recs(
	const struct source *src, const struct field *f, void *m, const struct yaml_node *n)
{
	struct recs r = {0};

	if (n->kind != YAML_SEQ)
		return wrong(src, n, f->name, "must be a list");
	fields_fini(&(struct fields){.f = f, .n = 1}, (char *)m - f->offset);
	for (size_t i = 0; i < n->n; i++) {
		char *item;

		if (n->items[i]->kind != YAML_MAP)
			return wrong(src, n->items[i], f->name, "must be a list of maps");
		r.v = mem_array(r.v, r.n + 1, f->sub->size);
		item = (char *)r.v + r.n++ * f->sub->size;
		memset(item, 0, f->sub->size);
		recs_put(m, r); /* at once: on failure the record frees it */
		if (!read_map(src, f->sub, item, n->items[i]) ||
			!has_identity(src, f->sub, item, n->items[i]))
			return false;
	}
	return true;
}

static bool read_field(
	const struct source *src, const struct field *f, void *rec, const struct yaml_node *n)
{
	void *m = (char *)rec + f->offset;

	switch (f->type) {
	case F_STR:
		return read_str(src, m, n, f->name);
	case F_BOOL:
		return read_bool(src, m, n, f->name);
	case F_INT:
		return read_int(src, m, n, f->name);
	case F_LIST:
		return read_list(src, m, n, f->name);
	case F_MAP:
		return read_strmap(src, m, n, f->name);
	case F_LISTS:
		return read_lists(src, m, n, f->name);
	case F_REC:
		if (n->kind != YAML_MAP)
			return wrong(src, n, f->name, "must be a map");
		return read_map(src, f->sub, m, n);
	case F_RECS:
		return read_recs(src, f, m, n);
	case F_TYPES:
		break;
	}
	return true;
}

static bool read_map(
	const struct source *src, const struct fields *t, void *rec, const struct yaml_node *map)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct yaml_node *n = yaml_get(map, t->f[i].name);

		if (t->f[i].flags & F_SHOWN || yaml_null(n))
			continue;
		if (!read_field(src, &t->f[i], rec, n))
			return false;
	}
	return true;
}

bool codec_from_yaml(const struct fields *t, void *rec, const struct yaml_node *map,
	const char *name, struct err *e)
{
	struct source src = {name, e};

	if (!yaml_null(map) && map->kind != YAML_MAP) {
		wrong(&src, map, t->what, "must be a map");
	} else if (read_map(&src, t, rec, map) && has_identity(&src, t, rec, map)) {
		return true;
	}
	fields_fini(t, rec);
	return false;
}

bool codec_read_yaml(
	const struct fields *t, void *rec, struct str text, const char *name, struct err *e)
{
	own_yaml struct yaml_doc doc = {0};

	if (yaml_parse(&doc, text, name, e))
		return codec_from_yaml(t, rec, doc.root, name, e);
	fields_fini(t, rec);
	return false;
}

static void write_map(
	const struct fields *t, const void *rec, unsigned skip, int indent, struct buf *out);

/* "key:" and what `body` holds, or "key:" and `none` when that is nothing. */
static void put_nested(
	struct buf *out, int indent, const char *key, const struct buf *body, const char *none)
{
	yaml_put_indent(out, indent);
	buf_printf(out, "%s:%s\n", key, body->n ? "" : none);
	buf_str(out, buf_view(body));
}

static void put_word(struct buf *out, int indent, const char *key, const char *word)
{
	yaml_put_indent(out, indent);
	yaml_put_inline(out, str_z(key), false);
	buf_printf(out, ": %s\n", word);
}

static void write_strmap(const struct strmap *m, int indent, struct buf *out)
{
	for (size_t i = 0; i < m->keys.n; i++)
		yaml_put_pair(out, indent, m->keys.v[i], str_z(m->values.v[i]));
}

static void write_lists(const struct lists *l, int indent, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].off)
			put_word(out, indent, l->v[i].name, "false");
		else
			yaml_put_list(out, indent, l->v[i].name, &l->v[i].list);
	}
}

/* "- first: 1" and the further keys below it. */
static void write_recs(
	const struct fields *t, struct recs r, unsigned skip, int indent, struct buf *out)
{
	for (size_t i = 0; i < r.n; i++) {
		size_t start = out->n;

		write_map(t, (char *)r.v + i * t->size, skip, indent + 2, out);
		if (out->n > start) {
			out->p[start + (size_t)indent] = '-';
		} else {
			yaml_put_indent(out, indent);
			buf_puts(out, "- {}\n");
		}
	}
}

static void write_field(
	const struct field *f, const void *rec, unsigned skip, int indent, struct buf *out)
{
	const void *m = (const char *)rec + f->offset;
	own_buf struct buf body = {0};
	char number[24];

	switch (f->type) {
	case F_STR:
		yaml_put_pair(out, indent, f->name, str_z(*(char *const *)m));
		return;
	case F_BOOL:
		put_word(out, indent, f->name, *(const bool *)m ? "true" : "false");
		return;
	case F_INT:
		snprintf(number, sizeof(number), "%lld", (long long)*(const int64_t *)m);
		put_word(out, indent, f->name, number);
		return;
	case F_LIST:
		yaml_put_list(out, indent, f->name, m);
		return;
	case F_MAP:
		write_strmap(m, indent + 4, &body);
		break;
	case F_LISTS:
		write_lists(m, indent + 4, &body);
		break;
	case F_REC:
		write_map(f->sub, m, skip, indent + 4, &body);
		break;
	case F_RECS:
		write_recs(f->sub, recs_get(m), skip, indent + 4, &body);
		break;
	case F_TYPES:
		return;
	}
	put_nested(out, indent, f->name, &body, f->type == F_RECS ? " []" : " {}");
}

static void write_map(
	const struct fields *t, const void *rec, unsigned skip, int indent, struct buf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->f[i];
		bool stays = skip & F_YAML && f->flags & F_STAYS;
		bool may_go = f->flags & F_OPT && !stays;

		if (!(f->flags & skip) && !(may_go && fields_empty(f, rec)))
			write_field(f, rec, skip, indent, out);
	}
}

void codec_to_yaml(const struct fields *t, const void *rec, struct buf *out)
{
	write_map(t, rec, F_SHOWN, 0, out);
}

void codec_show_yaml(const struct fields *t, const void *rec, struct buf *out)
{
	write_map(t, rec, F_YAML, 0, out);
}
