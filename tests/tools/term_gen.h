/* term_gen.h - seeded streams of everything a terminal understands
 *
 * A stream is a list of tokens (a text, a control, a sequence with parameters),
 * so that a failing one can be made smaller by leaving tokens out.
 */
#ifndef TESTS_TERM_GEN_H
#define TESTS_TERM_GEN_H

#include <stdint.h>

#include "base/buf.h"

struct gen {
	uint64_t seed;
	unsigned cols, rows;
	unsigned flags;
};
enum {
	GEN_MARGINS = 1, /* DECSLRM and what goes with it */
	GEN_MODES = 2,
	GEN_UNICODE = 4,
	GEN_STYLES = 8,
	GEN_ALT = 16,
	GEN_REPORTS = 32,
	GEN_CHARSETS = 64,
	GEN_PROTECT = 128,
	GEN_STRINGS = 256,
	GEN_SOFT_RESET = 512, /* libghostty-vt has no DECSTR */
	GEN_COLUMNS = 1024,   /* nor DECIC, DECDC, DECBI, DECFI */
	GEN_RESIZE = 2048,    /* the owner's doing, the cursor in the first column */
	GEN_RESIZE_ANYWHERE =
		4096, /* wherever it is: there ghostty 0.6.3 loses it (DIFFERENCES.md) */
	/* Without what is known to be otherwise in libghostty-vt 0.6.3 (DIFFERENCES.md). */
	GEN_AGREED = 8192,
	GEN_GUARD = 16384, /* with GEN_PROTECT: SPA and EPA; xterm.js has neither */
	GEN_ALL = 2047,	   /* all that is bytes */
	GEN_GHOSTTY = GEN_ALL & ~(GEN_SOFT_RESET | GEN_COLUMNS),
};
void gen_token(struct gen *g, struct buf *out);
/* Whether a token is a resize, written "ESC < COLS , ROWS >", with a CR in front perhaps. */
bool gen_resize(struct str token, unsigned *cols, unsigned *rows);
uint32_t gen_random(struct gen *g, uint32_t below);

#endif
