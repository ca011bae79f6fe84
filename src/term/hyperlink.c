#include "term/hyperlink.h"

#include <string.h>

enum { FIRST_IDS = 16, BYTES_MAX = 2 << 20 };

static uint32_t hash_of(struct str uri, struct str id)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < uri.n; i++)
		h = (h ^ (unsigned char)uri.p[i]) * 16777619u;
	for (size_t i = 0; i < id.n; i++)
		h = (h ^ (unsigned char)id.p[i]) * 16777619u;
	return h ^ h >> 15;
}

static void drop(struct links *s, struct tmem *m, uint32_t id)
{
	size_t n = (size_t)s->v[id].uri_n + s->v[id].id_n;

	tmem_free(m, s->v[id].text, n);
	s->bytes -= n;
	s->v[id] = (struct link){0};
}

void links_fini(struct links *s, struct tmem *m)
{
	for (uint32_t id = 1; id < s->n; id++)
		if (s->v[id].text)
			drop(s, m, id);
	tmem_free(m, s->v, s->cap * sizeof(*s->v));
	tmem_free(m, s->index, 2 * (size_t)s->cap * sizeof(*s->index));
	*s = (struct links){0};
}

static void put_index(struct links *s, uint32_t id)
{
	uint32_t mask = 2 * s->cap - 1, i = s->v[id].hash & mask;

	while (s->index[i])
		i = (i + 1) & mask;
	s->index[i] = (uint16_t)id;
}

static int take_id(struct links *s)
{
	if (s->n < s->cap)
		return (int)s->n++;
	for (; s->scan < s->n; s->scan++)
		if (s->scan && !s->v[s->scan].text)
			return (int)s->scan;
	return -1;
}

static int find(const struct links *s, uint32_t hash, struct str uri, struct str id)
{
	uint32_t mask = 2 * s->cap - 1;

	for (uint32_t i = hash & mask; s->index[i]; i = (i + 1) & mask) {
		uint32_t at = s->index[i];

		if (s->v[at].hash == hash && str_eq(link_uri(s, at), uri) &&
			str_eq(link_id(s, at), id))
			return (int)at;
	}
	return 0;
}

int links_id(struct links *s, struct tmem *m, struct str uri, struct str id)
{
	uint32_t hash = hash_of(uri, id);
	size_t n = uri.n + id.n;
	char *text;
	int at;

	if (!uri.n || uri.n > LINK_BYTES || id.n > LINK_ID_BYTES)
		return 0;
	if (!s->cap)
		return -1;
	at = find(s, hash, uri, id);
	if (at)
		return at;
	text = s->bytes + n <= BYTES_MAX ? tmem_alloc(m, n) : NULL;
	at = text ? take_id(s) : -1;
	if (at < 0) {
		tmem_free(m, text, n);
		return -1;
	}
	memcpy(text, uri.p, uri.n);
	if (id.n)
		memcpy(text + uri.n, id.p, id.n);
	s->v[at] = (struct link){text, (uint16_t)uri.n, (uint16_t)id.n, hash};
	s->bytes += n;
	s->live++;
	put_index(s, (uint32_t)at);
	return at;
}

bool links_grow(struct links *s, struct tmem *m)
{
	uint32_t to = s->cap ? s->cap * 2 : FIRST_IDS;
	struct link *v;
	uint16_t *index;

	if (to > LINKS_MAX + 1u || s->n < s->cap)
		return false;
	v = tmem_zalloc(m, to * sizeof(*v));
	index = v ? tmem_zalloc(m, 2 * (size_t)to * sizeof(*index)) : NULL;
	if (!index) {
		tmem_free(m, v, to * sizeof(*v));
		return false;
	}
	if (s->n)
		memcpy(v, s->v, s->n * sizeof(*v));
	tmem_free(m, s->v, s->cap * sizeof(*s->v));
	tmem_free(m, s->index, 2 * (size_t)s->cap * sizeof(*s->index));
	s->v = v;
	s->index = index;
	s->cap = to;
	s->n = s->n ? s->n : 1;
	for (uint32_t id = 1; id < s->n; id++)
		if (s->v[id].text)
			put_index(s, id);
	return true;
}

void links_sweep(struct links *s, struct tmem *m, const uint32_t *used)
{
	if (!s->cap)
		return;
	memset(s->index, 0, 2 * (size_t)s->cap * sizeof(*s->index));
	s->scan = s->live = 0;
	for (uint32_t id = 1; id < s->n; id++) {
		if (!s->v[id].text)
			continue;
		if (used[id / 32] >> (id % 32) & 1) {
			put_index(s, id);
			s->live++;
		} else {
			drop(s, m, id);
		}
	}
}
