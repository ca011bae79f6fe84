/* lines.h - a stream of bytes cut into lines
 *
 * A line that is longer than LINES_MAX comes in pieces: memory stays bounded and
 * nothing is lost. The newline is not part of a line.
 */
#ifndef LOOP_LINES_H
#define LOOP_LINES_H

#include "base/buf.h"

#define LINES_MAX (64u << 10)

struct lines {
	struct buf part; /* the line that has no end yet */
};

typedef void lines_fn(void *arg, struct str line);

void lines_feed(struct lines *l, struct str chunk, lines_fn *fn, void *arg);
void lines_end(struct lines *l, lines_fn *fn, void *arg); /* the last line, without newline */
void lines_fini(struct lines *l);

/* The last n lines of the text. */
struct str lines_last(struct str text, size_t n);

#endif
