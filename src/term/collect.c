#include "term/engine.h"

/* Styles, clusters and links carry no reference counts: that would cost a memory
 * access a cell on the hottest way. When a table has grown past what is easy, the
 * cells of both screens are walked and what none of them holds is dropped. A walk
 * frees at least half of the table or the table doubles, so the cost per new id
 * stays bounded by a few cells; at the maximum, collect_wait spaces the walks. */

struct used {
	uint32_t *styles, *clusters, *links;
};

static size_t words(uint32_t bits)
{
	return (bits + 31) / 32;
}

static void set_bit(uint32_t *bits, uint32_t i, uint32_t cap)
{
	if (i < cap)
		bits[i / 32] |= UINT32_C(1) << (i % 32);
}

static void mark_cell(const struct term *t, cell_t c, struct used *u)
{
	if (c & CELL_LOOK) {
		set_bit(u->styles, cell_style(c), t->styles.cap);
		set_bit(u->links, cell_link(c), t->links.cap);
	}
	if (cell_is_cluster(c))
		set_bit(u->clusters, cell_text(c), t->clusters.cap);
}

static void mark_rows(const struct term *t, const struct row *rows, unsigned n, struct used *u)
{
	for (unsigned y = 0; y < n; y++)
		if (rows[y].flags & (ROW_RICH | ROW_STYLED))
			for (unsigned x = 0; x < rows[y].used; x++)
				mark_cell(t, rows[y].c[x], u);
}

static void used_fini(struct term *t, struct used *u)
{
	tmem_free(&t->mem, u->styles, words(t->styles.cap) * 4);
	tmem_free(&t->mem, u->clusters, words(t->clusters.cap) * 4);
	tmem_free(&t->mem, u->links, words(t->links.cap) * 4);
}

static void collect(struct term *t)
{
	struct used u = {tmem_zalloc(&t->mem, words(t->styles.cap) * 4),
		tmem_zalloc(&t->mem, words(t->clusters.cap) * 4),
		tmem_zalloc(&t->mem, words(t->links.cap) * 4)};

	if (u.styles && u.clusters && u.links) {
		mark_rows(t, t->screens[0].rows, t->rows, &u);
		mark_rows(t, t->screens[1].rows, t->rows, &u);
		if (t->extra)
			mark_rows(t, t->extra->rows, t->extra_rows, &u);
		mark_rows(t, &t->extra_row, 1, &u);
		mark_cell(t, t->cur.look, &u);
		mark_cell(t, t->cur.blank, &u);
		set_bit(u.links, t->cur.link, t->links.cap);
		styles_sweep(&t->styles, u.styles);
		clusters_sweep(&t->clusters, &t->mem, u.clusters);
		links_sweep(&t->links, &t->mem, u.links);
	}
	used_fini(t, &u);
}

/* Whether a collection may run now: at the maximum it frees little, and is not
 * repeated before as many requests as there are cells for every 64 of them. */
static bool may_collect(struct term *t)
{
	if (t->collect_wait) {
		t->collect_wait--;
		return false;
	}
	t->collect_wait = (uint32_t)t->cols * t->rows / 64;
	return true;
}

uint16_t style_id(struct term *t, const struct style *s)
{
	struct styles *v = &t->styles;
	int id = styles_id(v, s);

	if (id >= 0)
		return (uint16_t)id;
	if (v->cap < STYLES_EASY) {
		styles_grow(v, &t->mem);
	} else if (may_collect(t)) {
		collect(t);
		if (v->live <= v->cap / 2 || styles_grow(v, &t->mem))
			t->collect_wait = 0;
	}
	id = styles_id(v, s);
	return id < 0 ? 0 : (uint16_t)id;
}

int32_t cluster_id(struct term *t, struct str text)
{
	struct clusters *v = &t->clusters;
	int32_t id = clusters_id(v, text);

	if (id >= 0)
		return id;
	if (v->pool_cap < CLUSTER_POOL_EASY && v->cap < CLUSTER_POOL_EASY / 16) {
		clusters_grow(v, &t->mem);
	} else if (may_collect(t)) {
		collect(t);
		if ((v->pool_n <= v->pool_cap / 2 && v->live <= v->cap / 2) ||
			clusters_grow(v, &t->mem))
			t->collect_wait = 0;
	}
	return clusters_id(v, text);
}

uint16_t link_new(struct term *t, struct str uri, struct str id)
{
	struct links *v = &t->links;
	int at = links_id(v, &t->mem, uri, id);

	if (at >= 0)
		return (uint16_t)at;
	if (v->cap < LINKS_EASY && links_grow(v, &t->mem)) {
		at = links_id(v, &t->mem, uri, id);
	} else if (may_collect(t)) {
		collect(t);
		if (v->live <= v->cap / 2 || links_grow(v, &t->mem))
			t->collect_wait = 0;
		at = links_id(v, &t->mem, uri, id);
	}
	return at < 0 ? 0 : (uint16_t)at;
}
