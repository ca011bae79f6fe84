/* engine.h - the state of a terminal, for the files of this folder only
 *
 * Others include term/term.h. The order of the files is that of the data's way:
 * vtparse.c cuts bytes into text, controls and sequences; vtprint.c puts text on
 * the grid; edit.c, esc.c, csi.c, sgr.c, decmode.c, report.c, osc.c and dcs.c do what the
 * sequences say with the help of cursor.c, grid.c and screen.c; scrollback.c keeps
 * what left the screen.
 */
#ifndef TERM_ENGINE_H
#define TERM_ENGINE_H

#include "base/buf.h"
#include "term/cell.h"
#include "term/cellstyle.h"
#include "term/cluster.h"
#include "term/hyperlink.h"
#include "term/scrollback.h"
#include "term/term.h"
#include "term/tmem.h"
#include "term/uniprop.h"

/* ---- modes (decmode.c) ---- */

enum mode {
	MODE_DECCKM,	 /* 1 */
	MODE_DECCOLM,	 /* 3 */
	MODE_DECSCLM,	 /* 4 */
	MODE_DECSCNM,	 /* 5 */
	MODE_DECOM,	 /* 6 */
	MODE_DECAWM,	 /* 7 */
	MODE_DECARM,	 /* 8 */
	MODE_X10,	 /* 9 */
	MODE_BLINK,	 /* 12 */
	MODE_DECTCEM,	 /* 25 */
	MODE_ALLOW_COLM, /* 40 */
	MODE_REVWRAP,	 /* 45 */
	MODE_ALT47,	 /* 47 */
	MODE_DECNKM,	 /* 66 */
	MODE_DECBKM,	 /* 67 */
	MODE_DECLRMM,	 /* 69 */
	MODE_M1000,
	MODE_M1002,
	MODE_M1003,
	MODE_FOCUS, /* 1004 */
	MODE_M1005,
	MODE_M1006,
	MODE_ALTSCROLL, /* 1007 */
	MODE_M1015,
	MODE_M1016,
	MODE_NUMLOCK,  /* 1035 */
	MODE_META_ESC, /* 1036 */
	MODE_ALT_ESC,  /* 1039 */
	MODE_REVWRAP2, /* 1045 */
	MODE_ALT1047,
	MODE_SAVE1048,
	MODE_ALT1049,
	MODE_PASTE,    /* 2004 */
	MODE_SYNC,     /* 2026 */
	MODE_CLUSTERS, /* 2027 */
	MODE_SCHEME,   /* 2031 */
	MODE_VISIBLE,  /* 2033 */
	MODE_SIZES,    /* 2048 */
	MODE_KAM,      /* ANSI 2 */
	MODE_IRM,      /* ANSI 4 */
	MODE_SRM,      /* ANSI 12 */
	MODE_LNM,      /* ANSI 20 */
	MODE_GUARDED,  /* no number: SPA was the last to protect, so ED, EL, ECH leave it too */
	MODES
};

/* ---- cursor and screens ---- */

enum charset { CHARSET_ASCII, CHARSET_GRAPHICS, CHARSET_UK };

struct charsets {
	uint8_t g[4]; /* enum charset of G0-G3 */
	uint8_t gl;   /* which of them is invoked */
	uint8_t once; /* 2 or 3 after SS2 or SS3, for one character; else 0 */
};

/* These are frozen as they lie (freeze.c), so that they have no gaps of the compiler's. */
struct place {
	uint16_t x, y;
	bool pending; /* the next character wraps first */
	uint8_t pad;
};
_Static_assert(sizeof(struct place) == 6, "no gaps");
/* A struct place, whole as `at` and by its members. */
#define PLACE_AT                                                                                   \
	union {                                                                                    \
		struct place at;                                                                   \
		struct {                                                                           \
			uint16_t x, y;                                                             \
			bool pending;                                                              \
		};                                                                                 \
	}

struct saved_cursor {
	PLACE_AT;
	bool origin, saved;
	struct style pen;
	struct charsets sets;
	uint16_t pad_end;
};
_Static_assert(sizeof(struct saved_cursor) == 10 + sizeof(struct style) + sizeof(struct charsets),
	"no gaps");

enum { KITTY_DEPTH = 8 };

struct screen {
	struct row *rows; /* a ring of t->rows; row 0 of the screen is rows[top] */
	cell_t *cells;
	uint16_t top;
	struct saved_cursor saved;
	struct place left;	    /* of a screen not shown: where the cursor was; else {0} */
	uint8_t kitty[KITTY_DEPTH]; /* kitty_n entries lie below the one in use */
	uint8_t kitty_n, kitty_now;
};

enum pen_state { PEN_STALE, PEN_LOOK, PEN_READY }; /* nothing, look, look and blank */

