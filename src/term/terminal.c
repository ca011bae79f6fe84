#include "base/utf8.h"
#include "term/engine.h"

static bool size_possible(unsigned cols, unsigned rows)
{
	return cols >= TERM_MIN && rows >= TERM_MIN && cols <= TERM_MAX && rows <= TERM_MAX &&
	       cols * rows <= TERM_MAX_CELLS;
}

static bool set_up(struct term *t, const struct term_options *o)
{
	const char *name = o->identity ? o->identity : "codelima " CODELIMA_VERSION;

	if (!screen_init(&t->screens[0], &t->mem, t->cols, t->rows) ||
		!screen_init(&t->screens[1], &t->mem, t->cols, t->rows) ||
		!styles_init(&t->styles, &t->mem) || !tabs_resize(t, 0, t->cols))
		return false;
	t->scr = &t->screens[0];
	return text_set(t, &t->identity, str_z(name), 64);
}

struct term *term_new(const struct term_options *o)
{
	unsigned cols = o->cols ? o->cols : 80, rows = o->rows ? o->rows : 24;
	size_t history = o->history == TERM_NO_HISTORY ? 0 : o->history ? o->history : TERM_HISTORY;
	struct term *t = size_possible(cols, rows) ? calloc(1, sizeof(*t)) : NULL;

	if (!t)
		return NULL;
	t->mem.limit = o->memory ? o->memory : history + TERM_MEMORY;
	t->mem.used = sizeof(*t);
	t->cols = (uint16_t)cols;
	t->rows = (uint16_t)rows;
	scrollback_init(&t->hist, history);
	if (!set_up(t, o)) {
		term_free(t);
		return NULL;
	}
	t->cell_w = (uint16_t)(o->cell_w ? o->cell_w : 8);
	t->cell_h = (uint16_t)(o->cell_h ? o->cell_h : 16);
	t->checksum = o->checksum;
	t->dark = !o->light;
	t->visible = true;
	modes_reset(t);
	margins_reset(t);
	t->all_dirty = true;
	return t;
}

void term_free(struct term *t)
{
	struct text_field *f[4];

	if (!t)
		return;
	f[0] = &t->title;
	f[1] = &t->icon;
	f[2] = &t->cwd;
	f[3] = &t->identity;
	for (int i = 0; i < 2; i++)
		screen_fini(&t->screens[i], &t->mem, t->cols, t->rows);
	for (unsigned i = 0; i < 4; i++)
		tmem_free(&t->mem, f[i]->p, f[i]->n);
	notice_forget(t);
	while (t->title_n--)
		tmem_free(&t->mem, t->title_stack[t->title_n].p, t->title_stack[t->title_n].n);
	scrollback_fini(&t->hist, &t->mem);
	styles_fini(&t->styles, &t->mem);
	clusters_fini(&t->clusters, &t->mem);
	links_fini(&t->links, &t->mem);
	palette_fini(t);
	parser_fini(t);
	tmem_free(&t->mem, t->tabs, (t->cols + 31u) / 32 * sizeof(*t->tabs));
	free(t);
}

void term_set_events(struct term *t, const struct term_events *ev, void *ctx)
{
	t->ev = *ev;
	t->ev_ctx = ctx;
}

void term_reset(struct term *t)
{
	screen_reset(t);
	t->ps.state = 0;
	t->ps.utf8_n = 0;
	parser_fini(t);
}

bool term_resize(struct term *t, unsigned cols, unsigned rows)
{
	bool same = cols == t->cols && rows == t->rows;

	if (!size_possible(cols, rows))
		return false;
	if (!same && !resize_to(t, cols, rows, true))
		return false;
	if (!same && mode_on(t, MODE_SIZES))
		report_size(t);
	return true;
}

void term_cell_size(struct term *t, unsigned w, unsigned h)
{
	uint16_t old_w = t->cell_w, old_h = t->cell_h;

	if (w && w < 1000)
		t->cell_w = (uint16_t)w;
	if (h && h < 1000)
		t->cell_h = (uint16_t)h;
	if (mode_on(t, MODE_SIZES) && (t->cell_w != old_w || t->cell_h != old_h))
		report_size(t);
}

/* ---- what it shows ---- */

unsigned term_cols(const struct term *t)
{
	return t->cols;
}

unsigned term_rows(const struct term *t)
{
	return t->rows;
}

bool term_alternate(const struct term *t)
{
	return !on_primary(t);
}

struct term_cursor term_cursor(const struct term *t)
{
	return (struct term_cursor){.row = t->cur.y,
		.col = t->cur.x,
		.visible = mode_on(t, MODE_DECTCEM),
		.pending_wrap = t->cur.pending,
		.blink = mode_on(t, MODE_BLINK),
		.style = (enum term_cursor_style)t->cursor_style};
}

struct str term_title(const struct term *t)
{
	return str_n(t->title.p, t->title.n);
}

struct str term_cwd(const struct term *t)
{
	return str_n(t->cwd.p, t->cwd.n);
}

struct term_progress term_progress(const struct term *t)
{
	return t->progress;
}

size_t term_memory(const struct term *t)
{
	return t->mem.used;
}

/* ---- rows ---- */

uint64_t term_first_row(const struct term *t)
{
	return t->hist.first;
}

uint64_t term_screen_row(const struct term *t)
{
	return t->hist.first + t->hist.n;
}

static void live_line(const struct term *t, unsigned y, struct term_line *l)
{
	const struct row *r = row_at(t, y);

	*l = (struct term_line){.c = r->c,
		.n = r->used,
		.wrapped = (r->flags & ROW_WRAPPED) != 0,
		.mark = r->mark,
		.styles = t->styles.v,
		.live = t};
}

bool term_line(struct term *t, uint64_t row, struct rowview *v, struct term_line *l)
{
	uint64_t screen = term_screen_row(t);

	if (row < t->hist.first || row >= screen + t->rows)
		return false;
	if (row >= screen) {
		live_line(t, (unsigned)(row - screen), l);
		return true;
	}
	if (!rowcode_unpack(v, &t->mem, scrollback_row(&t->hist, (uint32_t)(row - t->hist.first))))
		return false;
	*l = (struct term_line){.c = v->c,
		.n = v->n,
		.wrapped = (v->flags & ROW_WRAPPED) != 0,
		.mark = v->mark,
		.styles = v->styles,
		.view = v};
	return true;
}

void term_view_fini(struct term *t, struct rowview *v)
{
	rowview_fini(v, &t->mem);
}

struct str term_cell_text(const struct term_line *l, cell_t c, char tmp[4])
{
	if (cell_is_cluster(c)) {
		if (l->live)
			return cluster_text(&l->live->clusters, cell_text(c));
		return l->view->texts[cell_text(c)];
	}
	if (!cell_text(c))
		return STR("");
	return str_n(tmp, utf8_encode(cell_text(c), tmp));
}

struct str term_cell_uri(const struct term_line *l, cell_t c)
{
	return l->live ? link_uri(&l->live->links, cell_link(c)) : l->view->links[cell_link(c)].uri;
}

struct str term_cell_link_id(const struct term_line *l, cell_t c)
{
	return l->live ? link_id(&l->live->links, cell_link(c)) : l->view->links[cell_link(c)].id;
}
