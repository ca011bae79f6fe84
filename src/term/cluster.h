/* cluster.h - cells of more than one code point, interned
 *
 * A cluster is the UTF-8 of a base character and what joins it (marks, joiners,
 * the second half of a flag), at most CLUSTER_BYTES long; what comes after that
 * is dropped. Cells hold its id. Clusters are never changed: a mark that arrives
 * later makes a new one, and the owner collects what no cell holds (collect.c).
 */
#ifndef TERM_CLUSTER_H
#define TERM_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "term/tmem.h"

/* A cell's text is bounded so that the work for one more mark is: 255 bytes are
 * 120 marks, and the largest emoji sequence of Unicode 15 has 35. */
enum { CLUSTER_BYTES = 255, CLUSTER_POOL_EASY = 64 << 10, CLUSTER_POOL_MAX = 4 << 20 };

struct cluster {
	uint32_t at; /* in the pool */
	uint16_t n;  /* bytes; 0: a free id */
};

struct clusters {
	struct cluster *v;
	uint32_t *hash; /* ids + 1; 2 * cap entries, cap a power of two */
	char *pool;
	uint32_t n, cap, scan, live;
	uint32_t pool_n, pool_cap;
};

void clusters_fini(struct clusters *s, struct tmem *m);
/* The id of the text, adding it when there is room; -1 when the tables are full. */
int32_t clusters_id(struct clusters *s, struct str text);
bool clusters_grow(struct clusters *s, struct tmem *m);
/* Drops the ids whose bit is not set and closes the gaps in the pool; does
 * nothing when there is no memory for a second pool. */
void clusters_sweep(struct clusters *s, struct tmem *m, const uint32_t *used);

static inline struct str cluster_text(const struct clusters *s, uint32_t id)
{
	return id < s->n ? str_n(s->pool + s->v[id].at, s->v[id].n) : str_n("", 0);
}

#endif
