/* cell.h - one place on the grid, in 8 bytes
 *
 *	bits  0-20  a code point, or the id of a cluster (cluster.h); 0 is a blank
 *	            that nothing was written to
 *	bit     21  the id of a cluster
 *	bits 22-23  enum cell_kind
 *	bits 32-47  the id of a style (cellstyle.h); 0 is the default
 *	bits 48-63  the id of a link (hyperlink.h); 0 is none
 *
 * A blank in the default style is all zero, so clearing is memset and a row can
 * say that nothing but zeros follows (struct row.used).
 */
#ifndef TERM_CELL_H
#define TERM_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t cell_t;

enum cell_kind {
	CELL_NARROW,
	CELL_WIDE,  /* its right half follows as CELL_TAIL */
	CELL_TAIL,  /* right half of a wide one; holds no text */
	CELL_SPACER /* last column, left empty since a wide character did not fit */
};

#define CELL_TEXT UINT64_C(0x3FFFFF) /* code point or cluster, with its bit */
#define CELL_CLUSTER (UINT64_C(1) << 21)
#define CELL_KIND_SHIFT 22
#define CELL_KIND (UINT64_C(3) << CELL_KIND_SHIFT)
#define CELL_LOOK UINT64_C(0xFFFFFFFF00000000) /* style and link */

static inline uint32_t cell_text(cell_t c)
{
	return (uint32_t)(c & 0x1FFFFF);
}
static inline bool cell_is_cluster(cell_t c)
{
	return (c & CELL_CLUSTER) != 0;
}
static inline enum cell_kind cell_kind(cell_t c)
{
	return (enum cell_kind)(c >> CELL_KIND_SHIFT & 3);
}
static inline uint16_t cell_style(cell_t c)
{
	return (uint16_t)(c >> 32);
}
static inline uint16_t cell_link(cell_t c)
{
	return (uint16_t)(c >> 48);
}
static inline cell_t cell_look(uint16_t style, uint16_t link)
{
	return (cell_t)style << 32 | (cell_t)link << 48;
}
static inline cell_t cell_of_kind(enum cell_kind k)
{
	return (cell_t)k << CELL_KIND_SHIFT;
}

enum {
	ROW_WRAPPED = 1, /* goes on in the next row */
	ROW_DIRTY = 2,	 /* changed since the last frame (frame.h) */
	ROW_RICH = 4,	 /* may hold wide cells, clusters or anything beyond ASCII */
	ROW_STYLED = 8,	 /* may hold styles or links */
};

/* Marks of OSC 133 (the "semantic prompt" of FinalTerm) on the row where they came. */
enum {
	MARK_PROMPT = 1, /* A: a prompt starts here */
	MARK_INPUT = 2,	 /* B: what the person types */
	MARK_OUTPUT = 4, /* C: the command's output starts */
	MARK_DONE = 8,	 /* D: the command ended */
};

struct row {
	cell_t *c;     /* as many as the grid has columns */
	uint16_t used; /* cells from here on are zero */
	uint8_t flags, mark;
};

#endif
