#include "term/engine.h"
#include "term/input.h"

#include "base/utf8.h"

/* kitty's flags */
enum { DISAMBIGUATE = 1, EVENTS = 2, ALTERNATES = 4, ALL_KEYS = 8, TEXT = 16 };
enum { LOCKS = MOD_CAPS | MOD_NUM };

/* A key that is no text: CSI number ; mods final, or in the VT220's short form. */
struct functional {
	uint16_t key;
	uint16_t number; /* 1: the final says it all */
	char final;
	bool ss3; /* SS3 final without modifiers: F1-F4 always, arrows with DECCKM */
};

static const struct functional keys[] = {
	{KEY_INSERT, 2, '~', false},
	{KEY_DELETE, 3, '~', false},
	{KEY_LEFT, 1, 'D', true},
	{KEY_RIGHT, 1, 'C', true},
	{KEY_UP, 1, 'A', true},
	{KEY_DOWN, 1, 'B', true},
	{KEY_PAGE_UP, 5, '~', false},
	{KEY_PAGE_DOWN, 6, '~', false},
	{KEY_HOME, 1, 'H', true},
	{KEY_END, 1, 'F', true},
	{KEY_F1, 1, 'P', true},
	{KEY_F1 + 1, 1, 'Q', true},
	{KEY_F1 + 2, 1, 'R', true},
	{KEY_F1 + 3, 1, 'S', true},
	{KEY_F1 + 4, 15, '~', false},
	{KEY_F1 + 5, 17, '~', false},
	{KEY_F1 + 6, 18, '~', false},
	{KEY_F1 + 7, 19, '~', false},
	{KEY_F1 + 8, 20, '~', false},
	{KEY_F1 + 9, 21, '~', false},
	{KEY_F1 + 10, 23, '~', false},
	{KEY_F1 + 11, 24, '~', false},
	{KEY_F1 + 12, 25, '~', false},
	{KEY_F1 + 13, 26, '~', false},
	{KEY_F1 + 14, 28, '~', false},
	{KEY_F1 + 15, 29, '~', false},
	{KEY_F1 + 16, 31, '~', false},
	{KEY_F1 + 17, 32, '~', false},
	{KEY_F1 + 18, 33, '~', false},
	{KEY_F1 + 19, 34, '~', false},
	{KEY_KP_BEGIN, 1, 'E', true},
	{KEY_MENU, 29, '~', false},
};

static const struct functional *functional(uint32_t key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].key == key)
			return &keys[i];
	return NULL;
}

static bool is_text_key(uint32_t key)
{
	return key >= 32 && key != KEY_BACKSPACE && !(key >= KEY_INSERT && key <= 57500);
}

static void put_text(struct buf *out, struct str s)
{
	buf_str(out, s);
}

/* The keypad without its application mode is the main keyboard's. */
static uint32_t keypad_alias(uint32_t key)
{
	static const uint16_t nav[] = {KEY_LEFT, KEY_RIGHT, KEY_UP, KEY_DOWN, KEY_PAGE_UP,
		KEY_PAGE_DOWN, KEY_HOME, KEY_END, KEY_INSERT, KEY_DELETE};
	static const char text[] = "0123456789./*-+\r=,";

	if (key >= KEY_KP_LEFT && key <= KEY_KP_DELETE)
		return nav[key - KEY_KP_LEFT];
	if (key >= KEY_KP_0 && key <= KEY_KP_SEPARATOR)
		return (uint32_t)text[key - KEY_KP_0];
	return key;
}

/* ---- kitty ---- */

struct field {
	const struct term_key *k;
	unsigned flags, mods;
};

static void kitty_mods(const struct field *f, struct buf *out)
{
	bool event = f->flags & EVENTS && f->k->action > ACTION_PRESS;

	if (f->mods || event)
		buf_printf(out, ";%u", f->mods + 1);
	if (event)
		buf_printf(out, ":%d", (int)f->k->action);
}

static void kitty_text(const struct field *f, struct buf *out)
{
	struct str rest = f->k->text;
	bool event = f->flags & EVENTS && f->k->action > ACTION_PRESS;
	char sep = ';';
	uint32_t cp;

	/* With Alt, Ctrl or Super it types nothing (kitty, ghostty). */
	if (!(f->flags & TEXT) || f->k->action == ACTION_RELEASE || f->mods & ~(MOD_SHIFT | LOCKS))
		return;
	if (rest.n && !f->mods && !event)
		buf_putc(out, ';');
	while (rest.n) {
		rest = str_from(rest, utf8_decode(rest, &cp));
		if (cp < 0x20 || cp == 0x7F || cp == UTF8_BAD)
			continue;
		buf_printf(out, "%c%u", sep, cp);
		sep = ':';
	}
}

