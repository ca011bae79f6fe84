#include "term/rowcode.h"

#include <string.h>

#include "base/utf8.h"

enum { T_BLANK, T_SPACER, T_WIDE, T_CLUSTER };

/* Without the zeros at its end. */
static unsigned length(const struct row *r)
{
	unsigned n = r->used;

	while (n && !r->c[n - 1])
		n--;
	return n;
}

static size_t links_bound(const struct rowtables *t, const struct row *r, unsigned n)
{
	size_t size = 0;
	uint16_t link = 0;

	for (unsigned i = 0; i < n; i++) {
		uint16_t now = cell_link(r->c[i]);

		if (now == link)
			continue;
		link = now;
		if (link)
			size += 4 + link_uri(t->links, link).n + link_id(t->links, link).n;
	}
	return size;
}

static size_t looks_bound(const struct rowtables *t, const struct row *r, unsigned n)
{
	cell_t look = 0, any = 0;
	size_t runs = 0;

	for (unsigned i = 0; i < n; i++) {
		cell_t now = r->c[i] & CELL_LOOK;

		runs += now != look;
		any |= now;
		look = now;
	}
	return runs * sizeof(struct rowrun) + (cell_link(any) ? links_bound(t, r, n) : 0);
}

static size_t text_bound(const struct row *r, unsigned n)
{
	size_t clusters = 0;

	if (!(r->flags & ROW_RICH))
		return n;
	for (unsigned i = 0; i < n; i++)
		clusters += (r->c[i] & CELL_CLUSTER) != 0;
	return (size_t)n * 5 + clusters * CLUSTER_BYTES;
}

size_t rowcode_bound(const struct rowtables *t, const struct row *r)
{
	unsigned n = length(r);

	return sizeof(struct rowhead) + text_bound(r, n) + 8 +
	       (r->flags & ROW_STYLED ? looks_bound(t, r, n) : 0);
}

/* The number of `link` in the row's own list, adding it. */
struct linklist {
	uint16_t n, last_id, last_at;
	uint16_t ids[256];
};

static uint16_t link_at(struct linklist *l, uint16_t id)
{
	if (!id)
		return 0;
	if (id == l->last_id)
		return l->last_at;
	l->last_id = id;
	for (uint16_t i = 0; i < l->n; i++)
		if (l->ids[i] == id)
			return l->last_at = (uint16_t)(i + 1);
	if (l->n == sizeof(l->ids) / sizeof(*l->ids)) /* further ones are lost */
		return l->last_id = l->last_at = 0;
	l->ids[l->n++] = id;
	return l->last_at = l->n;
}

static uint16_t pack_runs(const struct rowtables *t, const struct row *r, unsigned n, char *to,
	struct linklist *links)
{
	uint16_t runs = 0;

	for (unsigned i = 0; i < n;) {
		cell_t look = r->c[i] & CELL_LOOK;
		unsigned start = i;
		struct rowrun run;

		while (i < n && (r->c[i] & CELL_LOOK) == look)
			i++;
		if (!look)
			continue;
		run = (struct rowrun){(uint16_t)start, (uint16_t)(i - start),
			link_at(links, cell_link(look)), 0, t->styles->v[cell_style(look)]};
		memcpy(to + runs * sizeof(run), &run, sizeof(run));
		runs++;
	}
	return runs;
}

/* *rich: whether there was anything beyond ASCII; the row's own flag may be left over. */
static size_t pack_rich(
	const struct rowtables *t, const struct row *r, unsigned n, char *to, bool *rich)
{
	char *p = to;

	*rich = false;
	for (unsigned i = 0; i < n; i++) {
		cell_t c = r->c[i];
		enum cell_kind k = cell_kind(c);

		if ((c & (CELL_TEXT | CELL_KIND)) < 0x80) {
			*p++ = (char)c;
			continue;
		}
		*rich = true;
		if (k == CELL_WIDE) {
			*p++ = T_WIDE;
			i++; /* its tail */
		}
		if (k == CELL_SPACER) {
			*p++ = T_SPACER;
		} else if (cell_is_cluster(c)) {
			struct str s = cluster_text(t->clusters, cell_text(c));

			*p++ = T_CLUSTER;
			*p++ = (char)s.n;
			memcpy(p, s.p, s.n);
			p += s.n;
		} else if (cell_text(c) < 0x80) {
			*p++ = (char)cell_text(c);
		} else if (cell_text(c) >= 0x800 && cell_text(c) < 0x10000) {
			*p++ = (char)(0xE0 | cell_text(c) >> 12);
			*p++ = (char)(0x80 | (cell_text(c) >> 6 & 63));
			*p++ = (char)(0x80 | (cell_text(c) & 63));
		} else {
			p += utf8_encode(cell_text(c), p);
		}
	}
	return (size_t)(p - to);
}