struct cursor {
	PLACE_AT;
	struct style pen;
	uint8_t pen_state;  /* enum pen_state: what below is up to date with pen and link */
	cell_t look, blank; /* style and link of what is written; a cell after erasing (bce) */
	uint16_t link;
	struct charsets sets;
};

/* ---- parser (vtparse.c) ---- */

enum { MAX_PARAMS = 32, MAX_INTER = 3 };
enum { STRING_MAX = 64 << 10, CLIPBOARD_MAX = 1 << 20, STRING_KEEP = 4096 };
/* Base64 of CLIPBOARD_MAX bytes and the text in front of it. */
enum { LONG_STRING_MAX = CLIPBOARD_MAX / 3 * 4 + 64 };

/* The states of DEC's parser (vt100.net/emu/dec_ansi_parser), with the string
 * states folded into one. ST_STR_ESC: an ESC came inside a string. */
enum parse_state {
	ST_GROUND,
	ST_ESC,
	ST_ESC_INTER,
	ST_CSI_ENTRY,
	ST_CSI_PARAM,
	ST_CSI_INTER,
	ST_CSI_IGNORE,
	ST_STRING,
	ST_STR_ESC
};

enum string_kind { STRING_OSC, STRING_DCS, STRING_APC, STRING_SKIP };

struct parser {
	uint8_t state;
	uint8_t n_params, n_inter, prefix;
	bool overflow; /* too many intermediates: run to the final and do nothing */
	bool digits;   /* the parameter at n_params has begun */
	uint32_t sub;  /* bit i: parameter i was set off by a colon */
	uint16_t params[MAX_PARAMS];
	uint8_t inter[MAX_INTER];
	uint8_t string;	  /* enum string_kind */
	bool string_lost; /* it was longer than it may be, or memory was out */
	bool string_c2;	  /* the last byte was C2, which may begin a C1 ST */
	char *buf;	  /* the string so far */
	uint32_t buf_n, buf_cap;
	uint8_t utf8[4]; /* an unfinished character */
	uint8_t utf8_n;
};

/* What a sequence was called with. */
struct csi {
	const uint16_t *p;
	uint8_t n; /* at least 1: a sequence without parameters has one 0 */
	uint8_t prefix, inter, final;
	uint32_t sub;
};
/* Parameter i, with 0 and absent as 1. */
static inline unsigned csi_count(const struct csi *c, unsigned i)
{
	return i < c->n && c->p[i] ? c->p[i] : 1;
}
static inline unsigned csi_param(const struct csi *c, unsigned i)
{
	return i < c->n ? c->p[i] : 0;
}

/* ---- colours (palette.c) ---- */

enum { DYNAMIC_FG, DYNAMIC_BG, DYNAMIC_CURSOR, DYNAMICS };

struct palette {
	uint32_t *indexed;	    /* 256 values, made when one is first changed; else NULL */
	uint32_t dynamic[DYNAMICS]; /* rgb | PALETTE_SET */
	uint32_t initial[DYNAMICS]; /* what the owner said the viewer has; or 0 */
};
#define PALETTE_SET UINT32_C(0x80000000)

struct text_field {
	char *p;
	uint32_t n;
};

enum { NOTICE_MAX = 4096 };
/* Of OSC 99, while its pieces come in (notice.c). */
struct notice {
	struct text_field id, title, body;
};

struct term {
	struct tmem mem;
	struct term_events ev;
	void *ev_ctx;
	uint16_t cols, rows;
	uint16_t cell_w, cell_h; /* pixels; 0 when unknown */
	uint64_t modes, modes_saved;

	struct cursor cur;
	uint16_t top, bottom, left, right; /* margins, inclusive */
	struct screen screens[2];
	struct screen *scr; /* the one shown */
	struct styles styles;
	struct clusters clusters;
	struct links links;
	struct scrollback hist;
	const struct screen *extra; /* being built by a resize; its ids count as used */
	unsigned extra_rows;
	struct row extra_row; /* being read back from history; likewise */

	uint32_t *tabs;	      /* bit set */
	uint32_t last_char;   /* for REP; 0 when the last thing was no graphic character */
	bool saw_prepend;     /* a Prepend character was printed since the reset */
	uint8_t cursor_style; /* enum term_cursor_style */
	uint8_t modify_other;
	bool keypad_app;
	bool checksum; /* DECRQCRA is answered */
	bool dark;     /* the viewer's scheme, for 2031 */
	bool visible;  /* somebody may be looking, for 2033 */

	struct parser ps;
	struct palette pal;
	struct text_field title, icon, cwd, identity;
	struct text_field title_stack[10];
	uint8_t title_n;
	struct term_progress progress;
	struct notice notice;

