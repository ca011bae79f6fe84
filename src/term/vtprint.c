#include "term/engine.h"

#include "base/utf8.h"

enum { REPEAT_ALL = 4096 }; /* REP does as many one by one */

/* Where text goes: up to which column (exclusive) it may run before it wraps. */
unsigned print_limit(const struct term *t)
{
	return t->cur.x > t->right ? t->cols : t->right + 1u;
}

static void wrap(struct term *t)
{
	if (t->cur.x == t->cols - 1)
		row_at(t, t->cur.y)->flags |= ROW_WRAPPED | ROW_DIRTY;
	cursor_index(t);
	t->cur.x = t->left;
}

/* ---- printable ASCII ---- */

static void fill_ascii(cell_t *to, cell_t look, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = look | p[i];
}

static void put_run(struct term *t, const uint8_t *p, unsigned n)
{
	struct row *r = row_at(t, t->cur.y);
	unsigned x = t->cur.x, end = x + n;

	if (r->flags & ROW_RICH) {
		grid_split(t, r, x);
		grid_split(t, r, end);
	}
	fill_ascii(r->c + x, t->cur.look, p, n);
	if (r->used < end)
		r->used = (uint16_t)end;
	r->flags |= ROW_DIRTY | (t->cur.look ? ROW_STYLED : 0);
}

static void print_plain(struct term *t, const uint8_t *p, size_t n)
{
	cursor_look_ready(t);
	while (n) {
		unsigned limit, k;

		if (t->cur.pending && mode_on(t, MODE_DECAWM))
			wrap(t);
		limit = print_limit(t);
		k = limit - t->cur.x;
		if (n <= k) {
			k = (unsigned)n;
		} else if (!mode_on(t, MODE_DECAWM)) {
			/* All that does not fit lands in the last column, the last wins. */
			put_run(t, p, k - 1);
			t->cur.x = (uint16_t)(limit - 1);
			p += n - 1;
			n = k = 1;
		}
		put_run(t, p, k);
		p += k;
		n -= k;
		t->cur.x = (uint16_t)(t->cur.x + k);
		t->cur.pending = t->cur.x == limit;
		t->cur.x = (uint16_t)(t->cur.x - t->cur.pending);
	}
}

void print_ascii(struct term *t, const uint8_t *p, size_t n)
{
	t->last_char = p[n - 1];
	if (t->saw_prepend) {
		while (n--)
			print_cp(t, *p++);
		return;
	}
	if (charset_plain(t) && !mode_on(t, MODE_IRM)) {
		print_plain(t, p, n);
		return;
	}
	while (n--)
		print_cp(t, *p++);
}

/* ---- one character ---- */

static void put_cell(struct term *t, cell_t what)
{
	struct row *r = row_at(t, t->cur.y);
	unsigned x = t->cur.x, wide = cell_kind(what) == CELL_WIDE;

	grid_split(t, r, x);
	grid_split(t, r, x + 1 + wide);
	r->c[x] = t->cur.look | what;
	if (wide)
		r->c[x + 1] = t->cur.look | cell_of_kind(CELL_TAIL);
	if (r->used < x + 1 + wide)
		r->used = (uint16_t)(x + 1 + wide);
	r->flags |= ROW_DIRTY | ROW_RICH | (t->cur.look ? ROW_STYLED : 0);
}

void print_advance(struct term *t, unsigned width, unsigned limit)
{
	unsigned x = t->cur.x + width;

	t->cur.pending = x >= limit;
	t->cur.x = (uint16_t)(t->cur.pending ? limit - 1 : x);
}

/* A wide character in the last column: leave that empty and go to the next line.
 * False where there is no wrapping: then it is not shown at all, as in xterm. */
static bool wrap_wide(struct term *t, unsigned limit)
{
	if (t->cur.x != limit - 1)
		return true;
	if (!mode_on(t, MODE_DECAWM))
		return false;
	put_cell(t, limit == t->cols ? cell_of_kind(CELL_SPACER) : 0);
	wrap(t);
	return true;
}

