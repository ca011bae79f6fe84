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
	GEN_ALL = 2047,
};
void gen_token(struct gen *g, struct buf *out);
uint32_t gen_random(struct gen *g, uint32_t below);

#endif
