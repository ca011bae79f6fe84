#include "term/cluster.h"

#include <string.h>

enum { FIRST_IDS = 64, FIRST_BYTES = 1024, IDS_MAX = 1 << 18 };

static uint32_t hash_of(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h ^ h >> 15;
}

void clusters_fini(struct clusters *s, struct tmem *m)
{
	tmem_free(m, s->v, s->cap * sizeof(*s->v));
	tmem_free(m, s->hash, 2 * (size_t)s->cap * sizeof(*s->hash));
	tmem_free(m, s->pool, s->pool_cap);
	*s = (struct clusters){0};
}

static void put_hash(struct clusters *s, uint32_t id)
{
	uint32_t mask = 2 * s->cap - 1, i = hash_of(cluster_text(s, id)) & mask;

	while (s->hash[i])
		i = (i + 1) & mask;
	s->hash[i] = id + 1;
}

static int32_t take_id(struct clusters *s)
{
	if (s->n < s->cap)
		return (int32_t)s->n++;
	for (; s->scan < s->n; s->scan++)
		if (!s->v[s->scan].n)
			return (int32_t)s->scan;
	return -1;
}

int32_t clusters_id(struct clusters *s, struct str text)
{
	uint32_t mask, i;
	int32_t id;

	if (!s->cap)
		return -1;
	mask = 2 * s->cap - 1;
	for (i = hash_of(text) & mask; s->hash[i]; i = (i + 1) & mask)
		if (str_eq(cluster_text(s, s->hash[i] - 1), text))
			return (int32_t)(s->hash[i] - 1);
	if (text.n > s->pool_cap - s->pool_n)
		return -1;
	id = take_id(s);
	if (id < 0)
		return -1;
	memcpy(s->pool + s->pool_n, text.p, text.n);
	s->v[id] = (struct cluster){.at = s->pool_n, .n = (uint16_t)text.n};
	s->pool_n += (uint32_t)text.n;
	s->hash[i] = (uint32_t)id + 1;
	s->live++;
	return id;
}

static bool grow_pool(struct clusters *s, struct tmem *m)
{
	uint32_t to = s->pool_cap ? s->pool_cap * 2 : FIRST_BYTES;
	char *p;

	if (to > CLUSTER_POOL_MAX)
		return false;
	p = tmem_resize(m, s->pool, s->pool_cap, to);
	if (!p)
		return false;
	s->pool = p;
	s->pool_cap = to;
	return true;
}

static bool grow_ids(struct clusters *s, struct tmem *m)
{
	uint32_t to = s->cap ? s->cap * 2 : FIRST_IDS;
	struct cluster *v = to <= IDS_MAX ? tmem_zalloc(m, to * sizeof(*v)) : NULL;
	uint32_t *hash = v ? tmem_zalloc(m, 2 * (size_t)to * sizeof(*hash)) : NULL;

	if (!hash) {
		tmem_free(m, v, to * sizeof(*v));
		return false;
	}
	if (s->n)
		memcpy(v, s->v, s->n * sizeof(*v));
	tmem_free(m, s->v, s->cap * sizeof(*s->v));
	tmem_free(m, s->hash, 2 * (size_t)s->cap * sizeof(*s->hash));
	s->v = v;
	s->hash = hash;
	s->cap = to;
	for (uint32_t id = 0; id < s->n; id++)
		if (s->v[id].n)
			put_hash(s, id);
	return true;
}

bool clusters_grow(struct clusters *s, struct tmem *m)
{
	bool ids = s->n == s->cap, pool = s->pool_cap - s->pool_n < CLUSTER_BYTES;

	if (ids && !grow_ids(s, m))
		return false;
	if (pool && !grow_pool(s, m))
		return false;
	return ids || pool;
}

void clusters_sweep(struct clusters *s, struct tmem *m, const uint32_t *used)
{
	char *pool = s->pool_cap ? tmem_alloc(m, s->pool_cap) : NULL;

	if (!pool)
		return;
	memset(s->hash, 0, 2 * (size_t)s->cap * sizeof(*s->hash));
	s->pool_n = s->live = s->scan = 0;
	for (uint32_t id = 0; id < s->n; id++) {
		struct cluster *c = &s->v[id];

		if (!c->n || !(used[id / 32] >> (id % 32) & 1)) {
			c->n = 0;
			continue;
		}
		memcpy(pool + s->pool_n, s->pool + c->at, c->n);
		c->at = s->pool_n;
		s->pool_n += c->n;
		s->live++;
	}
	tmem_free(m, s->pool, s->pool_cap);
	s->pool = pool;
	for (uint32_t id = 0; id < s->n; id++)
		if (s->v[id].n)
			put_hash(s, id);
}
