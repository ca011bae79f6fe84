#include "term/cellstyle.h"

#include <string.h>

enum { STYLES_FIRST = 64 };

static uint32_t hash_of(const struct style *s)
{
	uint64_t a = ((uint64_t)s->fg << 32 | s->bg) * UINT64_C(0x9E3779B97F4A7C15);
	uint64_t b = ((uint64_t)s->ul << 32 | s->attrs) * UINT64_C(0xC2B2AE3D27D4EB4F);

	a ^= b ^ (a >> 29);
	return (uint32_t)((a * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
}

static bool room(struct tmem *m, uint32_t cap, struct styles *s)
{
	size_t words = (cap + 31) / 32;

	s->v = tmem_zalloc(m, cap * sizeof(*s->v));
	s->hash = tmem_zalloc(m, 2 * (size_t)cap * sizeof(*s->hash));
	s->free = tmem_zalloc(m, words * sizeof(*s->free));
	s->cap = cap;
	if (s->v && s->hash && s->free)
		return true;
	styles_fini(s, m);
	return false;
}

bool styles_init(struct styles *s, struct tmem *m)
{
	*s = (struct styles){.n = 1, .live = 1};
	return room(m, STYLES_FIRST, s);
}

void styles_fini(struct styles *s, struct tmem *m)
{
	tmem_free(m, s->v, s->cap * sizeof(*s->v));
	tmem_free(m, s->hash, 2 * (size_t)s->cap * sizeof(*s->hash));
	tmem_free(m, s->free, (s->cap + 31) / 32 * sizeof(*s->free));
	*s = (struct styles){0};
}

static void put_hash(struct styles *s, uint32_t id)
{
	uint32_t mask = 2 * s->cap - 1, i = hash_of(&s->v[id]) & mask;

	while (s->hash[i])
		i = (i + 1) & mask;
	s->hash[i] = (uint16_t)id;
}

static int take_id(struct styles *s)
{
	if (s->n < s->cap)
		return (int)s->n++;
	for (; s->scan < (s->cap + 31) / 32; s->scan++) {
		uint32_t w = s->free[s->scan];

		if (w) {
			s->free[s->scan] = w & (w - 1);
			return (int)(s->scan * 32 + (uint32_t)__builtin_ctz(w));
		}
	}
	return -1;
}

int styles_id(struct styles *s, const struct style *st)
{
	uint32_t mask = 2 * s->cap - 1, i;
	int id;

	if (style_is_default(st))
		return 0;
	for (i = hash_of(st) & mask; s->hash[i]; i = (i + 1) & mask)
		if (style_eq(&s->v[s->hash[i]], st))
			return s->hash[i];
	id = take_id(s);
	if (id < 0)
		return -1;
	s->v[id] = *st;
	s->v[id].pad = 0;
	s->hash[i] = (uint16_t)id;
	s->live++;
	return id;
}

bool styles_grow(struct styles *s, struct tmem *m)
{
	struct styles old = *s, bigger = {.n = old.n, .live = old.live};

	if (old.cap >= STYLES_MAX + 1u || !room(m, old.cap * 2, &bigger))
		return false;
	memcpy(bigger.v, old.v, old.n * sizeof(*old.v));
	memcpy(bigger.free, old.free, (old.cap + 31) / 32 * sizeof(*old.free));
	*s = bigger;
	for (uint32_t id = 1; id < s->n; id++)
		if (!(s->free[id / 32] >> (id % 32) & 1))
			put_hash(s, id);
	styles_fini(&old, m);
	return true;
}

void styles_sweep(struct styles *s, const uint32_t *used)
{
	memset(s->hash, 0, 2 * (size_t)s->cap * sizeof(*s->hash));
	s->scan = 0;
	s->live = 1;
	for (uint32_t id = 1; id < s->n; id++) {
		uint32_t bit = UINT32_C(1) << (id % 32);

		if (used[id / 32] & bit) {
			s->free[id / 32] &= ~bit;
			s->live++;
			put_hash(s, id);
		} else {
			s->free[id / 32] |= bit;
		}
	}
}
