/* hyperlink.h - the targets of OSC 8, interned
 *
 * A link is its URI and its id= parameter (cells of one link that stand apart
 * share it). Cells hold a 16-bit id; 0 is no link. URIs over LINK_BYTES are not
 * taken. Which schemes may be opened is the viewer's business (contract/threats.md
 * T17): the engine only keeps what it was told.
 *
 * Source: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
 */
#ifndef TERM_HYPERLINK_H
#define TERM_HYPERLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "term/tmem.h"

enum { LINK_BYTES = 2083, LINK_ID_BYTES = 250, LINKS_EASY = 256, LINKS_MAX = 65535 };

struct link {
	char *text; /* the URI, then the id */
	uint16_t uri_n, id_n;
	uint32_t hash;
};

struct links {
	struct link *v;	 /* v[0] is unused; text NULL: a free id */
	uint16_t *index; /* hash table of ids; 0 is empty. 2 * cap entries */
	uint32_t n, cap, scan, live;
	size_t bytes;
};

void links_fini(struct links *s, struct tmem *m);
/* The id of the link, adding it when there is room; -1 when the table is full or
 * memory is out; 0 when the URI is too long or empty. */
int links_id(struct links *s, struct tmem *m, struct str uri, struct str id);
bool links_grow(struct links *s, struct tmem *m);
void links_sweep(struct links *s, struct tmem *m, const uint32_t *used);

static inline struct str link_uri(const struct links *s, uint32_t id)
{
	return id && id < s->n && s->v[id].text ? str_n(s->v[id].text, s->v[id].uri_n)
						: str_n("", 0);
}
static inline struct str link_id(const struct links *s, uint32_t id)
{
	return id && id < s->n && s->v[id].text
		       ? str_n(s->v[id].text + s->v[id].uri_n, s->v[id].id_n)
		       : str_n("", 0);
}

#endif
