/* colorname.h - the names that X11 has for colours
 *
 * OSC 4, 10, 11 and 12 take them in xterm and ghostty, and people's start-up files use
 * them ("OSC 12 ; orange" for the cursor). The table is made by scripts/color-names
 * from X11's rgb.txt.
 */
#ifndef TERM_COLORNAME_H
#define TERM_COLORNAME_H

#include <stdint.h>

#include "base/str.h"

enum { COLORNAMES = 550, COLORNAME_MAX = 20 };
struct colorname {
	char name[COLORNAME_MAX]; /* no NUL behind the longest */
	uint32_t rgb;
};
extern const struct colorname colornames[COLORNAMES]; /* by name */

/* Without regard to case and blanks, gray or grey, as XLookupColor. */
bool colorname_find(struct str name, uint32_t *rgb);

#endif
