#include "term/freeze.h"

#include "base/utf8.h"
#include "term/engine.h"
#include "term/invariant.h"
#include "term/reflow.h"

static const char magic[4] = {'C', 'L', 'T', 'S'};

/* Plain members, written in this order as they lie in memory (the form is for one
 * machine: session and viewer run on it). */
#define FIELD(m)                                                                                   \
	{                                                                                          \
		offsetof(struct term, m), sizeof(((struct term *)NULL)->m)                         \
	}
static const struct {
	size_t at, size;
} fields[] = {FIELD(cell_w), FIELD(cell_h), FIELD(modes), FIELD(modes_saved), FIELD(cur.at),
	FIELD(cur.pen), FIELD(cur.sets), FIELD(top), FIELD(bottom), FIELD(left), FIELD(right),
	FIELD(last_char), FIELD(saw_prepend), FIELD(cursor_style), FIELD(modify_other),
	FIELD(keypad_app), FIELD(pal.dynamic), FIELD(progress), FIELD(screens[0].saved),
	FIELD(screens[0].left), FIELD(screens[0].kitty), FIELD(screens[0].kitty_n),
	FIELD(screens[0].kitty_now), FIELD(screens[1].saved), FIELD(screens[1].left),
	FIELD(screens[1].kitty), FIELD(screens[1].kitty_n), FIELD(screens[1].kitty_now),
	FIELD(ps.state), FIELD(ps.n_params), FIELD(ps.n_inter), FIELD(ps.prefix),
	FIELD(ps.overflow), FIELD(ps.digits), FIELD(ps.sub), FIELD(ps.params), FIELD(ps.inter),
	FIELD(ps.string), FIELD(ps.string_lost), FIELD(ps.string_c2), FIELD(ps.utf8),
	FIELD(ps.utf8_n)};

/* ---- writing ---- */

static void put_bytes(struct buf *out, const void *p, size_t n)
{
	uint32_t size = (uint32_t)n;

	buf_add(out, &size, sizeof(size));
	if (n)
		buf_add(out, p, n);
}

static void put_screen(struct buf *out, const struct term *t, const struct screen *s)
{
	struct rowtables tables = {&t->styles, &t->clusters, &t->links};

	for (unsigned y = 0; y < t->rows; y++) {
		const struct row *r = screen_row(t, s, y);
		uint32_t size;
		size_t at = out->n;

		buf_reserve(out, sizeof(size) + rowcode_bound(&tables, r));
		size = (uint32_t)rowcode_pack(&tables, r, out->p + at + sizeof(size));
		memcpy(out->p + at, &size, sizeof(size));
		out->n += sizeof(size) + size;
	}
}

static void put_history(struct buf *out, const struct scrollback *h)
{
	uint32_t row = 0;

	buf_add(out, &h->first, sizeof(h->first));
	buf_add(out, &h->n_blocks, sizeof(h->n_blocks));
	for (uint32_t i = 0; i < h->n_blocks; i++) {
		const struct block *b = scrollback_block(h, i);

		buf_add(out, &b->cap, sizeof(b->cap));
		buf_add(out, &b->n, sizeof(b->n));
		for (uint32_t end = row + b->n; row < end; row++) {
			struct str packed = scrollback_row(h, row);

			put_bytes(out, packed.p, packed.n);
		}
	}
}

static void put_texts(struct buf *out, const struct term *t)
{
	struct str uri = link_uri(&t->links, t->cur.link), id = link_id(&t->links, t->cur.link);

	put_bytes(out, t->title.p, t->title.n);
	put_bytes(out, t->icon.p, t->icon.n);
	put_bytes(out, t->cwd.p, t->cwd.n);
	put_bytes(out, t->notice.id.p, t->notice.id.n);
	put_bytes(out, t->notice.title.p, t->notice.title.n);
	put_bytes(out, t->notice.body.p, t->notice.body.n);
	buf_putc(out, (char)t->title_n);
	for (unsigned i = 0; i < t->title_n; i++)
		put_bytes(out, t->title_stack[i].p, t->title_stack[i].n);
	put_bytes(out, uri.p, uri.n);
	put_bytes(out, id.p, id.n);
	put_bytes(out, t->ps.buf, t->ps.buf_n);
	put_bytes(out, t->pal.indexed, t->pal.indexed ? 256 * sizeof(uint32_t) : 0);
	put_bytes(out, t->tabs, (t->cols + 31u) / 32 * sizeof(*t->tabs));
}

