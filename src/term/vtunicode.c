#include "term/engine.h"

/* The fast way for text beyond ASCII: whole clusters straight from the bytes to the
 * cells of one row. Whatever is unusual is left to vtprint.c, which does the same
 * one code point at a time. */

struct glyph {
	uint32_t cp;
	uint8_t prop, len; /* len 0: ASCII, or not well formed, or cut off */
};

static bool tail_bytes(const uint8_t *p, unsigned n)
{
	for (unsigned i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return false;
	return true;
}

static struct glyph peek(const uint8_t *p, size_t n)
{
	struct glyph g = {0};

	if (n >= 3 && (p[0] & 0xF0) == 0xE0 && tail_bytes(p, 3)) {
		g.cp = (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63u);
		g.len = g.cp >= 0x800 && (g.cp & 0xF800) != 0xD800 ? 3 : 0;
	} else if (n >= 2 && (p[0] & 0xE0) == 0xC0 && tail_bytes(p, 2)) {
		g.cp = (uint32_t)(p[0] & 31) << 6 | (p[1] & 63u);
		g.len = g.cp >= 0xA0 ? 2 : 0;
	} else if (n >= 4 && (p[0] & 0xF8) == 0xF0 && tail_bytes(p, 4)) {
		g.cp = (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 |
		       (uint32_t)(p[2] & 63) << 6 | (p[3] & 63u);
		g.len = g.cp >= 0x10000 && g.cp <= 0x10FFFF ? 4 : 0;
	}
	g.prop = g.len ? uniprop(g.cp) : 0;
	return g;
}

/* Whether the glyph joins what stands left of column x. */
static bool joins_left(const struct term *t, const struct row *r, unsigned x, const struct glyph *g)
{
	uint32_t last;
	cell_t c;

	if (!x || !mode_on(t, MODE_CLUSTERS))
		return false;
	c = r->c[x - 1];
	if (x > 1 && cell_kind(c) == CELL_TAIL)
		c = r->c[x - 2];
	if (!cell_is_cluster(c)) {
		enum gcb left = uniprop_gcb(uniprop(cell_text(c)));

		/* A lone picture has no joiner behind it; syllables join jamo only. */
		if (left != GCB_RI && left != GCB_L)
			return false;
	}
	return !print_breaks(t, c, g->cp, &last);
}

static bool begins_cell(
	const struct term *t, const struct row *r, unsigned x, const struct glyph *g)
{
	switch (uniprop_gcb(g->prop)) {
	case GCB_OTHER:
		return uniprop_width(g->prop) != 0;
	case GCB_PICT:
	case GCB_RI:
	case GCB_L:
	case GCB_LV:
	case GCB_LVT:
		return uniprop_width(g->prop) && !joins_left(t, r, x, g);
	default:
		return false;
	}
}

struct piece {
	size_t len; /* bytes of the cluster */
	unsigned width;
	bool plain;	   /* a single code point */
	struct glyph next; /* what follows it */
};

/* Gathers the cluster that begins with g at p. False: too unusual. */
static bool gather(const uint8_t *p, size_t n, const struct glyph *g, struct piece *c)
{
	struct gcb_state s = {0};
	uint8_t last = g->prop;

	*c = (struct piece){
		g->len, (unsigned)uniprop_width(g->prop), true, peek(p + g->len, n - g->len)};
	if (!c->next.len || uniprop_gcb(c->next.prop) == GCB_OTHER)
		return true;
	gcb_break(&s, uniprop_gcb(g->prop));
	while (c->next.len && !gcb_break(&s, uniprop_gcb(c->next.prop))) {
		uint32_t cp = c->next.cp;

		if (cp == 0xFE0E || (cp == 0xFE0F && !uniprop_vs_base(last)) ||
			c->len + c->next.len > CLUSTER_BYTES - 4)
			return false;
		c->width = print_widens(cp, c->next.prop) ? 2 : c->width;
		c->plain = false;
		last = c->next.prop;
		c->len += c->next.len;
		c->next = peek(p + c->len, n - c->len);
	}
	return true;
}

static void put_glyph(struct term *t, struct row *r, unsigned x, uint32_t text, unsigned width)
{
	r->c[x] = t->cur.look | text | (width == 2 ? cell_of_kind(CELL_WIDE) : 0);
	if (width == 2)
		r->c[x + 1] = t->cur.look | cell_of_kind(CELL_TAIL);
}

/* The characters that need no look at their neighbours, one after the other. What
 * joins the last of them finds it in its cell. */
static struct glyph plain_run(struct term *t, struct row *r, const uint8_t *p, size_t n,
	unsigned limit, unsigned *x, size_t *at)
{
	struct glyph g = peek(p + *at, n - *at);

	while (g.len && uniprop_gcb(g.prop) == GCB_OTHER) {
		unsigned width = (unsigned)uniprop_width(g.prop);

		if (!width || *x + width > limit)
			return (struct glyph){0};
		put_glyph(t, r, *x, g.cp, width);
		t->last_char = g.cp;
		*x += width;
		*at += g.len;
		g = peek(p + *at, n - *at);
	}
	return g;
}

/* One cluster of any kind; false when it is left to vtprint.c. */
static bool put_cluster(struct term *t, struct row *r, const uint8_t *p, size_t n,
	const struct glyph *g, unsigned limit, unsigned *x, size_t *at)
{
	struct piece c = {g->len, (unsigned)uniprop_width(g->prop), true, {0}};
	uint32_t text = g->cp;

	if (!begins_cell(t, r, *x, g))
		return false;
	if (mode_on(t, MODE_CLUSTERS) && !gather(p + *at, n - *at, g, &c))
		return false;
	if (*x + c.width > limit)
		return false;
	if (!c.plain) {
		int32_t id = cluster_id(t, str_n((const char *)p + *at, c.len));

		if (id < 0)
			return false;
		text = (uint32_t)CELL_CLUSTER | (uint32_t)id;
	}
	put_glyph(t, r, *x, text, c.width);
	t->last_char = g->cp;
	*x += c.width;
	*at += c.len;
	return true;
}

/* Lets clusters through while the row has room for them. Wide characters that are
 * overwritten matter only at both ends. */
static size_t run_in_row(struct term *t, const uint8_t *p, size_t n, unsigned limit)
{
	struct row *r = row_at(t, t->cur.y);
	unsigned start = t->cur.x, x = start;
	bool cut = cell_kind(r->c[x]) == CELL_TAIL;
	uint8_t look = t->cur.look ? ROW_STYLED : 0;
	struct glyph g;
	size_t at = 0;

	r->flags |= ROW_RICH | look; /* what is collected meanwhile must see the cells */
	do {
		g = plain_run(t, r, p, n, limit, &x, &at);
		r->used = r->used < x ? (uint16_t)x : r->used;
	} while (g.len && put_cluster(t, r, p, n, &g, limit, &x, &at));
	if (!at)
		return 0;
	if (cut && start)
		r->c[start - 1] = t->cur.blank;
	if (x < t->cols && cell_kind(r->c[x]) == CELL_TAIL)
		r->c[x] = t->cur.blank;
	if (r->used < x)
		r->used = (uint16_t)x;
	r->flags |= ROW_DIRTY | (t->cur.blank ? ROW_STYLED : 0);
	print_advance(t, x - start, limit);
	return at;
}

size_t print_utf8(struct term *t, const uint8_t *p, size_t n)
{
	size_t at = 0;

	if (t->saw_prepend || t->cur.sets.once || mode_on(t, MODE_IRM) || !mode_on(t, MODE_DECAWM))
		return 0;
	cursor_ready(t);
	while (at < n && p[at] >= 0x80 && !t->cur.pending) {
		size_t len = run_in_row(t, p + at, n - at, print_limit(t));

		if (!len)
			break;
		at += len;
	}
	return at;
}