static void put_char(struct term *t, cell_t text, unsigned width)
{
	unsigned limit;

	cursor_ready(t);
	if (t->cur.pending && mode_on(t, MODE_DECAWM))
		wrap(t);
	limit = print_limit(t);
	if (mode_on(t, MODE_IRM) && t->cur.x >= t->left && t->cur.x + width <= t->right)
		grid_insert_cells(t, row_at(t, t->cur.y), t->cur.x, width, t->right);
	if (width == 2 && limit - (t->cur.x >= t->left ? t->left : 0u) < 2) {
		put_cell(t, 0); /* a region of one column has no place for it */
		print_advance(t, 1, limit);
		return;
	}
	if (width == 2) {
		if (!wrap_wide(t, limit))
			return;
		limit = print_limit(t);
		if (limit - t->cur.x < 2)
			return;
		text |= cell_of_kind(CELL_WIDE);
	}
	put_cell(t, text);
	print_advance(t, width, limit);
}

/* ---- clusters ---- */

/* The cell before the cursor: what a mark joins. False: there is none. */
static bool previous_cell(const struct term *t, unsigned *x)
{
	const struct row *r = row_at(t, t->cur.y);
	unsigned left = 1;

	if (mode_on(t, MODE_DECAWM))
		left = !t->cur.pending;
	else if (t->cur.x == print_limit(t) - 1)
		left = !(r->c[t->cur.x] & CELL_TEXT) && cell_kind(r->c[t->cur.x]) != CELL_TAIL;
	if (t->cur.x < left)
		return false;
	*x = t->cur.x - left;
	if (cell_kind(r->c[*x]) == CELL_TAIL && *x)
		--*x;
	return cell_text(r->c[*x]) != 0 || cell_is_cluster(r->c[*x]);
}

/* The text of a cell with one more code point, in buf; 0 when it grows too long. */
static size_t joined_text(const struct term *t, cell_t c, uint32_t cp, char *buf)
{
	struct str s = cluster_text(&t->clusters, cell_text(c));
	size_t n = s.n;

	if (cell_is_cluster(c))
		memcpy(buf, s.p, s.n);
	else
		n = utf8_encode(cell_text(c), buf);
	if (n + 4 > CLUSTER_BYTES)
		return 0;
	return n + utf8_encode(cp, buf + n);
}

/* A control that has a cell (the soft hyphen) takes marks like any other character. */
static enum gcb cell_gcb(uint32_t cp)
{
	enum gcb c = uniprop_gcb(uniprop(cp));

	return c == GCB_CONTROL ? GCB_OTHER : c;
}

/* Whether cp begins a new cluster behind the text of c; *last is its last code point. */
bool print_breaks(const struct term *t, cell_t c, uint32_t cp, uint32_t *last)
{
	struct gcb_state s = {0};
	struct str text = cluster_text(&t->clusters, cell_text(c));

	if (!cell_is_cluster(c)) {
		*last = cell_text(c);
		gcb_break(&s, cell_gcb(*last));
	} else {
		for (size_t i = 0; i < text.n;) {
			i += utf8_decode(str_from(text, i), last);
			gcb_break(&s, cell_gcb(*last));
		}
	}
	return gcb_break(&s, uniprop_gcb(uniprop(cp)));
}

static void attach(struct term *t, struct row *r, unsigned x, uint32_t cp)
{
	char buf[CLUSTER_BYTES + 8];
	size_t n = joined_text(t, r->c[x], cp, buf);
	int32_t id = n ? cluster_id(t, str_n(buf, n)) : -1;

	if (id < 0)
		return;
	r->c[x] = (r->c[x] & ~CELL_TEXT) | CELL_CLUSTER | (uint32_t)id;
	r->flags |= ROW_DIRTY | ROW_RICH;
}

/* The cell at x becomes wide; where it stands in the last column it goes to the
 * next line. False when there is no room: then the mark is dropped. */
static bool widen(struct term *t, unsigned *x)
{
	struct row *r = row_at(t, t->cur.y);
	unsigned limit = print_limit(t);
	cell_t c = r->c[*x], look = t->cur.look;
	bool pending = t->cur.pending;

	if (cell_kind(c) != CELL_NARROW || limit - (*x >= t->left ? t->left : 0u) < 2)
		return true;
	t->cur.x = (uint16_t)*x;
	t->cur.pending = false;
	t->cur.look = c & CELL_LOOK; /* it keeps its own look wherever it goes */
	if (*x == limit - 1) {
		if (!wrap_wide(t, limit)) {
			t->cur.look = look;
			t->cur.pending = pending;
			return false;
		}
		limit = print_limit(t);
	}
	*x = t->cur.x;
	put_cell(t, (c & CELL_TEXT) | cell_of_kind(CELL_WIDE));
	print_advance(t, 2, limit);
	t->cur.look = look;
	return true;
}

