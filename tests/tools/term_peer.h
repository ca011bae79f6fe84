/* term_peer.h - the engine's terminal and libghostty-vt's as the same text, to compare
 *
 * A line "row,col W|- v|- alt|pri HISTORY" (W: a wrap is due, v: the cursor is shown),
 * then a line a row: {fg,bg,ul,attrs} where the style changes, the text of the cells, <
 * for the right half of a wide one, | at the end and + when the row goes on.
 */
#ifndef TESTS_TERM_PEER_H
#define TESTS_TERM_PEER_H

#include "base/buf.h"
#include "term/term.h"
#include "tools/ghost.h"

struct peer_look {
	bool wrap;    /* whether rows go on */
	bool history; /* its rows as well */
	/* What @xterm/headless tells too: no underline colours and kinds, the cursor behind the
	 * last column where a wrap is due, and not whether it is shown. */
	bool plain;
	bool bare; /* text and place of the cursor only */
};

void our_text(struct buf *out, struct term *t, struct peer_look look);
void ghost_text(struct buf *out, ghost g, unsigned cols, unsigned rows, struct peer_look look);

#endif