void term_freeze(const struct term *t, struct buf *out)
{
	uint32_t version = TERM_FREEZE_VERSION;
	char alt = (char)!on_primary(t);

	buf_add(out, magic, sizeof(magic));
	buf_add(out, &version, sizeof(version));
	buf_add(out, &t->cols, sizeof(t->cols));
	buf_add(out, &t->rows, sizeof(t->rows));
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		buf_add(out, (const char *)t + fields[i].at, fields[i].size);
	buf_putc(out, alt);
	put_texts(out, t);
	put_history(out, &t->hist);
	put_screen(out, t, &t->screens[0]);
	put_screen(out, t, &t->screens[1]);
}

/* ---- reading: `bad` once set, everything reads as nothing ---- */

struct reader {
	struct str rest;
	bool bad;
};

static void get(struct reader *r, void *to, size_t n)
{
	if (r->bad || r->rest.n < n) {
		r->bad = true;
		memset(to, 0, n);
		return;
	}
	memcpy(to, r->rest.p, n);
	r->rest = str_from(r->rest, n);
}

static struct str get_bytes(struct reader *r)
{
	struct str s = {"", 0};
	uint32_t n;

	get(r, &n, sizeof(n));
	if (r->bad || r->rest.n < n) {
		r->bad = true;
		return s;
	}
	s = str_n(r->rest.p, n);
	r->rest = str_from(r->rest, n);
	return s;
}

static void get_text(struct term *t, struct reader *r, struct text_field *f, size_t max)
{
	struct str s = get_bytes(r);

	if (s.n > max || !utf8_plain(s))
		r->bad = true;
	else
		text_set(t, f, s, max);
}

static void get_buffer(struct term *t, struct reader *r)
{
	struct str s = get_bytes(r);

	if (s.n > LONG_STRING_MAX + 64)
		r->bad = true;
	if (r->bad || !s.n)
		return;
	t->ps.buf = tmem_alloc(&t->mem, s.n);
	if (!t->ps.buf) {
		r->bad = true;
		return;
	}
	memcpy(t->ps.buf, s.p, s.n);
	t->ps.buf_n = t->ps.buf_cap = (uint32_t)s.n;
}

static void get_palette(struct term *t, struct reader *r)
{
	struct str s = get_bytes(r);

	if (s.n && s.n != 256 * sizeof(uint32_t))
		r->bad = true;
	if (r->bad || !s.n)
		return;
	t->pal.indexed = tmem_alloc(&t->mem, s.n);
	if (t->pal.indexed)
		memcpy(t->pal.indexed, s.p, s.n);
}

static void get_texts(struct term *t, struct reader *r)
{
	struct str uri, id, tabs;
	uint8_t n;

	get_text(t, r, &t->title, STRING_MAX);
	get_text(t, r, &t->icon, STRING_MAX);
	get_text(t, r, &t->cwd, STRING_MAX);
	get_text(t, r, &t->notice.id, NOTICE_MAX);
	get_text(t, r, &t->notice.title, NOTICE_MAX);
	get_text(t, r, &t->notice.body, NOTICE_MAX);
	get(r, &n, 1);
	if (n > sizeof(t->title_stack) / sizeof(*t->title_stack))
		r->bad = true;
	for (t->title_n = 0; !r->bad && t->title_n < n; t->title_n++)
		get_text(t, r, &t->title_stack[t->title_n], STRING_MAX);
	uri = get_bytes(r);
	id = get_bytes(r);
	if (!utf8_plain(uri) || !utf8_plain(id))
		r->bad = true;
	if (!r->bad && uri.n)
		t->cur.link = link_new(t, uri, id);
	get_buffer(t, r);
	get_palette(t, r);
	tabs = get_bytes(r);
	if (tabs.n != (t->cols + 31u) / 32 * sizeof(*t->tabs))
		r->bad = true;
	else
		memcpy(t->tabs, tabs.p, tabs.n);
}

/* Where there is no room for the block as it was, its rows go where they find some. */
static void get_block(struct term *t, struct reader *r, struct rowview *v)
{
	uint32_t cap, n;
	bool opened;

	get(r, &cap, sizeof(cap));
	get(r, &n, sizeof(n));
	opened = !r->bad && n && scrollback_open(&t->hist, &t->mem, cap);
	for (uint32_t i = 0; !r->bad && i < n; i++) {
		struct str row = get_bytes(r);

		if (!rowcode_unpack(v, &t->mem, row))
			r->bad = true;
		else
			scrollback_push_packed(&t->hist, &t->mem, row);
	}
	/* None is empty, and it held what it says. */
	if (!n || (opened && scrollback_block(&t->hist, t->hist.n_blocks - 1)->n != n))
		r->bad = true;
}

