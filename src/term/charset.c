#include "term/engine.h"

/* DEC Special Graphics 0x60-0x7E (VT100 User Guide table 3-9; xterm ctlseqs, SCS 0).
 * 0x5F, a blank there, stays an underscore as in ghostty and xterm.js. */
static const uint16_t graphics[] = {0x25C6, 0x2592, 0x2409, 0x240C, 0x240D, 0x240A, 0x00B0, 0x00B1,
	0x2424, 0x240B, 0x2518, 0x2510, 0x250C, 0x2514, 0x253C, 0x23BA, 0x23BB, 0x2500, 0x23BC,
	0x23BD, 0x251C, 0x2524, 0x2534, 0x252C, 0x2502, 0x2264, 0x2265, 0x03C0, 0x2260, 0x00A3,
	0x00B7};

uint32_t charset_map(struct term *t, uint32_t cp)
{
	struct charsets *s = &t->cur.sets;
	uint8_t set = s->g[s->once ? s->once : s->gl];

	s->once = 0;
	if (set == CHARSET_GRAPHICS && cp >= 0x60 && cp <= 0x7E)
		return graphics[cp - 0x60];
	if (set == CHARSET_UK && cp == '#')
		return 0xA3;
	return cp;
}
