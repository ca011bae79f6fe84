#include "term/engine.h"

/* The fast way for text beyond ASCII: whole clusters straight from the bytes to the
 * cells of one row. Whatever is unusual is left to vtprint.c, which does the same
 * one code point at a time. */

enum { ASCII_HERE = 16 }; /* so many ASCII characters in a row are taken along */

struct glyph {
	uint32_t cp;
	uint8_t prop, len; /* len 0: a control, or not well formed, or cut off */
};

static inline unsigned tail(uint8_t b)
{
	return b ^ 0x80u; /* below 64 when it is a continuation byte */
}

static inline struct glyph peek(const uint8_t *p, size_t n)
{
	struct glyph g = {0};

	if (!n)
		return g;
	if (p[0] < 0x80) {
		g.cp = p[0];
		g.len = (unsigned)(p[0] - 0x20) < 0x5F;
	} else if (n >= 3 && (p[0] & 0xF0) == 0xE0 && (tail(p[1]) | tail(p[2])) < 64) {
		g.cp = (p[0] & 15u) << 12 | tail(p[1]) << 6 | tail(p[2]);
		g.len = g.cp >= 0x800 && (g.cp & 0xF800) != 0xD800 ? 3 : 0;
	} else if (n >= 2 && (p[0] & 0xE0) == 0xC0 && tail(p[1]) < 64) {
		g.cp = (p[0] & 31u) << 6 | tail(p[1]);
		g.len = g.cp >= 0xA0 ? 2 : 0;
	} else if (n >= 4 && (p[0] & 0xF8) == 0xF0 && (tail(p[1]) | tail(p[2]) | tail(p[3])) < 64) {
		g.cp = (p[0] & 7u) << 18 | tail(p[1]) << 12 | tail(p[2]) << 6 | tail(p[3]);
		g.len = g.cp >= 0x10000 && g.cp <= 0x10FFFF ? 4 : 0;
	}
	g.prop = g.len ? uniprop(g.cp) : 0;
	return g;
}

/* Text on its way to one row. */
struct run {
	struct row *r;
	const uint8_t *p;
	size_t n, at;	   /* bytes, and how many of them are done */
	unsigned x, limit; /* the next column, and where text wraps */
	bool apart;	   /* nothing can join what stands left of x */
};

/* Whether the glyph joins what stands left of the run's column. */
static bool joins_left(const struct term *t, const struct run *u, const struct glyph *g)
{
	const struct row *r = u->r;
	uint32_t last;
	cell_t c;

	if (u->apart || !u->x || !mode_on(t, MODE_CLUSTERS))
		return false;
	c = r->c[u->x - 1];
	if (u->x > 1 && cell_kind(c) == CELL_TAIL)
		c = r->c[u->x - 2];
	if (!cell_is_cluster(c)) {
		enum gcb left = uniprop_gcb(uniprop(cell_text(c)));

		/* A lone picture has no joiner behind it; syllables join jamo only. */
		if (left != GCB_RI && left != GCB_L)
			return false;
	}
	return !print_breaks(t, c, g->cp, &last);
}

static bool begins_cell(const struct term *t, const struct run *u, const struct glyph *g)
{
	switch (uniprop_gcb(g->prop)) {
	case GCB_OTHER:
		return uniprop_width(g->prop) != 0;
	case GCB_PICT:
	case GCB_RI:
	case GCB_L:
	case GCB_LV:
	case GCB_LVT:
		return uniprop_width(g->prop) && !joins_left(t, u, g);
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

static inline void put_glyph(
	const struct term *t, struct row *r, unsigned x, uint32_t text, unsigned width)
{
	r->c[x] = t->cur.look | text | (width == 2 ? cell_of_kind(CELL_WIDE) : 0);
	if (width == 2)
		r->c[x + 1] = t->cur.look | cell_of_kind(CELL_TAIL);
}

/* The characters that need no look at their neighbours, one after the other. What
 * joins the last of them finds it in its cell. Long ASCII is left to vtprint.c. */
static struct glyph plain_run(struct term *t, struct run *u)
{
	unsigned x = u->x, ascii = 0;
	size_t at = u->at;
	struct glyph g;

	for (;;) {
		unsigned width;

		g = peek(u->p + at, u->n - at);
		if (!g.len || uniprop_gcb(g.prop) != GCB_OTHER)
			break;
		width = (unsigned)uniprop_width(g.prop);
		ascii = g.len == 1 ? ascii + 1 : 0;
		if (!width || x + width > u->limit || ascii > ASCII_HERE) {
			g.len = 0;
			break;
		}
		put_glyph(t, u->r, x, g.cp, width);
		t->last_char = g.cp;
		x += width;
		at += g.len;
	}
	u->apart = at > u->at;
	u->x = x;
	u->at = at;
	return g;
}

/* One cluster of any kind; false when it is left to vtprint.c. */
static bool put_cluster(struct term *t, struct run *u, const struct glyph *g)
{
	struct piece c = {g->len, (unsigned)uniprop_width(g->prop), true, {0}};
	const uint8_t *p = u->p + u->at;
	uint32_t text = g->cp;

	if (!begins_cell(t, u, g))
		return false;
	if (mode_on(t, MODE_CLUSTERS) && !gather(p, u->n - u->at, g, &c))
		return false;
	if (u->x + c.width > u->limit)
		return false;
	if (!c.plain) {
		int32_t id = cluster_id(t, str_n((const char *)p, c.len));

		if (id < 0)
			return false;
		text = (uint32_t)CELL_CLUSTER | (uint32_t)id;
	}
	put_glyph(t, u->r, u->x, text, c.width);
	t->last_char = g->cp;
	u->x += c.width;
	u->at += c.len;
	return true;
}

/* Lets clusters through while the row has room for them. Wide characters that are
 * overwritten matter only at both ends. */
static size_t run_in_row(struct term *t, const uint8_t *p, size_t n, unsigned limit)
{
	struct row *r = row_at(t, t->cur.y);
	unsigned start = t->cur.x;
	struct run u = {.r = r, .p = p, .n = n, .x = start, .limit = limit};
	bool cut = cell_kind(r->c[start]) == CELL_TAIL;
	uint8_t look = t->cur.look ? ROW_STYLED : 0;
	struct glyph g;

	r->flags |= ROW_RICH | look; /* what is collected meanwhile must see the cells */
	do {
		g = plain_run(t, &u);
		r->used = r->used < u.x ? (uint16_t)u.x : r->used;
	} while (g.len && put_cluster(t, &u, &g));
	if (!u.at)
		return 0;
	if (cut && start)
		r->c[start - 1] = t->cur.blank;
	if (u.x < t->cols && cell_kind(r->c[u.x]) == CELL_TAIL)
		r->c[u.x] = t->cur.blank;
	if (r->used < u.x)
		r->used = (uint16_t)u.x;
	r->flags |= ROW_DIRTY | (t->cur.blank ? ROW_STYLED : 0);
	print_advance(t, u.x - start, limit);
	return u.at;
}

size_t print_utf8(struct term *t, const uint8_t *p, size_t n)
{
	size_t at = 0;

	if (t->saw_prepend || !charset_plain(t) || mode_on(t, MODE_IRM) || !mode_on(t, MODE_DECAWM))
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
