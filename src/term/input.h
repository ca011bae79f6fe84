/* input.h - what a person does, as the bytes the program expects
 *
 * The encodings depend on modes the program set, so they take the term. Each
 * function appends to `out` nothing where there is nothing to send.
 *
 * Keys are Unicode code points without Shift ('a', also for Shift+A; 13 Enter, 9
 * Tab, 27 Escape, 127 Backspace) or the numbers kitty gave to the others
 * (sw.kovidgoyal.net/kitty/keyboard-protocol, "Functional key definitions").
 *
 * Encodings, in order: kitty's when the program asked for any of its flags, then
 * modifyOtherKeys (xterm ctlseqs, XTMODKEYS 4), then the VT220's as xterm sends it.
 */
#ifndef TERM_INPUT_H
#define TERM_INPUT_H

#include "base/buf.h"
#include "term/term.h"

enum {
	KEY_TAB = 9,
	KEY_ENTER = 13,
	KEY_ESCAPE = 27,
	KEY_BACKSPACE = 127,
	KEY_INSERT = 57348,
	KEY_DELETE,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_UP,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_CAPS_LOCK,
	KEY_SCROLL_LOCK,
	KEY_NUM_LOCK,
	KEY_PRINT,
	KEY_PAUSE,
	KEY_MENU,
	KEY_F1 = 57364, /* to KEY_F1 + 34 for F35 */
	KEY_KP_0 = 57399,
	KEY_KP_9 = 57408,
	KEY_KP_DECIMAL,
	KEY_KP_DIVIDE,
	KEY_KP_MULTIPLY,
	KEY_KP_SUBTRACT,
	KEY_KP_ADD,
	KEY_KP_ENTER,
	KEY_KP_EQUAL,
	KEY_KP_SEPARATOR,
	KEY_KP_LEFT,
	KEY_KP_RIGHT,
	KEY_KP_UP,
	KEY_KP_DOWN,
	KEY_KP_PAGE_UP,
	KEY_KP_PAGE_DOWN,
	KEY_KP_HOME,
	KEY_KP_END,
	KEY_KP_INSERT,
	KEY_KP_DELETE,
	KEY_KP_BEGIN,
	KEY_LEFT_SHIFT = 57441, /* modifier keys, to KEY_LAST_MODIFIER */
	KEY_LAST_MODIFIER = 57454,
};

enum {
	MOD_SHIFT = 1,
	MOD_ALT = 2,
	MOD_CTRL = 4,
	MOD_SUPER = 8,
	MOD_HYPER = 16,
	MOD_META = 32,
	MOD_CAPS = 64,
	MOD_NUM = 128,
};

enum term_action { ACTION_PRESS = 1, ACTION_REPEAT, ACTION_RELEASE };

struct term_key {
	uint32_t key;
	uint32_t shifted; /* what Shift makes of it; 0: the same or unknown */
	uint32_t base;	  /* the key's code point on a US keyboard; 0: the same */
	unsigned mods;
	enum term_action action; /* 0 is a press */
	struct str text;	 /* what it types, UTF-8; "" when nothing */
};
void term_key(const struct term *t, const struct term_key *k, struct buf *out);

enum term_button {
	BUTTON_NONE,
	BUTTON_LEFT,
	BUTTON_MIDDLE,
	BUTTON_RIGHT,
	BUTTON_WHEEL_UP,
	BUTTON_WHEEL_DOWN,
	BUTTON_WHEEL_LEFT,
	BUTTON_WHEEL_RIGHT,
	BUTTON_8,
	BUTTON_9,
	BUTTON_10,
	BUTTON_11
};
enum term_mouse_action { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_MOVE };

struct term_mouse {
	enum term_mouse_action action;
	enum term_button button; /* of a move: the one held down, or none */
	unsigned mods;		 /* MOD_SHIFT, MOD_ALT, MOD_CTRL */
	unsigned row, col;	 /* cells of the screen, from 0 */
	unsigned px, py;	 /* pixels, from 0; used with mode 1016 */
};
/* A move is to be told once a cell (once a pixel with 1016). On the alternate screen
 * the wheel sends arrows when the program has no mouse mode (1007). */
void term_mouse(const struct term *t, const struct term_mouse *m, struct buf *out);
/* Whether the program wants the mouse at all; else it is the viewer's to select with. */
bool term_wants_mouse(const struct term *t);

void term_focus(const struct term *t, bool in, struct buf *out); /* mode 1004 */

/* Text from the clipboard, bracketed when the program asked for that (2004). Controls
 * but newline and tab are dropped, so that no text can end the bracket or act as a key;
 * without brackets a newline is Enter. */
void term_paste(const struct term *t, struct str text, struct buf *out);

#endif