	/* damage, frame.c */
	uint32_t scrolled; /* rows that the whole screen moved up since the last frame */
	bool all_dirty, want_frame;
	int64_t hold_since;
	uint32_t changes;      /* TERM_CHANGED_* since the last frame */
	uint32_t collect_wait; /* requests to let pass before the next collection */
};

static inline bool mode_on(const struct term *t, enum mode m)
{
	return t->modes >> m & 1;
}
static inline void mode_put(struct term *t, enum mode m, bool on)
{
	t->modes = (t->modes & ~(UINT64_C(1) << m)) | (uint64_t)on << m;
}
static inline struct row *screen_row(const struct term *t, const struct screen *s, unsigned y)
{
	unsigned i = s->top + y;

	return &s->rows[i >= t->rows ? i - t->rows : i];
}
static inline struct row *row_at(const struct term *t, unsigned y)
{
	return screen_row(t, t->scr, y);
}
static inline bool on_primary(const struct term *t)
{
	return t->scr == &t->screens[0];
}
static inline bool full_width(const struct term *t)
{
	return t->left == 0 && t->right == t->cols - 1;
}

/* vtstring.c */
void parser_fini(struct term *t);
void string_begin(struct term *t, enum string_kind kind);
size_t string_run(struct term *t, const uint8_t *p, size_t n);
bool string_esc(struct term *t, uint8_t c);

/* vtprint.c */
void print_ascii(struct term *t, const uint8_t *p, size_t n);
void print_cp(struct term *t, uint32_t cp);
unsigned print_limit(const struct term *t); /* the column (exclusive) where text wraps */
void print_advance(struct term *t, unsigned width, unsigned limit);
/* Whether cp begins a new cluster behind the text of c; *last is its last code point. */
bool print_breaks(const struct term *t, cell_t c, uint32_t cp, uint32_t *last);
/* Whether a code point that joins a cluster makes it wide. */
bool print_widens(uint32_t cp, uint8_t prop);

/* vtunicode.c */
/* Prints whole characters from p until one that is not plain, wide or narrow text;
 * returns how many bytes were used. */
size_t print_utf8(struct term *t, const uint8_t *p, size_t n);
void print_repeat(struct term *t, unsigned count);

/* grid.c: cells and rows of the screen shown */
void grid_mark(struct row *r, unsigned from, unsigned to); /* used and dirty */
void grid_split(struct term *t, struct row *r, unsigned x);
void grid_erase(struct term *t, struct row *r, unsigned from, unsigned to);
void grid_erase_unprotected(struct term *t, struct row *r, unsigned from, unsigned to);
void grid_clear_row(struct term *t, struct row *r); /* whole, with the pen's background */
void grid_insert_cells(struct term *t, struct row *r, unsigned x, unsigned n, unsigned right);
void grid_delete_cells(struct term *t, struct row *r, unsigned x, unsigned n, unsigned right);
void grid_scroll_up(struct term *t, unsigned top, unsigned bottom, unsigned n, bool keep);
void grid_scroll_down(struct term *t, unsigned top, unsigned bottom, unsigned n);
void grid_unwrap(struct term *t, struct row *r);

/* screen.c */
bool screen_init(struct screen *s, struct tmem *m, unsigned cols, unsigned rows);
void screen_fini(struct screen *s, struct tmem *m, unsigned cols, unsigned rows);
void screen_switch(struct term *t, bool alt);
void screen_clear(struct term *t, struct screen *s);
void screen_reset(struct term *t);	/* RIS */
void screen_soft_reset(struct term *t); /* DECSTR */
void screen_align(struct term *t);	/* DECALN */
void screen_all_dirty(struct term *t);

/* cursor.c */
void cursor_look(struct term *t); /* makes look from pen */
void cursor_pen(struct term *t);  /* makes look and blank */
/* What is written next is protected or not; guarded: as ISO has it (SPA), not DEC. */
void cursor_protect(struct term *t, bool on, bool guarded);
/* For ASCII, which writes no blanks as long as it overwrites nothing wide. */
static inline void cursor_look_ready(struct term *t)
{
	if (t->cur.pen_state == PEN_STALE)
		cursor_look(t);
}
static inline void cursor_ready(struct term *t)
{
	if (t->cur.pen_state != PEN_READY)
		cursor_pen(t);
}
void cursor_to(struct term *t, unsigned row, unsigned col); /* 1-based, origin mode heeded */
void cursor_up(struct term *t, unsigned n);
void cursor_down(struct term *t, unsigned n);
void cursor_right(struct term *t, unsigned n);
void cursor_left(struct term *t, unsigned n);
void cursor_column(struct term *t, unsigned col);
void cursor_row(struct term *t, unsigned row);
void cursor_relative(struct term *t, unsigned down, unsigned right);
void cursor_cr(struct term *t);
void cursor_index(struct term *t);
void cursor_reverse_index(struct term *t);
void cursor_save(struct term *t);
void cursor_restore(struct term *t);
void cursor_tab(struct term *t, unsigned n);
void cursor_back_tab(struct term *t, unsigned n);
void tabs_reset(struct term *t);
bool tabs_resize(struct term *t, unsigned from, unsigned to);
void cursor_margins(struct term *t, unsigned top, unsigned bottom);
void cursor_side_margins(struct term *t, unsigned left, unsigned right);
void margins_reset(struct term *t);

