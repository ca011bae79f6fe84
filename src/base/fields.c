#include "base/fields.h"

#include "base/mem.h"

void strmap_fini(struct strmap *m)
{
	strv_fini(&m->keys);
	strv_fini(&m->values);
}

static bool strmap_find(const struct strmap *m, const char *key, size_t *at)
{
	for (size_t i = 0; i < m->keys.n; i++) {
		if (z_eq(m->keys.v[i], key)) {
			*at = i;
			return true;
		}
	}
	return false;
}

void strmap_set(struct strmap *m, const char *key, const char *value)
{
	size_t i;

	if (strmap_find(m, key, &i)) {
		char *fresh = mem_strdup(value);

		free(m->values.v[i]);
		m->values.v[i] = fresh;
		return;
	}
	strv_add(&m->keys, key);
	strv_add(&m->values, value);
}

const char *strmap_get(const struct strmap *m, const char *key)
{
	size_t i;

	return strmap_find(m, key, &i) ? m->values.v[i] : NULL;
}

bool strmap_eq(const struct strmap *a, const struct strmap *b)
{
	return strv_eq(&a->keys, &b->keys) && strv_eq(&a->values, &b->values);
}

void lists_fini(struct lists *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		strv_fini(&l->v[i].list);
	}
	free(l->v);
	*l = (struct lists){0};
}

