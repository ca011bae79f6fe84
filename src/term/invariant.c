#include "term/invariant.h"

#include "term/engine.h"

static const char *cell_ok(const struct term *t, const struct row *r, unsigned x)
{
	cell_t c = r->c[x];
	enum cell_kind k = cell_kind(c), before = x ? cell_kind(r->c[x - 1]) : CELL_NARROW;

	if ((k == CELL_TAIL) != (before == CELL_WIDE))
		return "a wide cell and its tail stand apart";
	if (k == CELL_WIDE && x + 1 == t->cols)
		return "a wide cell in the last column";
	if ((k == CELL_TAIL || k == CELL_SPACER) && (c & CELL_TEXT))
		return "a tail or spacer has text";
	if (k == CELL_SPACER && x + 1 != t->cols)
		return "a spacer not in the last column";
	if (k != CELL_NARROW && !(r->flags & ROW_RICH))
		return "a wide cell in a row not marked rich";
	if (c & CELL_LOOK && !(r->flags & ROW_STYLED))
		return "a look in a row not marked styled";
	if (cell_style(c) >= t->styles.n)
		return "a style that is not there";
	if (cell_link(c) && (cell_link(c) >= t->links.n || !t->links.v[cell_link(c)].text))
		return "a link that is not there";
	if (cell_is_cluster(c) && !cluster_text(&t->clusters, cell_text(c)).n)
		return "a cluster that is not there";
	if (!cell_is_cluster(c) && cell_text(c) >= 0x80 && !(r->flags & ROW_RICH))
		return "text beyond ASCII in a row not marked rich";
	if (!cell_is_cluster(c) && cell_text(c) && cell_text(c) < 0x20)
		return "a control in a cell";
	return x >= r->used && c ? "a cell behind the row's end" : NULL;
}

static const char *screen_ok(const struct term *t, const struct screen *s)
{
	for (unsigned y = 0; y < t->rows; y++) {
		const struct row *r = screen_row(t, s, y);

		if (r->used > t->cols)
			return "a row is too long";
		for (unsigned x = 0; x < t->cols; x++) {
			const char *why = cell_ok(t, r, x);

			if (why)
				return why;
		}
	}
	if (s->kitty_n > KITTY_DEPTH)
		return "the key stack is too deep";
	return s->top < t->rows ? NULL : "the ring's start is outside";
}

static const char *history_ok(const struct scrollback *h)
{
	uint64_t rows = 0;
	size_t bytes = 0;

	for (uint32_t i = 0; i < h->n_blocks; i++) {
		const struct block *b = h->b[(h->head + i) & (h->cap_blocks - 1)];

		if (b->first != h->first + rows)
			return "history's numbers have a gap";
		if (b->used + b->n * sizeof(uint32_t) > b->cap)
			return "a block of history overflows";
		rows += b->n;
		bytes += sizeof(*b) + b->cap;
	}
	if (rows != h->n || bytes != h->bytes)
		return "history is counted wrongly";
	return bytes <= h->budget ? NULL : "history is over its budget";
}

const char *term_invariant(const struct term *t)
{
	const char *why = screen_ok(t, &t->screens[0]);

	why = why ? why : screen_ok(t, &t->screens[1]);
	why = why ? why : history_ok(&t->hist);
	if (why)
		return why;
	if (t->cur.x >= t->cols || t->cur.y >= t->rows)
		return "the cursor is outside";
	if (t->top > t->bottom || t->bottom >= t->rows || t->left > t->right || t->right >= t->cols)
		return "the margins are wrong";
	if (t->mem.used > t->mem.limit)
		return "memory is over its limit";
	return NULL;
}
