#include "term/tmem.h"

#include <stdlib.h>

static bool fits(const struct tmem *m, size_t n)
{
	return n <= m->limit && m->used <= m->limit - n;
}

static void count(struct tmem *m, size_t n)
{
	m->used += n;
	if (m->used > m->peak)
		m->peak = m->used;
}

void *tmem_alloc(struct tmem *m, size_t n)
{
	void *p = fits(m, n) ? malloc(n ? n : 1) : NULL;

	if (p)
		count(m, n);
	return p;
}

void *tmem_zalloc(struct tmem *m, size_t n)
{
	void *p = fits(m, n) ? calloc(1, n ? n : 1) : NULL;

	if (p)
		count(m, n);
	return p;
}

void tmem_free(struct tmem *m, void *p, size_t n)
{
	if (!p)
		return;
	m->used -= n;
	free(p);
}

void *tmem_resize(struct tmem *m, void *p, size_t from, size_t to)
{
	void *q;

	if (to > from && !fits(m, to - from))
		return NULL;
	q = realloc(p, to ? to : 1);
	if (!q)
		return NULL;
	m->used -= p ? from : 0;
	count(m, to);
	return q;
}
