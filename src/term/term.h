/* term.h - a terminal without a screen: bytes in, cells and replies out
 *
 *	struct term *t = term_new(&(struct term_options){.cols = 80, .rows = 24});
 *	term_set_events(t, &events, ctx);
 *	term_feed(t, bytes, n);                  // what the program wrote
 *	term_line(t, row, &line);                // cells
 *	term_key(t, &key, &out);                 // what to send to the program
 *	term_free(t);
 *
 * A term does no I/O, knows no clock, keeps nothing outside itself, and takes
 * memory only up to its limit. It can be moved between threads, not shared. No
 * byte of the program's can make it fail: what is unknown is skipped, what is too
 * much is cut (the bounds stand with the constants here and in engine.h).
 *
 * Nor can a byte take long. A character costs its cells, and at most the 255 bytes of a
 * cluster it joins; a row that leaves the screen is packed in three passes over it. A
 * sequence costs, whatever its parameters, at most eight passes over the cells of the
 * screen (packed rows included; DECCOLM: of 132 columns; REP of less than a screen: 4,096
 * characters), a string three passes over its bytes. What no cell holds any more is looked
 * for in passes over both screens, one in so many new looks as frees half a table or, when
 * the table is full, as there are cells for every 64 (collect.c).
 *
 * The shape is that of libghostty-vt (terminal, grid references, render state,
 * key and mouse encoders, formatter, snapshot), so that one can stand for the
 * other. Behaviour is xterm's where xterm has one; the sources are
 *	xterm    "XTerm Control Sequences", Thomas Dickey (ctlseqs)
 *	STD070   DEC STD 070, Video Systems Reference Manual
 *	ECMA-48  5th edition; kitty: sw.kovidgoyal.net/kitty/keyboard-protocol
 *	UAX #29  Unicode 15 text segmentation
 * and what differs on purpose is listed in tests/term/DIFFERENCES.md.
 *
 * Rows: row numbers run over history and screen together. term_first_row() is
 * the oldest row kept, term_screen_row() the first row of the screen; a row keeps
 * its number until a resize or a reset. Columns count from 0.
 */
#ifndef TERM_TERM_H
#define TERM_TERM_H

#include "base/buf.h"
#include "term/cell.h"
#include "term/cellstyle.h"
#include "term/rowcode.h"

struct term;

/* Of what a program sees: raised when the engine answers or paints something anew. The tables
 * are those of this Unicode version (uniprop_table.c). */
#define TERM_ENGINE_VERSION "1.1"
#define TERM_UNICODE_VERSION "15.0"

enum { TERM_MIN = 1, TERM_MAX = 4096, TERM_MAX_CELLS = 1 << 20 };

struct term_options {
	unsigned cols, rows;	 /* 0: 80×24 */
	size_t history;		 /* bytes of scrollback; 0: TERM_HISTORY; TERM_NO_HISTORY: none */
	size_t memory;		 /* bytes altogether; 0: history + TERM_MEMORY */
	unsigned cell_w, cell_h; /* pixels of a cell, for reports; 0: unknown */
	const char *identity;	 /* the answer to XTVERSION; NULL: "codelima VERSION" */
	bool checksum;		 /* answer DECRQCRA: for tests only (it reads the screen) */
	bool light;		 /* the viewer's colours are dark on light */
};
#define TERM_HISTORY ((size_t)8 << 20)
#define TERM_NO_HISTORY SIZE_MAX
#define TERM_MEMORY ((size_t)48 << 20)

/* What happened, told while feeding. Each may be NULL. Text is the program's own:
 * not to be trusted, valid during the call, and never to be answered with. It is UTF-8 without
 * controls, as are titles, directories, links and cells (but for newline and tab in what goes to
 * the clipboard); whatever else deceives a reader is base/escape.h's to show. */
struct term_events {
	void (*reply)(void *ctx, struct str bytes); /* to the program's input, in order */
	void (*bell)(void *ctx);
	/* OSC 52; where: 'c' when the clipboard is among what was named, else the first of them,
	 * 's' when none was */
	void (*clipboard)(void *ctx, char where, struct str data);
	void (*notify)(void *ctx, struct str title, struct str body); /* OSC 9, 99, 777 */
	void (*resized)(void *ctx, unsigned cols, unsigned rows);     /* DECCOLM did it */
};

/* NULL when out of memory or the size is not possible. */
struct term *term_new(const struct term_options *o);
void term_free(struct term *t);
void term_set_events(struct term *t, const struct term_events *ev, void *ctx);

void term_feed(struct term *t, const void *bytes, size_t n);
/* The same, but stops behind the end of a synchronized update (mode 2026) when a
 * frame was held back for it; returns the bytes taken. The rest is to be fed after
 * term_frame_done(), so that a program that never pauses is still shown whole frames. */
size_t term_feed_frame(struct term *t, const void *bytes, size_t n);
/* Rows and columns within TERM_MIN … TERM_MAX; the primary screen and its history
 * are wrapped anew. False: out of memory or not possible; nothing changed. */