static size_t pack_links(const struct links *links, const struct linklist *l, char *to)
{
	char *p = to;

	for (uint16_t i = 0; i < l->n; i++) {
		struct str uri = link_uri(links, l->ids[i]), id = link_id(links, l->ids[i]);
		uint16_t n[2] = {(uint16_t)uri.n, (uint16_t)id.n};

		memcpy(p, n, sizeof(n));
		memcpy(p + 4, uri.p, uri.n);
		memcpy(p + 4 + uri.n, id.p, id.n);
		p += 4 + uri.n + id.n;
	}
	return (size_t)(p - to);
}

static void pack_ascii(const cell_t *c, unsigned n, char *to)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = (char)c[i];
}

size_t rowcode_pack(const struct rowtables *t, const struct row *r, char *to)
{
	unsigned n = length(r);
	struct rowhead h = {.cells = (uint16_t)n, .flags = r->flags & ROW_WRAPPED, .mark = r->mark};
	struct linklist links;
	char *p = to + sizeof(h);
	bool rich;

	links.n = links.last_id = links.last_at = 0;
	if (r->flags & ROW_STYLED) {
		h.runs = pack_runs(t, r, n, p, &links);
		h.flags |= h.runs ? ROW_STYLED : 0;
		p += h.runs * sizeof(struct rowrun);
	}
	if (r->flags & ROW_RICH) {
		h.text_n = (uint32_t)pack_rich(t, r, n, p, &rich);
		h.flags |= rich ? ROW_RICH : 0;
	} else {
		pack_ascii(r->c, h.text_n = n, p);
	}
	p += h.text_n;
	h.links = links.n;
	if (links.n)
		p += pack_links(t->links, &links, p);
	memcpy(to, &h, sizeof(h));
	return (size_t)(p - to);
}

/* ---- reading back ---- */

static bool grow(struct tmem *m, void *pp, size_t *cap, size_t need, size_t size)
{
	size_t to = need + need / 2 + 8;
	void *p;

	if (need <= *cap)
		return true;
	p = tmem_resize(m, *(void **)pp, *cap * size, to * size);
	if (!p)
		return false;
	*(void **)pp = p;
	*cap = to;
	return true;
}

static bool add_text(struct rowview *v, struct tmem *m, struct str s, cell_t *c)
{
	if (!grow(m, &v->texts, &v->cap_texts, v->n_texts + 1u, sizeof(*v->texts)))
		return false;
	v->texts[v->n_texts] = s;
	*c |= CELL_CLUSTER | v->n_texts++;
	return true;
}

/* Reads the cell at *at; wide ones fill two. False at the end or on nonsense. */
static bool unpack_cell(struct rowview *v, struct tmem *m, struct str text, size_t *at, unsigned *x)
{
	bool wide = text.p[*at] == T_WIDE;
	cell_t c = 0;
	uint32_t cp;

	*at += wide;
	if (*at >= text.n || *x + wide >= v->n)
		return false;
	if (text.p[*at] == T_SPACER) {
		if (wide || *x + 1u != v->n)
			return false;
		c = cell_of_kind(CELL_SPACER);
		++*at;
	} else if (text.p[*at] == T_CLUSTER) {
		size_t n = *at + 1 < text.n ? (unsigned char)text.p[*at + 1] : 0;

		if (!n || *at + 2 + n > text.n || !utf8_plain(str_n(text.p + *at + 2, n)) ||
			!add_text(v, m, str_n(text.p + *at + 2, n), &c))
			return false;
		*at += 2 + n;
	} else {
		*at += utf8_decode(str_from(text, *at), &cp);
		if (cp == UTF8_BAD || (cp && utf8_control(cp)))
			return false;
		c = cp;
	}
	v->c[(*x)++] = c | (wide ? cell_of_kind(CELL_WIDE) : 0);
	if (wide)
		v->c[(*x)++] = cell_of_kind(CELL_TAIL);
	return true;
}

