#include "data/codec_json.h"

#include "data/codec_yaml.h"

static struct yaml_node *node_of(struct arena *a, const json_t *j);

static struct yaml_node *scalar(struct arena *a, const char *p, size_t n, bool plain)
{
	struct yaml_node *node = arena_alloc(a, sizeof(*node));

	node->kind = YAML_SCALAR;
	node->plain = plain;
	node->text = str_n(arena_strndup(a, p, n), n);
	return node;
}

static struct yaml_node *word(struct arena *a, const char *z)
{
	return scalar(a, z, strlen(z), true);
}

static struct yaml_node *list_of(struct arena *a, const json_t *j)
{
	struct yaml_node *node = arena_alloc(a, sizeof(*node));

	node->kind = YAML_SEQ;
	node->n = json_array_size(j);
	node->items = arena_alloc(a, node->n * sizeof(struct yaml_node *));
	for (size_t i = 0; i < node->n; i++)
		node->items[i] = node_of(a, json_array_get(j, i));
	return node;
}

static struct yaml_node *map_of(struct arena *a, const json_t *j)
{
	struct yaml_node *node = arena_alloc(a, sizeof(*node));
	const char *key;
	json_t *value;

	node->kind = YAML_MAP;
	node->items = arena_alloc(a, json_object_size(j) * sizeof(struct yaml_node *));
	node->keys = arena_alloc(a, json_object_size(j) * sizeof(struct yaml_node *));
	json_object_foreach((json_t *)j, key, value)
	{
		node->keys[node->n] = scalar(a, key, strlen(key), false);
		node->items[node->n++] = node_of(a, value);
	}
	return node;
}

static struct yaml_node *node_of(struct arena *a, const json_t *j)
{
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return map_of(a, j);
	case JSON_ARRAY:
		return list_of(a, j);
	case JSON_STRING:
		return scalar(a, json_string_value(j), json_string_length(j), false);
	case JSON_INTEGER:
		return word(a, arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(j)));
	case JSON_REAL:
		return word(a, arena_printf(a, "%.17g", json_real_value(j)));
	case JSON_TRUE:
		return word(a, "true");
	case JSON_FALSE:
		return word(a, "false");
	case JSON_NULL:
		break;
	}
	return word(a, "null");
}

bool codec_from_json(
	const struct fields *t, void *rec, const json_t *object, const char *name, struct err *e)
{
	own_arena struct arena a = {0};

	return codec_from_yaml(t, rec, object ? node_of(&a, object) : NULL, name, e);
}

bool codec_read_json(
	const struct fields *t, void *rec, struct str text, const char *name, struct err *e)
{
	own_json json_t *j = NULL;

	if (json_read(text, name, &j, e))
		return codec_from_json(t, rec, j, name, e);
	fields_fini(t, rec);
	return false;
}

static void put_strings(struct json_out *j, const struct strv *l)
{
	jout_array(j);
	for (size_t i = 0; i < l->n; i++)
		jout_z(j, l->v[i]);
	jout_end(j);
}

static void put_strmap(struct json_out *j, const struct strmap *m)
{
	jout_object(j);
	for (size_t i = 0; i < m->keys.n; i++)
		jout_kv_z(j, m->keys.v[i], m->values.v[i]);
	jout_end(j);
}

static void put_lists(struct json_out *j, const struct lists *l)
{
	jout_object(j);
	for (size_t i = 0; i < l->n; i++) {
		jout_key(j, l->v[i].name);
		if (l->v[i].off)
			jout_bool(j, false);
		else
			put_strings(j, &l->v[i].list);
	}
	jout_end(j);
}

static void put_recs(struct json_out *j, const struct fields *t, struct recs r)
{
	jout_array(j);
	for (size_t i = 0; i < r.n; i++)
		codec_to_json(t, (char *)r.v + i * t->size, j);
	jout_end(j);
}

static void put_field(struct json_out *j, const struct field *f, const void *m)
{
	switch (f->type) {
	case F_STR:
		jout_str(j, str_z(*(char *const *)m));
		break;
	case F_BOOL:
		jout_bool(j, *(const bool *)m);
		break;
	case F_INT:
		jout_i64(j, *(const int64_t *)m);
		break;
	case F_LIST:
		put_strings(j, m);
		break;
	case F_MAP:
		put_strmap(j, m);
		break;
	case F_LISTS:
		put_lists(j, m);
		break;
	case F_REC:
		codec_to_json(f->sub, m, j);
		break;
	case F_RECS:
		put_recs(j, f->sub, recs_get(m));
		break;
	case F_TYPES:
		break;
	}
}

void codec_to_json(const struct fields *t, const void *rec, struct json_out *j)
{
	jout_object(j);
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->f[i];

		bool may_go = f->flags & F_OPT && !(f->flags & F_STAYS);

		if (f->flags & F_YAML || (may_go && fields_empty(f, rec)))
			continue;
		jout_key(j, f->name);
		put_field(j, f, (const char *)rec + f->offset);
	}
	jout_end(j);
}
