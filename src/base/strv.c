#include "base/strv.h"

#include "base/buf.h"
#include "base/mem.h"

void strv_fini(struct strv *l)
{
	strv_clear(l);
	free(l->v);
	*l = (struct strv){0};
}

void strv_take(struct strv *l, char *malloced)
{
	if (l->n + 2 > l->cap) {
		l->cap = l->cap ? l->cap * 2 : 8;
		l->v = mem_array(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n++] = malloced;
	l->v[l->n] = NULL;
}

void strv_addn(struct strv *l, struct str s)
{
	strv_take(l, mem_strndup(s.p, s.n));
}

void strv_add(struct strv *l, const char *z)
{
	strv_addn(l, str_z(z));
}

void strv_addf(struct strv *l, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	strv_take(l, buf_steal(&b));
}

void strv_all(struct strv *l, const struct strv *other)
{
	for (size_t i = 0; i < other->n; i++)
		strv_add(l, other->v[i]);
}

void strv_copy(struct strv *to, const struct strv *from)
{
	struct strv fresh = {0};

	strv_all(&fresh, from);
	strv_fini(to);
	*to = fresh;
}

void strv_clear(struct strv *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	l->n = 0;
	if (l->v)
		l->v[0] = NULL;
}

void strv_remove(struct strv *l, size_t i)
{
	free(l->v[i]);
	memmove(l->v + i, l->v + i + 1, (l->n - i) * sizeof(*l->v));
	l->n--;
}

bool strv_has(const struct strv *l, const char *z)
{
	for (size_t i = 0; i < l->n; i++)
		if (z_eq(l->v[i], z))
			return true;
	return false;
}

bool strv_eq(const struct strv *a, const struct strv *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!z_eq(a->v[i], b->v[i]))
			return false;
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_bytes);
}