static void get_history(struct term *t, struct reader *r)
{
	struct rowview v = {0};
	uint32_t n;

	get(r, &t->hist.first, sizeof(t->hist.first));
	get(r, &n, sizeof(n));
	if (t->hist.first > UINT64_MAX / 2)
		r->bad = true;
	while (!r->bad && n--)
		get_block(t, r, &v);
	rowview_fini(&v, &t->mem);
}

static void get_row(struct term *t, struct reader *r, struct rowview *v, struct row *to)
{
	if (!rowcode_unpack(v, &t->mem, get_bytes(r)) || v->n > t->cols) {
		r->bad = true;
		return;
	}
	if (v->flags & (ROW_RICH | ROW_STYLED))
		reflow_own(t, v);
	if (v->n)
		memcpy(to->c, v->c, v->n * sizeof(cell_t));
	to->used = v->n;
	to->flags = v->flags | ROW_DIRTY;
	to->mark = v->mark;
}

static void get_screen(struct term *t, struct reader *r, struct screen *s)
{
	struct rowview v = {0};

	for (unsigned y = 0; y < t->rows && !r->bad; y++)
		get_row(t, r, &v, &s->rows[y]);
	rowview_fini(&v, &t->mem);
}

/* A bool that holds neither 0 nor 1 must not be read as one. */
static bool bools_sound(const struct term *t)
{
	const bool *all[] = {&t->cur.pending, &t->saw_prepend, &t->keypad_app, &t->ps.overflow,
		&t->ps.digits, &t->ps.string_lost, &t->ps.string_c2, &t->screens[0].saved.pending,
		&t->screens[0].saved.origin, &t->screens[0].saved.saved,
		&t->screens[1].saved.pending, &t->screens[1].saved.origin,
		&t->screens[1].saved.saved, &t->screens[0].left.pending,
		&t->screens[1].left.pending};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		unsigned char byte;

		memcpy(&byte, all[i], 1);
		if (byte > 1)
			return false;
	}
	return true;
}

static bool sets_sound(const struct charsets *s)
{
	for (int i = 0; i < 4; i++)
		if (s->g[i] > CHARSET_UK)
			return false;
	return s->gl < 4 && s->once < 4;
}

static bool place_sound(const struct term *t, const struct place *p)
{
	return p->x < t->cols && p->y < t->rows;
}

static bool saved_sound(const struct term *t, const struct saved_cursor *s)
{
	return place_sound(t, &s->at) && style_sound(&s->pen) && sets_sound(&s->sets);
}

static bool sound(const struct term *t)
{
	const struct parser *ps = &t->ps;

	return bools_sound(t) && sets_sound(&t->cur.sets) && style_sound(&t->cur.pen) &&
	       saved_sound(t, &t->screens[0].saved) && saved_sound(t, &t->screens[1].saved) &&
	       place_sound(t, &t->screens[0].left) && place_sound(t, &t->screens[1].left) &&
	       ps->state <= ST_STR_ESC && ps->n_params <= MAX_PARAMS && ps->n_inter <= MAX_INTER &&
	       ps->utf8_n <= 3 && ps->string <= STRING_SKIP && t->cursor_style <= TERM_CURSOR_BAR &&
	       t->cell_w && t->cell_h && t->last_char <= 0x10FFFF && !(t->modes >> MODES) &&
	       !(t->modes_saved >> MODES) && t->screens[0].kitty_n <= KITTY_DEPTH &&
	       t->screens[1].kitty_n <= KITTY_DEPTH && t->modify_other <= 2;
}

static bool read_all(struct term *t, struct reader *r)
{
	char alt;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		get(r, (char *)t + fields[i].at, fields[i].size);
	get(r, &alt, 1);
	if (r->bad || !sound(t))
		return false;
	t->scr = &t->screens[alt & 1];
	t->cur.pen_state = PEN_STALE;
	get_texts(t, r);
	get_history(t, r);
	get_screen(t, r, &t->screens[0]);
	get_screen(t, r, &t->screens[1]);
	return !r->bad && !r->rest.n && !term_invariant(t);
}

struct term *term_thaw(const struct term_options *o, struct str bytes)
{
	struct reader r = {bytes, false};
	struct term_options own = *o;
	char head[sizeof(magic)];
	uint32_t version;
	uint16_t cols, rows;
	struct term *t;

	get(&r, head, sizeof(head));
	get(&r, &version, sizeof(version));
	get(&r, &cols, sizeof(cols));
	get(&r, &rows, sizeof(rows));
	if (r.bad || memcmp(head, magic, sizeof(head)) != 0 || version != TERM_FREEZE_VERSION ||
		!cols || !rows)
		return NULL;
	own.cols = cols;
	own.rows = rows;
	t = term_new(&own);
	if (t && !read_all(t, &r)) {
		term_free(t);
		return NULL;
	}
	return t;
}
