/* case_input.h - the words of a test case for keys, mouse, focus and paste
 *
 *	key NAME [shift alt ctrl super caps num] [repeat|release]
 *	mouse press|release|move none|left|middle|right|up|down ROW COL [shift alt ctrl]
 *	focus in|out
 *	paste "text"
 *	sent "bytes"         everything encoded since the last look
 *
 * A NAME is a character or enter tab escape backspace space up … f1 kp0 kp_enter lshift.
 */
#ifndef TESTS_CASE_INPUT_H
#define TESTS_CASE_INPUT_H

#include "base/utf8.h"
#include "term/input.h"

static inline uint32_t key_by_name(const char *name)
{
	static const struct {
		const char *name;
		uint32_t key;
	} names[] = {{"enter", KEY_ENTER}, {"tab", KEY_TAB}, {"escape", KEY_ESCAPE},
		{"backspace", KEY_BACKSPACE}, {"space", ' '}, {"up", KEY_UP}, {"down", KEY_DOWN},
		{"left", KEY_LEFT}, {"right", KEY_RIGHT}, {"home", KEY_HOME}, {"end", KEY_END},
		{"insert", KEY_INSERT}, {"delete", KEY_DELETE}, {"pageup", KEY_PAGE_UP},
		{"pagedown", KEY_PAGE_DOWN}, {"menu", KEY_MENU}, {"kp_enter", KEY_KP_ENTER},
		{"kp_up", KEY_KP_UP}, {"kp_begin", KEY_KP_BEGIN}, {"kp_add", KEY_KP_ADD},
		{"kp_subtract", KEY_KP_SUBTRACT}, {"kp_decimal", KEY_KP_DECIMAL},
		{"lshift", KEY_LEFT_SHIFT}, {"capslock", KEY_CAPS_LOCK}, {"pause", KEY_PAUSE}};
	uint32_t cp;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i].name))
			return names[i].key;
	if (name[0] == 'f' && name[1])
		return KEY_F1 - 1 + (uint32_t)strtoul(name + 1, NULL, 10);
	if (name[0] == 'k' && name[1] == 'p' && name[2] >= '0' && name[2] <= '9')
		return KEY_KP_0 + (uint32_t)strtoul(name + 2, NULL, 10);
	utf8_decode(str_z(name), &cp);
	return cp;
}

static inline unsigned mod_by_name(const char *name)
{
	static const char *const names[] = {
		"shift", "alt", "ctrl", "super", "hyper", "meta", "caps", "num"};

	for (unsigned i = 0; i < 8; i++)
		if (!strcmp(name, names[i]))
			return 1u << i;
	return 0;
}

/* Shift on a US keyboard. */
static inline uint32_t shifted_of(uint32_t key)
{
	static const char from[] = "1234567890-=[];',./\\`", to[] = "!@#$%^&*()_+{}:\"<>?|~";
	const char *p = key < 0x80 ? strchr(from, (int)key) : NULL;

	if (key >= 'a' && key <= 'z')
		return key - 32;
	return p && *p ? (uint32_t)to[p - from] : 0;
}

static inline size_t split_words(const char *line, char words[8][24])
{
	size_t n = 0;
	int len;

	while (n < 8 && sscanf(line, "%23s%n", words[n], &len) == 1) {
		line += len;
		n++;
	}
	return n;
}

static inline void case_key(struct term *t, const char *line, struct buf *out)
{
	struct term_key k = {.action = ACTION_PRESS};
	char words[8][24], text[4];
	size_t n = split_words(line, words);
	uint32_t typed;

	k.key = key_by_name(words[0]);
	for (size_t i = 1; i < n; i++) {
		k.mods |= mod_by_name(words[i]);
		if (!strcmp(words[i], "repeat"))
			k.action = ACTION_REPEAT;
		if (!strcmp(words[i], "release"))
			k.action = ACTION_RELEASE;
	}
	k.shifted = shifted_of(k.key);
	typed = k.mods & MOD_SHIFT && k.shifted ? k.shifted : k.key;
	if (k.key >= 32 && k.key != KEY_BACKSPACE && k.key < KEY_INSERT &&
		!(k.mods & (MOD_CTRL | MOD_ALT | MOD_SUPER)))
		k.text = str_n(text, utf8_encode(typed, text));
	term_key(t, &k, out);
}

static inline void case_mouse(struct term *t, const char *line, struct buf *out)
{
	static const char *const buttons[] = {"none", "left", "middle", "right", "up", "down"};
	char words[8][24];
	size_t n = split_words(line, words);
	struct term_mouse m = {.action = words[0][0] == 'p'   ? MOUSE_PRESS
					 : words[0][0] == 'r' ? MOUSE_RELEASE
							      : MOUSE_MOVE};

	if (n < 4)
		return;
	for (unsigned i = 0; i < 6; i++)
		if (!strcmp(words[1], buttons[i]))
			m.button = (enum term_button)i;
	m.row = (unsigned)strtoul(words[2], NULL, 10);
	m.col = (unsigned)strtoul(words[3], NULL, 10);
	m.px = m.col * 8 + 3;
	m.py = m.row * 16 + 5;
	for (size_t i = 4; i < n; i++)
		m.mods |= mod_by_name(words[i]);
	term_mouse(t, &m, out);
}

#endif
