/* invariant.h - what must hold of a terminal after every feed; for tests and fuzzers */
#ifndef TERM_INVARIANT_H
#define TERM_INVARIANT_H

#include "term/term.h"

/* NULL when all holds, else what does not. Reads every cell: slow. */
const char *term_invariant(const struct term *t);

#endif