static void kitty_u(const struct field *f, uint32_t key, struct buf *out)
{
	uint32_t shifted = f->mods & MOD_SHIFT ? f->k->shifted : 0, base = f->k->base;

	buf_printf(out, "\033[%u", key);
	if (f->flags & ALTERNATES && shifted && shifted != key)
		buf_printf(out, ":%u", shifted);
	if (f->flags & ALTERNATES && base && base != key)
		buf_printf(out, "%s:%u", shifted && shifted != key ? "" : ":", base);
	kitty_mods(f, out);
	kitty_text(f, out);
	buf_putc(out, 'u');
}

static void kitty_functional(const struct field *f, const struct functional *fn, struct buf *out)
{
	bool event = f->flags & EVENTS && f->k->action > ACTION_PRESS;

	if (fn->key == KEY_F1 + 2) /* CSI R is the cursor position report */
		buf_puts(out, "\033[13");
	else if (fn->number == 1 && !f->mods && !event)
		buf_puts(out, "\033[");
	else
		buf_printf(out, "\033[%u", fn->number);
	kitty_mods(f, out);
	buf_putc(out, fn->key == KEY_F1 + 2 ? '~' : fn->final);
}

static bool is_modifier(uint32_t key)
{
	return (key >= KEY_LEFT_SHIFT && key <= KEY_LAST_MODIFIER) ||
	       (key >= KEY_CAPS_LOCK && key <= KEY_NUM_LOCK);
}

static bool is_keypad_text(const struct term_key *k)
{
	return k->key >= KEY_KP_0 && k->key <= KEY_KP_SEPARATOR && k->text.n;
}

/* Enter, Tab and Backspace stay as they were without modifiers, so that a shell
 * left in this mode by a crashed program can still be used. So does what types text,
 * but for its release. */
static bool stays_legacy(const struct field *f, uint32_t key)
{
	bool plain = !(f->mods & ~(unsigned)(MOD_SHIFT | LOCKS));

	if (f->flags & ALL_KEYS)
		return false;
	if (key == KEY_ENTER || key == KEY_TAB || key == KEY_BACKSPACE)
		return f->k->action == ACTION_RELEASE || !(f->mods & ~(unsigned)LOCKS);
	return plain && f->k->action != ACTION_RELEASE &&
	       (is_text_key(key) || is_keypad_text(f->k));
}

static void legacy_key(const struct term *t, const struct term_key *k, struct buf *out);

static void kitty_key(const struct term *t, const struct term_key *k, struct buf *out)
{
	struct field f = {k, t->scr->kitty_now, k->mods};
	const struct functional *fn = functional(k->key);

	if (k->action == ACTION_RELEASE && !(f.flags & EVENTS))
		return;
	if (is_modifier(k->key) && !(f.flags & ALL_KEYS))
		return;
	if (!(f.flags & (DISAMBIGUATE | ALL_KEYS)) || stays_legacy(&f, k->key)) {
		if (is_keypad_text(k))
			buf_str(out, k->text);
		else if (k->action != ACTION_RELEASE)
			legacy_key(t, k, out);
		return;
	}
	if (!(f.flags & ALL_KEYS) && is_text_key(k->key))
		f.mods &= ~(unsigned)LOCKS;
	if (fn && (k->key < KEY_F1 + 12 || k->key == KEY_KP_BEGIN) && k->key != KEY_MENU)
		kitty_functional(&f, fn, out);
	else
		kitty_u(&f, k->key, out);
}

/* ---- legacy ---- */

/* What Ctrl makes of a key (ECMA-48's columns 4 and 5; the digits as on a VT220). */
static int control_of(uint32_t key)
{
	static const char digits[] = {0, 27, 28, 29, 30, 31, 127};

	if (key >= 'a' && key <= 'z')
		return (int)key - 'a' + 1;
	if (key >= '@' && key <= '_')
		return (int)key - '@';
	if (key >= '2' && key <= '8')
		return digits[key - '2'];
	if (key == ' ' || key == '`')
		return 0;
	if (key == '/')
		return 31;
	return key == '?' ? 127 : key == '~' ? 30 : -1;
}

static bool escapes_alt(const struct term *t, unsigned mods)
{
	return mods & (MOD_ALT | MOD_META) &&
	       (mode_on(t, MODE_META_ESC) || mode_on(t, MODE_ALT_ESC));
}

