#include "term/reflow.h"

/* A line may be as long as history; one longer than this is cut, as if it ended. */
enum { LINE_MAX_CELLS = 1 << 20 };

struct flow {
	struct term *t;
	struct scrollback *out;
	unsigned cols, old_cols;
	struct row *cut; /* the row being made, `cols` cells */
	cell_t *c;	 /* the line so far */
	size_t n, cap;
	uint8_t flags, mark;
	struct screen roots; /* so that a collection sees the line: rows of up to 64 Ki cells */
	struct row root[LINE_MAX_CELLS / 65535 + 1];
	struct spot *spots;
	unsigned n_spots;
	uint64_t rows;
};

static void show_roots(struct flow *f)
{
	unsigned i = 0;

	for (size_t at = 0; at < f->n; at += 65535, i++)
		f->root[i] = (struct row){.c = f->c + at,
			.used = (uint16_t)(f->n - at > 65535 ? 65535 : f->n - at),
			.flags = f->flags};
	f->t->extra_rows = i;
}

static bool room(struct flow *f, size_t more)
{
	size_t to = (f->n + more) * 2;
	cell_t *c;

	if (f->n + more <= f->cap)
		return true;
	c = tmem_resize(&f->t->mem, f->c, f->cap * sizeof(*c), to * sizeof(*c));
	if (!c)
		return false;
	f->c = c;
	f->cap = to;
	return true;
}

/* ---- cutting a line into rows ---- */

static void put_row(struct flow *f, const cell_t *c, unsigned n, bool spacer, bool wrapped)
{
	struct rowtables tables = {&f->t->styles, &f->t->clusters, &f->t->links};
	struct row r = {.c = f->cut->c,
		.used = (uint16_t)(n + spacer),
		.flags = (uint8_t)((f->flags & (ROW_RICH | ROW_STYLED)) |
				   (wrapped ? ROW_WRAPPED : 0)),
		.mark = f->mark};

	if (n)
		memcpy(r.c, c, n * sizeof(*c));
	if (spacer) {
		r.c[n] = cell_of_kind(CELL_SPACER);
		r.flags |= ROW_RICH;
	}
	scrollback_push(f->out, &f->t->mem, &tables, &r);
	f->mark = 0;
	f->rows++;
}

static void place_spots(struct flow *f, size_t from, size_t to, bool last)
{
	for (unsigned i = 0; i < f->n_spots; i++) {
		struct spot *s = &f->spots[i];
		bool begins = s->behind && s->start == from;

		if (!s->here || s->offset < from || (s->offset >= to && !last && !begins))
			continue;
		s->row = f->rows;
		s->col = (unsigned)(s->offset - from > f->cols ? f->cols : s->offset - from);
		if (s->col == f->cols && !(s->pending && s->offset <= to))
			s->col--;
		s->here = false;
	}
}

/* How many cells from `at` on make the next row. */
static unsigned take(const struct flow *f, size_t at)
{
	size_t rest = f->n - at;
	unsigned n = (unsigned)(rest < f->cols ? rest : f->cols);

	if (rest > n && cell_kind(f->c[at + n]) == CELL_TAIL)
		return n > 1 ? n - 1 : 0;
	return n;
}

/* How much of the line is kept though nothing is written there: a cursor at the start
 * of a row stays at the start of one, not behind the row before. */
static size_t least(struct flow *f)
{
	size_t n = 0;

	for (unsigned i = 0; i < f->n_spots; i++) {
		const struct spot *s = &f->spots[i];

		if (!s->here || !s->holds || s->x || !s->offset || s->offset > f->n)
			continue;
		if (s->offset == f->n)
			f->c[f->n++] = 0; /* add_row made room */
		n = s->offset >= n ? s->offset + 1 : n;
	}
	return n;
}

static bool ends_in_spacer(const struct flow *f)
{
	return f->n && cell_kind(f->c[f->n - 1]) == CELL_SPACER;
}

static void end_line(struct flow *f)
{
	size_t at = 0, keep;

	f->n -= ends_in_spacer(f);
	keep = least(f);

	while (f->n > keep && !f->c[f->n - 1])
		f->n--;
	do {
		unsigned n = take(f, at);
		bool spacer = n < f->cols && at + n < f->n, last;

		if (!n && f->n) { /* one column has no place for a wide character */
			f->c[at] = f->c[at + 1] = 0;
			n = 1;
			spacer = false;
		}
		last = at + n >= f->n;
		place_spots(f, at, at + n, last);
		put_row(f, f->c + at, n, spacer, !last);
		at += n;
	} while (at < f->n);
	f->n = 0;
	f->flags = f->mark = 0;
	f->t->extra_rows = 0;
}

/* ---- putting lines together ---- */

static unsigned text_end(const struct row *r)
{
	unsigned n = r->used;

	while (n && !r->c[n - 1])
		n--;
	return n;
}

