/* ghost.h - libghostty-vt, the peer, through its shared library
 *
 * The library is that of npm libghostty-vt; its shim lies beside it (NAME-shim.so).
 * Calls and numbers are those of its C headers, terminal.h and grid_ref.h.
 */
#ifndef TESTS_GHOST_H
#define TESTS_GHOST_H

#include "base/buf.h"
#include "term/term.h"

typedef void *ghost;

/* Ends the program, saying why, when the library cannot be had. */
void ghost_load(const char *library);
/* With mode 2027 on, as ours starts. */
ghost ghost_new(unsigned cols, unsigned rows);
void ghost_free(ghost g);
void ghost_feed(ghost g, struct str bytes);
void ghost_resize(ghost g, unsigned cols, unsigned rows);

struct ghost_state {
	unsigned cols, rows;
	struct term_cursor cursor; /* its style is not asked for */
	bool alternate;
	size_t history; /* rows of it */
};
struct ghost_state ghost_state(ghost g);

/* Calls `cell` for each column of a row of the screen or, counted from the oldest,
 * of history; returns whether the row goes on in the next. */
typedef void ghost_cell_fn(void *ctx, const struct style *look, struct str text, bool tail);
bool ghost_row(ghost g, bool history, unsigned row, unsigned cols, ghost_cell_fn *cell, void *ctx);

/* ---- for its key and mouse encoders ---- */

/* Our modifiers (term/input.h) by its bits: Alt and Ctrl stand the other way round. */
uint16_t ghost_mods(unsigned mods);
/* Bytes to stdout, all but printable ASCII as \xHH. */
void ghost_show(struct str bytes);

#endif
