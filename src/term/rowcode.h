/* rowcode.h - a row as bytes: how history keeps it, and how it is read back
 *
 * A row that leaves the screen is packed: its text one byte a cell when it is
 * ASCII, else UTF-8 with marks; its looks as runs; its links whole. A packed row
 * holds no ids, so that history never keeps the tables of styles, clusters and
 * links alive, and dropping it is dropping bytes.
 *
 *	struct rowhead | struct rowrun × runs | text | links: u16 uri_n, u16 id_n, bytes
 *
 * Text of a rich row, cell by cell: 0 is a blank, 1 a spacer, 2 says that the
 * next is wide (and stands for its tail too), 3 and a count byte that a cluster
 * follows; anything else is the UTF-8 of one code point (never below 0x20).
 */
#ifndef TERM_ROWCODE_H
#define TERM_ROWCODE_H

#include "term/cell.h"
#include "term/cellstyle.h"
#include "term/cluster.h"
#include "term/hyperlink.h"

struct rowhead {
	uint32_t text_n;
	uint16_t cells, runs, links;
	uint8_t flags, mark;
};

/* Cells [start, start + len) look so; link counts from 1, 0 is none. */
struct rowrun {
	uint16_t start, len, link, pad;
	struct style style;
};

struct rowtables {
	const struct styles *styles;
	const struct clusters *clusters;
	const struct links *links;
};

/* Bytes that packing the row takes at most. */
size_t rowcode_bound(const struct rowtables *t, const struct row *r);
/* Packs it to `to`; returns the bytes used. */
size_t rowcode_pack(const struct rowtables *t, const struct row *r, char *to);

/* A row read back. The ids in its cells count in the tables beside them; texts
 * and links are views into the packed bytes. {0} is an empty one, which can be
 * used again and again. */
struct rowlink {
	struct str uri, id;
};
struct rowview {
	cell_t *c;
	struct style *styles; /* [0] is the default */
	struct str *texts;
	struct rowlink *links; /* [0] is unused */
	size_t cap_c, cap_styles, cap_texts, cap_links;
	uint16_t n, n_styles, n_texts, n_links;
	uint8_t flags, mark;
};

/* Whether every part has a value that means something. */
bool style_sound(const struct style *s);

/* False when memory is out or the bytes are not a packed row. */
bool rowcode_unpack(struct rowview *v, struct tmem *m, struct str packed);
void rowview_fini(struct rowview *v, struct tmem *m);

#endif