static void spots_in_row(struct flow *f, const struct row *r, unsigned y)
{
	for (unsigned i = 0; i < f->n_spots; i++) {
		struct spot *s = &f->spots[i];

		if (s->y != y)
			continue;
		s->start = f->n;
		s->offset = f->n + s->x;
		s->behind = !s->pending && !(r->flags & ROW_WRAPPED) && s->x >= text_end(r);
		s->here = true;
	}
}

/* Before the row c: the place left for a wide character goes, or is one of the line's
 * blanks when the row does not begin with such a one any more (ghostty, xterm.js). */
static void settle_spacer(struct flow *f, const cell_t *c, unsigned n)
{
	if (!ends_in_spacer(f))
		return;
	if (n && cell_kind(c[0]) == CELL_WIDE)
		f->n--;
	else
		f->c[f->n - 1] &= ~CELL_KIND;
}

/* Adds cells whose ids are the term's own, and ends the line if the row does. */
static void add_row(struct flow *f, const cell_t *c, unsigned n, uint8_t flags, uint8_t mark)
{
	bool wrapped = flags & ROW_WRAPPED;
	unsigned width = wrapped && n < f->old_cols ? f->old_cols : n;

	settle_spacer(f, c, n);
	if (f->n + width > LINE_MAX_CELLS)
		end_line(f);
	if (!room(f, width + 2u))
		return;
	if (n)
		memcpy(f->c + f->n, c, n * sizeof(*c));
	memset(f->c + f->n + n, 0, (width - n) * sizeof(*c));
	f->n += width;
	f->flags |= flags & (ROW_RICH | ROW_STYLED);
	f->mark |= mark;
	if (!wrapped)
		end_line(f);
	else
		show_roots(f);
}

static cell_t own_ids(struct term *t, const struct rowview *v, cell_t c, uint16_t *styles)
{
	uint16_t s = cell_style(c), l = cell_link(c);
	cell_t own = c & ~(CELL_LOOK | CELL_TEXT);

	if (s && !styles[s])
		styles[s] = style_id(t, &v->styles[s]);
	own |= cell_look(s ? styles[s] : 0, l ? link_new(t, v->links[l].uri, v->links[l].id) : 0);
	if (cell_is_cluster(c)) {
		int32_t id = cluster_id(t, v->texts[cell_text(c)]);

		return id < 0 ? own : own | CELL_CLUSTER | (uint32_t)id;
	}
	return own | (c & CELL_TEXT);
}

void reflow_own(struct term *t, struct rowview *v)
{
	uint16_t styles[TERM_MAX + 1];

	if (v->n_styles > TERM_MAX + 1)
		return;
	memset(styles, 0, v->n_styles * sizeof(*styles));
	t->extra_row = (struct row){.c = v->c, .used = v->n, .flags = ROW_RICH | ROW_STYLED};
	for (unsigned x = 0; x < v->n; x++)
		if (v->c[x] & (CELL_LOOK | CELL_CLUSTER))
			v->c[x] = own_ids(t, v, v->c[x], styles);
	t->extra_row = (struct row){0};
}

static bool is_plain(struct str packed, const struct rowhead *h, unsigned cols)
{
	return !(h->flags & (ROW_WRAPPED | ROW_RICH | ROW_STYLED)) && h->cells <= cols &&
	       packed.n >= sizeof(*h);
}

static void add_packed(struct flow *f, struct str packed, struct rowview *v)
{
	struct rowhead h = {0};

	memcpy(&h, packed.p, packed.n < sizeof(h) ? packed.n : sizeof(h));
	if (!f->n && is_plain(packed, &h, f->cols)) { /* as it is */
		scrollback_push_packed(f->out, &f->t->mem, packed);
		f->rows++;
		return;
	}
	if (!rowcode_unpack(v, &f->t->mem, packed))
		return;
	if (v->flags & (ROW_RICH | ROW_STYLED))
		reflow_own(f->t, v);
	add_row(f, v->c, v->n, v->flags, v->mark);
}

uint64_t reflow(struct term *t, struct scrollback *out, unsigned cols, unsigned used_rows,
	struct spot *spots, unsigned n_spots)
{
	cell_t cut[TERM_MAX + 1];
	struct row cut_row = {.c = cut};
	struct flow f = {.t = t,
		.out = out,
		.cols = cols,
		.old_cols = t->cols,
		.cut = &cut_row,
		.spots = spots,
		.n_spots = n_spots};
	struct rowview v = {0};

	f.roots.rows = f.root;
	t->extra = &f.roots;
	t->extra_rows = 0;
	for (uint32_t i = 0; i < t->hist.n; i++)
		add_packed(&f, scrollback_row(&t->hist, i), &v);
	for (unsigned y = 0; y < used_rows; y++) {
		const struct row *r = screen_row(t, &t->screens[0], y);

		settle_spacer(&f, r->c, r->used);
		spots_in_row(&f, r, y);
		add_row(&f, r->c, r->used, r->flags, r->mark);
	}
	if (f.n)
		end_line(&f);
	t->extra = NULL;
	t->extra_rows = 0;
	rowview_fini(&v, &t->mem);
	tmem_free(&t->mem, f.c, f.cap * sizeof(*f.c));
	return f.rows;
}