static bool unpack_text(struct rowview *v, struct tmem *m, struct str text)
{
	unsigned x = 0;

	if (!(v->flags & ROW_RICH)) {
		if (text.n != v->n)
			return false;
		for (size_t i = 0; i < text.n; i++) {
			v->c[i] = (unsigned char)text.p[i];
			if (v->c[i] && (v->c[i] < 0x20 || v->c[i] > 0x7E))
				return false;
		}
		return true;
	}
	for (size_t at = 0; at < text.n;)
		if (!unpack_cell(v, m, text, &at, &x))
			return false;
	return x == v->n;
}

bool style_sound(const struct style *s)
{
	return s->fg >> 24 <= 2 && s->bg >> 24 <= 2 && s->ul >> 24 <= 2 && s->attrs < 1 << 12 &&
	       s->attrs >> ATTR_UL_SHIFT <= UL_DASHED;
}

static bool unpack_runs(
	struct rowview *v, struct tmem *m, unsigned runs, unsigned links, const char *p)
{
	if (!grow(m, &v->styles, &v->cap_styles, runs + 1u, sizeof(*v->styles)))
		return false;
	v->styles[0] = (struct style){0};
	v->n_styles = (uint16_t)(runs + 1);
	/* In order and apart: two on one cell would make numbers that there are not. */
	for (unsigned i = 0, end = 0; i < runs; i++) {
		struct rowrun run;
		cell_t look;

		memcpy(&run, p + i * sizeof(run), sizeof(run));
		if (run.start < end || (unsigned)run.start + run.len > v->n || run.link > links ||
			!style_sound(&run.style))
			return false;
		end = (unsigned)run.start + run.len;
		v->styles[i + 1] = run.style;
		look = cell_look(style_is_default(&run.style) ? 0 : (uint16_t)(i + 1), run.link);
		for (unsigned x = run.start; x < (unsigned)run.start + run.len; x++)
			v->c[x] |= look;
	}
	return true;
}

static bool unpack_links(struct rowview *v, struct tmem *m, unsigned n, struct str rest)
{
	if (!grow(m, &v->links, &v->cap_links, n + 1u, sizeof(*v->links)))
		return false;
	v->links[0] = (struct rowlink){{"", 0}, {"", 0}};
	v->n_links = (uint16_t)(n + 1);
	for (unsigned i = 1; i <= n; i++) {
		uint16_t len[2];

		if (rest.n < sizeof(len))
			return false;
		memcpy(len, rest.p, sizeof(len));
		if (rest.n < 4u + len[0] + len[1])
			return false;
		v->links[i] = (struct rowlink){
			str_n(rest.p + 4, len[0]), str_n(rest.p + 4 + len[0], len[1])};
		if (!utf8_plain(str_n(rest.p + 4, (size_t)len[0] + len[1])))
			return false;
		rest = str_from(rest, 4u + len[0] + len[1]);
	}
	return true;
}

bool rowcode_unpack(struct rowview *v, struct tmem *m, struct str packed)
{
	struct rowhead h;
	size_t runs_n;

	if (packed.n < sizeof(h))
		return false;
	memcpy(&h, packed.p, sizeof(h));
	runs_n = h.runs * sizeof(struct rowrun);
	if (packed.n - sizeof(h) < runs_n + h.text_n ||
		!grow(m, &v->c, &v->cap_c, h.cells, sizeof(*v->c)))
		return false;
	v->n = h.cells;
	v->flags = h.flags & (ROW_WRAPPED | ROW_RICH | ROW_STYLED);
	v->mark = h.mark;
	v->n_texts = 0;
	return unpack_text(v, m, str_n(packed.p + sizeof(h) + runs_n, h.text_n)) &&
	       unpack_runs(v, m, h.runs, h.links, packed.p + sizeof(h)) &&
	       unpack_links(v, m, h.links, str_from(packed, sizeof(h) + runs_n + h.text_n));
}

void rowview_fini(struct rowview *v, struct tmem *m)
{
	tmem_free(m, v->c, v->cap_c * sizeof(*v->c));
	tmem_free(m, v->styles, v->cap_styles * sizeof(*v->styles));
	tmem_free(m, v->texts, v->cap_texts * sizeof(*v->texts));
	tmem_free(m, v->links, v->cap_links * sizeof(*v->links));
	*v = (struct rowview){0};
}