static void narrow(struct term *t, unsigned x)
{
	struct row *r = row_at(t, t->cur.y);

	if (cell_kind(r->c[x]) != CELL_WIDE)
		return;
	r->c[x] &= ~CELL_KIND;
	r->c[x + 1] &= CELL_LOOK;
	r->flags |= ROW_DIRTY;
	t->cur.x = (uint16_t)(x + 1);
	t->cur.pending = false;
}

/* Code points that have a width of their own make a cluster wide: a second flag
 * letter, a picture behind a joiner, a vowel sign that stands beside its consonant,
 * a skin tone (UTS #51: its base is then shown as emoji). */
bool print_widens(uint32_t cp, uint8_t prop)
{
	return cp == 0xFE0F || uniprop_width(prop);
}

/* Joins cp to the cell before the cursor; false when it stands for itself. */
static bool join(struct term *t, uint32_t cp, uint8_t prop)
{
	unsigned x;
	uint32_t last = 0;

	if (!previous_cell(t, &x) || print_breaks(t, row_at(t, t->cur.y)->c[x], cp, &last))
		return false;
	if (cp == 0xFE0E || cp == 0xFE0F) {
		if (!uniprop_vs_base(uniprop(last)))
			return true;
		if (cp == 0xFE0E)
			narrow(t, x);
	}
	cursor_ready(t);
	if (print_widens(cp, prop) && !widen(t, &x))
		return true;
	attach(t, row_at(t, t->cur.y), x, cp);
	return true;
}

/* Without mode 2027: a mark without width joins whatever stands before. What UAX #29 calls a
 * control, as those that turn text around, is on no screen in either case. */
static void join_mark(struct term *t, uint32_t cp, enum gcb c)
{
	unsigned x;

	if (c == GCB_CONTROL || !previous_cell(t, &x))
		return;
	cursor_ready(t);
	attach(t, row_at(t, t->cur.y), x, cp);
}

static bool may_join(const struct term *t, enum gcb c)
{
	return (c != GCB_OTHER && c != GCB_CONTROL && c != GCB_PREPEND) || t->saw_prepend;
}

void print_cp(struct term *t, uint32_t cp)
{
	uint8_t prop;
	bool clusters = mode_on(t, MODE_CLUSTERS);

	if (cp < 0x80)
		cp = charset_plain(t) ? cp : charset_map(t, cp);
	else
		t->cur.sets.once = 0;
	prop = uniprop(cp);
	if (clusters && may_join(t, uniprop_gcb(prop)) && join(t, cp, prop))
		return;
	if (uniprop_width(prop) == 0) {
		if (!clusters)
			join_mark(t, cp, uniprop_gcb(prop));
		return;
	}
	t->last_char = cp;
	if (uniprop_gcb(prop) == GCB_PREPEND)
		t->saw_prepend = true;
	put_char(t, cp, (unsigned)uniprop_width(prop));
}

/* However often, the end is the same once the whole region is full of it: of more than
 * that, and than REPEAT_ALL, only what fills no row is done. History has fewer rows. */
static unsigned repeat_count(const struct term *t, unsigned count, unsigned width)
{
	unsigned in_row = (t->right - t->left + 1u) / width;
	unsigned most = t->cols * (t->rows + 1u);

	most = most > REPEAT_ALL ? most : REPEAT_ALL;
	return count > most && in_row ? most + (count - most) % in_row
	       : count > most	      ? most
				      : count;
}

void print_repeat(struct term *t, unsigned count)
{
	uint32_t cp = t->last_char;
	unsigned width = cp ? (unsigned)uniprop_width(uniprop(cp)) : 0;

	if (!cp)
		return;
	count = repeat_count(t, count, width ? width : 1);
	if (cp < 0x80 && !mode_on(t, MODE_IRM)) {
		uint8_t block[256];

		memset(block, (int)cp, sizeof(block));
		for (; count > sizeof(block); count -= sizeof(block))
			print_plain(t, block, sizeof(block));
		print_plain(t, block, count);
		count = 0;
	}
	for (; count; count--)
		put_char(t, cp, width);
	t->last_char = 0;
}
