/* freeze.h - the whole state of a terminal as bytes, and back
 *
 * For a viewer that attaches and for a session that outlives a program's update.
 * What comes back behaves byte for byte as the original would have: screens, history,
 * cursor, pen, modes, tab stops, saved cursors, key stacks, colours, titles, and even
 * a sequence or character that was cut in half. What the owner set (events, limits,
 * viewer's colours) is not in it.
 *
 * The form begins with a version; bytes of another version, or damaged ones, are
 * refused as a whole. Nothing in them is trusted.
 */
#ifndef TERM_FREEZE_H
#define TERM_FREEZE_H

#include "base/buf.h"
#include "term/term.h"

enum { TERM_FREEZE_VERSION = 3 };

void term_freeze(const struct term *t, struct buf *out);
/* The size comes from the bytes, the rest of the options is heeded. NULL when the
 * bytes are not whole and well, or memory is out. */
struct term *term_thaw(const struct term_options *o, struct str bytes);

#endif
