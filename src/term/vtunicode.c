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
	if (!cell_is_cluster(c) && cell_text(c) < 0x300)
		return false;
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

static bool put_piece(struct term *t, struct row *r, unsigned x, const uint8_t *p,
	const struct glyph *g, const struct piece *c)
{
	cell_t text = g->cp;

	if (!c->plain) {
		int32_t id = cluster_id(t, str_n((const char *)p, c->len));

		if (id < 0)
			return false;
		text = CELL_CLUSTER | (uint32_t)id;
	}
	if (x + c->width < t->cols && cell_kind(r->c[x + c->width]) == CELL_TAIL)
		grid_split(t, r, x + c->width);
	r->c[x] = t->cur.look | text | (c->width == 2 ? cell_of_kind(CELL_WIDE) : 0);
	if (c->width == 2)
		r->c[x + 1] = t->cur.look | cell_of_kind(CELL_TAIL);
	r->flags |= ROW_RICH | ROW_DIRTY | (t->cur.look ? ROW_STYLED : 0);
	if (r->used < x + c->width)
		r->used = (uint16_t)(x + c->width);
	return true;
}

/* Lets clusters through while the row has room for them. */
static size_t run_in_row(struct term *t, const uint8_t *p, size_t n, unsigned limit)
{
	struct row *r = row_at(t, t->cur.y);
	struct glyph g = peek(p, n);
	unsigned x = t->cur.x;
	size_t at = 0;

	while (g.len && begins_cell(t, r, x, &g)) {
		struct piece c = {g.len, (unsigned)uniprop_width(g.prop), true, {0}};

		if (!mode_on(t, MODE_CLUSTERS))
			c.next = peek(p + at + g.len, n - at - g.len);
		else if (!gather(p + at, n - at, &g, &c))
			break;
		if (x + c.width > limit)
			break;
		if (!at)
			grid_split(t, r, x);
		if (!put_piece(t, r, x, p + at, &g, &c))
			break;
		x += c.width;
		at += c.len;
		t->last_char = g.cp;
		g = c.next;
	}
	if (at)
		print_advance(t, x - t->cur.x, limit);
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
