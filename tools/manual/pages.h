/* pages.h - the man pages, in mdoc(7) */
#ifndef MANUAL_PAGES_H
#define MANUAL_PAGES_H

#include "base/buf.h"

void page_names(struct buf *out); /* one a line: "codelima-node.1" */
bool page(struct buf *out, const char *name);

/* codelima-config(5), behind its title. False, with a word on stderr: a key of a field table
 * has no text, or a text no key. */
bool config_page(struct buf *out);

/* Text in which nothing is a macro or an escape. */
void roff(struct buf *out, const char *text);
/* Paragraphs are divided by empty lines; indented lines stand as they are. */
void roff_more(struct buf *out, const char *text);

#endif