/* Ctrl with a key that has no control character, and Tab and Enter with modifiers,
 * are told only with modifyOtherKeys; at level 2 so is everything with Ctrl or Alt. */
static bool modified_otherwise(const struct term *t, const struct term_key *k, unsigned mods)
{
	bool other = mods & (MOD_CTRL | MOD_ALT | MOD_META);

	if (!t->modify_other || !mods || (k->key >= KEY_INSERT && !is_text_key(k->key)))
		return false;
	if (!is_text_key(k->key)) /* Tab, Enter, Escape, Backspace */
		return t->modify_other == 2 && !(k->key == KEY_TAB && mods == MOD_SHIFT);
	if (!other)
		return false;
	return t->modify_other == 2 || (mods & MOD_CTRL && control_of(k->key) < 0);
}

static void legacy_functional(
	const struct term *t, const struct functional *fn, unsigned mods, struct buf *out)
{
	bool f1_f4 = fn->key >= KEY_F1 && fn->key <= KEY_F1 + 3;

	if (mods)
		buf_printf(out, "\033[%u;%u%c", fn->number, mods + 1, fn->final);
	else if (fn->ss3 && (f1_f4 || mode_on(t, MODE_DECCKM)))
		buf_printf(out, "\033O%c", fn->final);
	else if (fn->number == 1)
		buf_printf(out, "\033[%c", fn->final);
	else
		buf_printf(out, "\033[%u~", fn->number);
}

static void legacy_special(const struct term *t, uint32_t key, unsigned mods, struct buf *out)
{
	bool back = mode_on(t, MODE_DECBKM);

	if (key == KEY_TAB && mods & MOD_SHIFT) {
		buf_puts(out, "\033[Z");
		return;
	}
	if (escapes_alt(t, mods))
		buf_putc(out, 0x1B);
	if (key == KEY_BACKSPACE)
		buf_putc(out, (back != ((mods & MOD_CTRL) != 0)) ? 8 : 127);
	else
		buf_putc(out, (char)key);
	if (key == KEY_ENTER && mode_on(t, MODE_LNM))
		buf_putc(out, '\n');
}

static void legacy_text(
	const struct term *t, const struct term_key *k, unsigned mods, struct buf *out)
{
	uint32_t typed = mods & MOD_SHIFT && k->shifted ? k->shifted : k->key;
	int c = mods & MOD_CTRL ? control_of(k->key) : -1;
	char tmp[4];

	if (mods & MOD_CTRL && c < 0)
		c = control_of(typed);
	if (escapes_alt(t, mods))
		buf_putc(out, 0x1B);
	if (c >= 0)
		buf_putc(out, (char)c);
	else if (k->text.n)
		put_text(out, k->text);
	else if (typed <= 0x10FFFF && (typed & 0xFFFFF800) != 0xD800)
		buf_add(out, tmp, utf8_encode(typed, tmp));
}

static bool keypad_key(const struct term *t, const struct term_key *k, struct buf *out)
{
	static const char finals[] = "pqrstuvwxynojmkMXl";
	bool numlock = k->mods & MOD_NUM && mode_on(t, MODE_NUMLOCK);

	if (k->key < KEY_KP_0 || k->key > KEY_KP_SEPARATOR || !t->keypad_app || numlock)
		return false;
	buf_printf(out, "\033O%c", finals[k->key - KEY_KP_0]);
	return true;
}

static void legacy_key(const struct term *t, const struct term_key *k, struct buf *out)
{
	unsigned mods = k->mods & ~(unsigned)LOCKS;
	struct term_key alias = *k;
	const struct functional *fn;

	if (keypad_key(t, k, out) || is_modifier(k->key))
		return;
	alias.key = keypad_alias(k->key);
	fn = functional(alias.key);
	if (modified_otherwise(t, &alias, mods))
		buf_printf(out, "\033[27;%u;%u~", mods + 1,
			mods & MOD_SHIFT && alias.shifted ? alias.shifted : alias.key);
	else if (fn)
		legacy_functional(t, fn, mods, out);
	else if (alias.key == KEY_TAB || alias.key == KEY_ENTER || alias.key == KEY_ESCAPE ||
		 alias.key == KEY_BACKSPACE)
		legacy_special(t, alias.key, mods, out);
	else if (is_text_key(alias.key))
		legacy_text(t, &alias, mods, out);
}

void term_key(const struct term *t, const struct term_key *k, struct buf *out)
{
	if (mode_on(t, MODE_KAM))
		return;
	if (t->scr->kitty_now)
		kitty_key(t, k, out);
	else if (k->action != ACTION_RELEASE)
		legacy_key(t, k, out);
}