bool term_resize(struct term *t, unsigned cols, unsigned rows);
void term_cell_size(struct term *t, unsigned w, unsigned h); /* pixels */
void term_reset(struct term *t);			     /* as RIS */
/* What the viewer has, for the queries OSC 10, 11, 12 and for 2031; told to the
 * program when it asked to be. Colours are 0xRRGGBB, negative for unknown: then, and as
 * long as nobody has told, light grey on black is answered, or black on white. */
void term_viewer_colors(struct term *t, int32_t fg, int32_t bg, int32_t cursor, bool dark);
void term_viewer_visible(struct term *t, bool visible); /* 2033 */

/* ---- what it shows ---- */

enum term_cursor_style { TERM_CURSOR_BLOCK, TERM_CURSOR_UNDERLINE, TERM_CURSOR_BAR };
struct term_cursor {
	unsigned row, col; /* on the screen */
	bool visible, pending_wrap, blink;
	enum term_cursor_style style;
};
struct term_progress { /* OSC 9;4: 0 none, 1 value, 2 error, 3 busy, 4 paused */
	uint8_t state, percent;
};

unsigned term_cols(const struct term *t);
unsigned term_rows(const struct term *t);
bool term_alternate(const struct term *t);
struct term_cursor term_cursor(const struct term *t);
struct str term_title(const struct term *t);
struct str term_cwd(const struct term *t); /* OSC 7: a URI, as it came */
struct term_progress term_progress(const struct term *t);
size_t term_memory(const struct term *t); /* bytes in use */
/* A mode by number; ansi: the ones set without '?'. */
bool term_mode(const struct term *t, unsigned number, bool ansi);
/* The numbers of the modes that are set, in order; returns how many there are. */
size_t term_modes(const struct term *t, bool ansi, uint16_t *numbers, size_t max);
/* The colour 0xRRGGBB that index 0-255 has now. */
uint32_t term_palette(const struct term *t, unsigned index);
/* The default colour the program chose (0 fg, 1 bg, 2 cursor); -1: none. */
int32_t term_dynamic_color(const struct term *t, unsigned which);

/* ---- rows ---- */

uint64_t term_first_row(const struct term *t);
uint64_t term_screen_row(const struct term *t); /* history is [first, screen) */

/* A row to be read. c[0 … n) are its cells; what follows is blank. The ids in them
 * count in this line only. Valid until the term or the view changes. */
struct term_line {
	const cell_t *c;
	unsigned n;
	bool wrapped; /* goes on in the next row */
	uint8_t mark; /* MARK_* */
	const struct style *styles;
	const struct term *live;    /* of a row on the screen, else */
	const struct rowview *view; /* of one in history */
};
/* `view` is storage of the caller's ({0} at first, kept between calls, given back
 * with term_view_fini); it is used for rows of history. False: there is no such
 * row, or memory is out. */
bool term_line(struct term *t, uint64_t row, struct rowview *view, struct term_line *line);
void term_view_fini(struct term *t, struct rowview *view);
/* The cell's text as UTF-8: "" for a blank and for the tail of a wide one. tmp
 * holds it where it must be made. */
struct str term_cell_text(const struct term_line *l, cell_t c, char tmp[4]);
struct str term_cell_uri(const struct term_line *l, cell_t c); /* "": no link */
struct str term_cell_link_id(const struct term_line *l, cell_t c);

/* ---- frames: what a painter must draw again ---- */

enum {
	TERM_CHANGED_TITLE = 1 << 0,
	TERM_CHANGED_CWD = 1 << 1,
	TERM_CHANGED_PROGRESS = 1 << 2,
	TERM_CHANGED_MODES = 1 << 3, /* mouse, keys, paste */
	TERM_CHANGED_SCREEN = 1 << 4,
	TERM_CHANGED_COLORS = 1 << 5,
	TERM_CHANGED_HISTORY = 1 << 6, /* cleared, numbered anew, or its last row changed */
	TERM_CHANGED_BELL = 1 << 7,
};
enum { TERM_SYNC_LIMIT_MS = 150 };
struct term_frame {
	/* since the last frame that was done */
	bool all;	   /* everything changed */
	unsigned scrolled; /* first the whole screen moved up by so many rows … */
	unsigned changes;  /* TERM_CHANGED_* */
	/* what there is now */
	unsigned cols, rows;
	bool alternate;
	uint64_t first_row, screen_row;
	struct term_cursor cursor;
	struct str title, cwd; /* valid until the term is fed */
	struct term_progress progress;
};
/* All that a painter needs but the cells, which term_line() has with links and prompt marks,
 * and what comes as an event. It takes nothing away: asked again, it says the same, until
 * term_frame_done() begins the next frame; nothing may be fed in between. False: a
 * synchronized update is under way and younger than 150 ms: keep showing what is shown.
 * Of each row of the screen term_row_dirty() says whether it must be drawn. */
bool term_frame(struct term *t, int64_t now_ms, struct term_frame *f);
bool term_row_dirty(const struct term *t, unsigned row);
void term_frame_done(struct term *t); /* it was drawn */

#endif
