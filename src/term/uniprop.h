/* uniprop.h - what a code point is to a terminal: its width and its grapheme class
 *
 * One byte a code point in a two-stage table (uniprop_table.c, made by
 * scripts/unicode-tables from Debian's unicode-data), so that a look-up is two
 * loads. Clusters follow UAX #29 (Unicode 15, rules GB3-GB999).
 */
#ifndef TERM_UNIPROP_H
#define TERM_UNIPROP_H

#include <stdbool.h>
#include <stdint.h>

enum gcb {
	GCB_OTHER,
	GCB_CONTROL,
	GCB_CR,
	GCB_LF,
	GCB_EXTEND,
	GCB_ZWJ,
	GCB_RI,
	GCB_PREPEND,
	GCB_SPACING,
	GCB_L,
	GCB_V,
	GCB_T,
	GCB_LV,
	GCB_LVT,
	GCB_PICT, /* Extended_Pictographic */
	GCB_COUNT
};

extern const uint8_t uniprop_first[4352], uniprop_second[];

/* Bits 0-3: enum gcb; 4-5: width alone; 6: U+FE0E and U+FE0F choose its shape; 7: it parts
 * words (beyond ASCII). Of a value over U+10FFFF: 0. */
static inline uint8_t uniprop(uint32_t cp)
{
	return cp > 0x10FFFF ? 0 : uniprop_second[uniprop_first[cp >> 8] * 256u + (cp & 255)];
}

static inline enum gcb uniprop_gcb(uint8_t prop)
{
	return (enum gcb)(prop & 15);
}
static inline int uniprop_width(uint8_t prop)
{
	return prop >> 4 & 3;
}
static inline bool uniprop_vs_base(uint8_t prop)
{
	return (prop & 0x40) != 0;
}
static inline bool uniprop_parts_words(uint8_t prop)
{
	return (prop & 0x80) != 0;
}

/* Walks a text: {0} at its start; true when a new cluster begins before `cp`. */
struct gcb_state {
	uint8_t prev;	/* enum gcb + 1; 0 at the start of the text */
	uint8_t pict;	/* the cluster so far is Extended_Pictographic Extend* [ZWJ] */
	uint8_t ri_odd; /* an odd number of regional indicators stands before */
};
bool gcb_break(struct gcb_state *s, enum gcb next);

#endif
