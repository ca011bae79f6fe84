/* term_json.h - a terminal as the JSON document of the developer tools
 *
 * The form is a contract: see doc of term-replay (BUILD.md). Rows and columns
 * count from 0.
 */
#ifndef TESTS_TERM_JSON_H
#define TESTS_TERM_JSON_H

#include "base/buf.h"
#include "term/term.h"

/* The viewer's colours, where there is no viewer: for the answers to OSC 10, 11, 12. */
enum { TERM_JSON_FG = 0xE5E5E5, TERM_JSON_BG = 0x000000 };

/* replies: every byte the terminal answered. */
void term_json(struct buf *out, struct term *t, struct str replies);
/* The text of a line, trailing blanks trimmed. */
void term_line_text(struct buf *out, const struct term_line *l);

#endif