struct list_entry *lists_get(const struct lists *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (z_eq(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

struct list_entry *lists_add(struct lists *l, const char *name)
{
	struct list_entry *found = lists_get(l, name);

	if (found)
		return found;
	l->v = mem_array(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n] = (struct list_entry){.name = mem_strdup(name)};
	return &l->v[l->n++];
}

void lists_remove(struct lists *l, const char *name)
{
	struct list_entry *le = lists_get(l, name);

	if (!le)
		return;
	free(le->name);
	strv_fini(&le->list);
	l->n--;
	memmove(le, le + 1, (size_t)(l->v + l->n - le) * sizeof(*le));
}

void lists_copy(struct lists *to, const struct lists *from)
{
	struct lists fresh = {0};

	for (size_t i = 0; i < from->n; i++) {
		struct list_entry *le = lists_add(&fresh, from->v[i].name);

		strv_copy(&le->list, &from->v[i].list);
		le->off = from->v[i].off;
		le->line = from->v[i].line;
	}
	lists_fini(to);
	*to = fresh;
}

bool lists_eq(const struct lists *a, const struct lists *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct list_entry *le = lists_get(b, a->v[i].name);

		if (!le || le->off != a->v[i].off || !strv_eq(&le->list, &a->v[i].list))
			return false;
	}
	return true;
}

static void *member(const struct field *f, void *rec)
{
	return (char *)rec + f->offset;
}

static const void *member_c(const struct field *f, const void *rec)
{
	return (const char *)rec + f->offset;
}

struct recs recs_get(const void *member_at)
{
	struct recs r;

	memcpy(&r, member_at, sizeof(r));
	return r;
}

void recs_put(void *member_at, struct recs r)
{
	memcpy(member_at, &r, sizeof(r));
}

static void *recs_item(const struct fields *t, struct recs r, size_t i)
{
	return (char *)r.v + i * t->size;
}

static void recs_fini(const struct fields *t, void *m)
{
	struct recs r = recs_get(m);

	for (size_t i = 0; i < r.n; i++)
		fields_fini(t, recs_item(t, r, i));
	free(r.v);
	recs_put(m, (struct recs){0});
}

static void recs_copy(const struct fields *t, void *to, const void *from)
{
	struct recs src = recs_get(from), dst = {0};

	if (src.n)
		dst = (struct recs){mem_alloc(src.n * t->size), src.n};
	for (size_t i = 0; i < src.n; i++)
		fields_copy(t, recs_item(t, dst, i), recs_item(t, src, i));
	recs_put(to, dst);
}

static void field_fini(const struct field *f, void *m)
{
	switch (f->type) {
	case F_STR:
		free(*(char **)m);
		break;
	case F_LIST:
		strv_fini(m);
		break;
	case F_MAP:
		strmap_fini(m);
		break;
	case F_LISTS:
		lists_fini(m);
		break;
	case F_REC:
		fields_fini(f->sub, m);
		break;
	case F_RECS:
		recs_fini(f->sub, m);
		break;
	case F_BOOL:
	case F_INT:
	case F_TYPES:
		break;
	}
}

void fields_fini(const struct fields *t, void *rec)
{
	for (size_t i = 0; i < t->n; i++)
		field_fini(&t->f[i], member(&t->f[i], rec));
	memset(rec, 0, t->size);
}

static void field_copy(const struct field *f, void *to, const void *from)
{
	switch (f->type) {
	case F_STR:
		*(char **)to = mem_strdup(*(char *const *)from);
		break;
	case F_BOOL:
		*(bool *)to = *(const bool *)from;
		break;
	case F_INT:
		*(int64_t *)to = *(const int64_t *)from;
		break;
	case F_LIST:
		strv_copy(to, from);
		break;
	case F_MAP:
		strv_copy(&((struct strmap *)to)->keys, &((const struct strmap *)from)->keys);
		strv_copy(&((struct strmap *)to)->values, &((const struct strmap *)from)->values);
		break;
	case F_LISTS:
		lists_copy(to, from);
		break;
	case F_REC:
		fields_copy(f->sub, to, from);
		break;
	case F_RECS:
		recs_copy(f->sub, to, from);
		break;
	case F_TYPES:
		break;
	}
}

void fields_copy(const struct fields *t, void *to, const void *from)
{
	if (to == from)
		return;
	fields_fini(t, to);
	for (size_t i = 0; i < t->n; i++)
		field_copy(&t->f[i], member(&t->f[i], to), member_c(&t->f[i], from));
}

static bool records_equal(const struct fields *t, const void *a, const void *b)
{
	for (size_t i = 0; i < t->n; i++)
		if (!fields_equal(&t->f[i], a, b))
			return false;
	return true;
}

static bool recs_equal(const struct fields *t, const void *a, const void *b)
{
	struct recs x = recs_get(a), y = recs_get(b);

	if (x.n != y.n)
		return false;
	for (size_t i = 0; i < x.n; i++)
		if (!records_equal(t, recs_item(t, x, i), recs_item(t, y, i)))
			return false;
	return true;
}

bool fields_equal(const struct field *f, const void *a, const void *b)
{
	const void *x = member_c(f, a), *y = member_c(f, b);

	switch (f->type) {
	case F_STR:
		return z_eq(*(char *const *)x, *(char *const *)y);
	case F_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case F_INT:
		return *(const int64_t *)x == *(const int64_t *)y;
	case F_LIST:
		return strv_eq(x, y);
	case F_MAP:
		return strmap_eq(x, y);
	case F_LISTS:
		return lists_eq(x, y);
	case F_REC:
		return records_equal(f->sub, x, y);
	case F_RECS:
		return recs_equal(f->sub, x, y);
	case F_TYPES:
		break;
	}
	return false;
}

static bool record_empty(const struct fields *t, const void *rec)
{
	for (size_t i = 0; i < t->n; i++)
		if (!fields_empty(&t->f[i], rec))
			return false;
	return true;
}

bool fields_empty(const struct field *f, const void *rec)
{
	const void *m = member_c(f, rec);

	switch (f->type) {
	case F_STR:
		return !*(char *const *)m || !**(char *const *)m;
	case F_BOOL:
		return !*(const bool *)m;
	case F_INT:
		return !*(const int64_t *)m;
	case F_LIST:
		return !((const struct strv *)m)->n;
	case F_MAP:
		return !((const struct strmap *)m)->keys.n;
	case F_LISTS:
		return !((const struct lists *)m)->n;
	case F_REC:
		return record_empty(f->sub, m);
	case F_RECS:
		return !recs_get(m).n;
	case F_TYPES:
		break;
	}
	return true;
}
