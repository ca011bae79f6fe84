/* cellstyle.h - what SGR can say about a cell, interned
 *
 * A style is 16 bytes and stands in a table once; cells hold its 16-bit id. The
 * table starts small and doubles; past STYLES_EASY entries it asks its owner to
 * collect (engine.h, collect.c) before it grows, so that a stream of ever new
 * true colours costs a bounded scan now and then and no reference counts.
 */
#ifndef TERM_CELLSTYLE_H
#define TERM_CELLSTYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "term/tmem.h"

/* A colour: 0 is the default one. */
#define COLOR_INDEX (UINT32_C(1) << 24)
#define COLOR_RGB (UINT32_C(2) << 24)
#define color_is_index(c) ((c) >> 24 == 1)
#define color_is_rgb(c) ((c) >> 24 == 2)

enum {
	ATTR_BOLD = 1 << 0,
	ATTR_FAINT = 1 << 1,
	ATTR_ITALIC = 1 << 2,
	ATTR_BLINK = 1 << 3,
	ATTR_INVERSE = 1 << 4,
	ATTR_INVISIBLE = 1 << 5,
	ATTR_STRIKE = 1 << 6,
	ATTR_OVERLINE = 1 << 7,
	ATTR_PROTECTED = 1 << 8, /* DECSCA, SPA: selective erase leaves it */
	ATTR_UL_SHIFT = 9,
	ATTR_UL = 7 << ATTR_UL_SHIFT, /* enum underline */
};
enum underline { UL_NONE, UL_SINGLE, UL_DOUBLE, UL_CURLY, UL_DOTTED, UL_DASHED };

struct style {
	uint32_t fg, bg, ul; /* ul: colour of the underline; 0 follows fg */
	uint16_t attrs, pad;
};

enum { STYLES_EASY = 1024, STYLES_MAX = 65535 };

struct styles {
	struct style *v; /* v[0] is the default style */
	uint16_t *hash;	 /* ids; 0 is empty. 2 * cap entries, cap a power of two */
	uint32_t *free;	 /* bit set of ids that were collected */
	uint32_t n, cap, live, scan;
};

bool styles_init(struct styles *s, struct tmem *m);
void styles_fini(struct styles *s, struct tmem *m);
/* The id of the style, adding it when there is room; -1 when the table is full. */
int styles_id(struct styles *s, const struct style *st);
/* Doubles the table; false at the maximum or out of memory. */
bool styles_grow(struct styles *s, struct tmem *m);
/* Drops every id whose bit in `used` (cap bits) is not set. */
void styles_sweep(struct styles *s, const uint32_t *used);

static inline bool style_is_default(const struct style *s)
{
	return !s->fg && !s->bg && !s->ul && !s->attrs;
}
static inline bool style_eq(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->ul == b->ul && a->attrs == b->attrs;
}

#endif
