/* escape.h - the one escaper of text that a guest or a file chose
 *
 * Everything shown to a person goes through here (contract/threats.md T7):
 * C0, DEL and C1 controls, bytes that are not UTF-8, and characters that
 * reorder or hide text (bidi controls U+202A–202E, U+2066–2069, U+200E/F,
 * U+061C; U+2028/2029; U+FEFF; tags U+E0000–E007F) come out as visible
 * escapes: \n \t \r \e \xNN \u{NNNN}. A backslash stays as it is: this is for
 * reading, not for parsing back.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"

void escape_text(struct buf *out, struct str s); /* one line: newline and tab are escaped too */
void escape_lines(
	struct buf *out, struct str s); /* newline stays, tab becomes a space, CR LF is LF */

/* Columns that the text takes on a terminal (wide 2, combining 0). Controls
 * count as 0: escape first. */
size_t text_width(struct str s);
/* The longest beginning that fits into `cols` columns, never cutting a cluster
 * of base character and combining marks. */
struct str text_fit(struct str s, size_t cols);

#endif