/* charset.c */
uint32_t charset_map(struct term *t, uint32_t cp); /* uses up a single shift */
static inline bool charset_plain(const struct term *t)
{
	return t->cur.sets.g[t->cur.sets.gl] == CHARSET_ASCII && !t->cur.sets.once;
}

/* edit.c: ECMA-48's editor functions, at the cursor and within the margins. Selective:
 * what is protected stays. */
void edit_erase_display(struct term *t, unsigned how, bool selective);
void edit_erase_line(struct term *t, unsigned how, bool selective);
void edit_erase_chars(struct term *t, unsigned n, bool selective);
void edit_chars(struct term *t, unsigned n, bool insert); /* ICH, DCH */
void edit_lines(struct term *t, unsigned n, bool insert); /* IL, DL */
/* SL, SR and DECIC, DECDC: columns of the whole region, from x on or from the cursor on. */
void edit_columns(struct term *t, unsigned x, unsigned n, bool insert);
void edit_columns_at_cursor(struct term *t, unsigned n, bool insert);
void edit_scroll(struct term *t, unsigned n, bool up); /* SU, SD */

/* esc.c, csi.c, sgr.c, decmode.c, report.c, osc.c, notice.c, osc52.c, dcs.c */
void control(struct term *t, uint8_t c);
void c1_control(struct term *t, uint8_t c);
void esc_dispatch(struct term *t, uint8_t inter, uint8_t final);
void csi_dispatch(struct term *t, const struct csi *c);
void sgr_apply(struct term *t, const struct csi *c);
/* "0;1;38:2::1:2:3" to `to`, with a NUL; returns its length. */
size_t sgr_text(char *to, size_t cap, const struct style *s);
void modes_reset(struct term *t);
void modes_set(struct term *t, const struct csi *c, bool on);
void modes_save(struct term *t, const struct csi *c);
void modes_restore(struct term *t, const struct csi *c);
void modes_report(struct term *t, const struct csi *c);
void modes_columns(struct term *t, bool wide); /* what DECCOLM does */
void report_da(struct term *t, const struct csi *c);
void report_dsr(struct term *t, const struct csi *c);
void report_window(struct term *t, const struct csi *c);
void report_version(struct term *t);
void report_size(struct term *t); /* the notice of 2048 */
void report_checksum(struct term *t, const struct csi *c);
void report_term_params(struct term *t, unsigned kind);
void osc_dispatch(struct term *t, struct str s, bool bel);
void dcs_dispatch(struct term *t, struct str s);
void apc_dispatch(struct term *t, struct str s);
void kitty_keys(struct term *t, const struct csi *c);
/* Takes "NUMBER;" or the whole "NUMBER" off the front. False when there is none. */
bool osc_number(struct str *s, unsigned *n);
void notice_9(struct term *t, struct str s);
void notice_99(struct term *t, struct str s);
void notice_777(struct term *t, struct str s);
void notice_forget(struct term *t);
void clipboard_osc(struct term *t, struct str s);
void clipboard_tmux(struct term *t, struct str s);
/* In place: the result is never longer. False on anything that is not base64. */
bool osc_base64(char *p, size_t n, size_t *out);

/* palette.c */
void palette_fini(struct term *t);
void palette_osc(struct term *t, unsigned n, struct str s, bool bel);
void palette_reset(struct term *t);

/* reply: bytes for the program's input */
void reply(struct term *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void reply_bytes(struct term *t, struct str s);

/* collect.c: ids that cells hold */
uint16_t style_id(struct term *t, const struct style *s); /* 0 when no id can be had */
/* The text's id or, when no id can be had, -1. */
int32_t cluster_id(struct term *t, struct str text);
uint16_t link_new(struct term *t, struct str uri, struct str id);

/* A short text of the program's that is kept; true when it changed. */
bool text_set(struct term *t, struct text_field *f, struct str s, size_t max);
/* Well-formed UTF-8 without controls, at most `max` bytes, cut between characters. */
struct str text_clean(struct str s, char *buf, size_t max);

/* resize.c */
bool resize_to(struct term *t, unsigned cols, unsigned rows, bool reflow);

#endif
