/* term-keys LIBRARY [MAX]
 *
 * Encodes every key with every modifier in every mode by the engine and by libghostty-vt
 * (ghost.h; its headers key/event.h and key/encoder.h), and prints what differs, MAX of
 * each mode (default 5), and how many there were. With kitty's keys nothing may differ but
 * what known() lets through: else it exits 1. Without them libghostty-vt does as fixterms
 * has it and the engine as xterm (tests/term/DIFFERENCES.md): that is shown only.
 */
#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/input.h"
#include "tools/ghost.h"

/* ---- libghostty-vt's encoder ---- */

static struct {
	int (*event_new)(const void *alloc, void **out);
	void (*set_action)(void *e, int action);
	void (*set_key)(void *e, int key);
	void (*set_mods)(void *e, uint16_t mods);
	void (*set_consumed)(void *e, uint16_t mods);
	void (*set_utf8)(void *e, const char *p, size_t n);
	void (*set_unshifted)(void *e, uint32_t cp);
	int (*encoder_new)(const void *alloc, void **out);
	void (*from_terminal)(void *encoder, ghost g);
	int (*encode)(void *encoder, void *e, char *buf, size_t cap, size_t *n);
} api;
static void *event, *encoder;

static void load(const char *library)
{
	static const char *const names[] = {"ghostty_key_event_new", "ghostty_key_event_set_action",
		"ghostty_key_event_set_key", "ghostty_key_event_set_mods",
		"ghostty_key_event_set_consumed_mods", "ghostty_key_event_set_utf8",
		"ghostty_key_event_set_unshifted_codepoint", "ghostty_key_encoder_new",
		"ghostty_key_encoder_setopt_from_terminal", "ghostty_key_encoder_encode"};
	void **to[] = {(void **)&api.event_new, (void **)&api.set_action, (void **)&api.set_key,
		(void **)&api.set_mods, (void **)&api.set_consumed, (void **)&api.set_utf8,
		(void **)&api.set_unshifted, (void **)&api.encoder_new, (void **)&api.from_terminal,
		(void **)&api.encode};
	void *lib;

	ghost_load(library);
	lib = dlopen(library, RTLD_NOW);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!lib || !(*to[i] = dlsym(lib, names[i]))) {
			fprintf(stderr, "%s: %s\n", names[i], dlerror());
			exit(1);
		}
	api.event_new(NULL, &event);
	api.encoder_new(NULL, &encoder);
}

/* ---- keys ---- */

struct key {
	uint32_t ours, shifted;
	int theirs; /* GhosttyKey */
};
enum { GHOST_DIGIT_0 = 6, GHOST_A = 20, GHOST_NUMPAD_0 = 80, GHOST_F1 = 121 };
enum { LETTERS = 26, DIGITS = 10, F_KEYS = 25 };

static const struct key others[] = {{'`', '~', 1}, {'\\', '|', 2}, {'[', '{', 3}, {']', '}', 4},
	{',', '<', 5}, {'=', '+', 16}, {'-', '_', 46}, {'.', '>', 47}, {'\'', '"', 48},
	{';', ':', 49}, {'/', '?', 50}, {' ', ' ', 63}, {KEY_BACKSPACE, 0, 53}, {KEY_ENTER, 0, 58},
	{KEY_TAB, 0, 64}, {KEY_ESCAPE, 0, 120}, {KEY_DELETE, 0, 68}, {KEY_END, 0, 69},
	{KEY_HOME, 0, 71}, {KEY_INSERT, 0, 72}, {KEY_PAGE_DOWN, 0, 73}, {KEY_PAGE_UP, 0, 74},
	{KEY_DOWN, 0, 75}, {KEY_LEFT, 0, 76}, {KEY_RIGHT, 0, 77}, {KEY_UP, 0, 78},
	{KEY_MENU, 0, 55}, {KEY_KP_ADD, 0, 90}, {KEY_KP_DECIMAL, 0, 95}, {KEY_KP_DIVIDE, 0, 96},
	{KEY_KP_ENTER, 0, 97}, {KEY_KP_EQUAL, 0, 98}, {KEY_KP_MULTIPLY, 0, 104},
	{KEY_KP_SUBTRACT, 0, 107}, {KEY_KP_UP, 0, 109}, {KEY_KP_DOWN, 0, 110},
	{KEY_KP_RIGHT, 0, 111}, {KEY_KP_LEFT, 0, 112}, {KEY_KP_BEGIN, 0, 113},
	{KEY_KP_HOME, 0, 114}, {KEY_KP_END, 0, 115}, {KEY_KP_INSERT, 0, 116},
	{KEY_KP_DELETE, 0, 117}, {KEY_KP_PAGE_UP, 0, 118}, {KEY_KP_PAGE_DOWN, 0, 119},
	{KEY_LEFT_SHIFT, 0, 61}, {KEY_CAPS_LOCK, 0, 54}, {KEY_PAUSE, 0, 150}};
enum { OTHERS = sizeof(others) / sizeof(*others), KEYS = LETTERS + 2 * DIGITS + F_KEYS + OTHERS };

static struct key key_at(unsigned i)
{
	if (i < LETTERS)
		return (struct key){'a' + i, 'A' + i, GHOST_A + (int)i};
	i -= LETTERS;
	if (i < DIGITS)
		return (struct key){'0' + i, (uint32_t) ")!@#$%^&*("[i], GHOST_DIGIT_0 + (int)i};
	i -= DIGITS;
	if (i < DIGITS)
		return (struct key){KEY_KP_0 + i, 0, GHOST_NUMPAD_0 + (int)i};
	i -= DIGITS;
	if (i < F_KEYS)
		return (struct key){KEY_F1 + i, 0, GHOST_F1 + (int)i};
	return others[i - F_KEYS];
}

/* What the key types on a US keyboard. */
static struct str typed(const struct key *k, unsigned mods, char tmp[1])
{
	static const char pad[] = "0123456789./*-+\0=,";

	if (mods & (MOD_CTRL | MOD_SUPER))
		return STR("");
	if (k->ours >= KEY_KP_0 && k->ours <= KEY_KP_SEPARATOR)
		tmp[0] = pad[k->ours - KEY_KP_0];
	else if (k->ours >= ' ' && k->ours < 127)
		tmp[0] = (char)(mods & MOD_SHIFT ? k->shifted : k->ours);
	else
		return STR("");
	return str_n(tmp, tmp[0] != 0);
}

static void ours(
	const struct term *t, const struct key *k, unsigned mods, unsigned action, struct buf *out)
{
	char tmp[1];
	struct term_key key = {.key = k->ours,
		.shifted = k->shifted,
		.mods = mods,
		.action = (enum term_action)action,
		.text = typed(k, mods, tmp)};

	buf_clear(out);
	term_key(t, &key, out);
}

static void theirs(const struct key *k, unsigned mods, unsigned action, struct buf *out)
{
	static const int actions[] = {1, 1, 2, 0};
	char tmp[1], buf[256];
	/* Its utf8 is what the key types without Ctrl. */
	struct str text = typed(k, mods & MOD_SHIFT, tmp);
	bool is_text = k->ours >= ' ' && k->ours < 127;
	size_t n = 0;

	api.set_action(event, actions[action]);
	api.set_key(event, k->theirs);
	api.set_mods(event, ghost_mods(mods));
	api.set_consumed(event, is_text && text.n ? mods & MOD_SHIFT : 0);
	api.set_utf8(event, text.n ? text.p : NULL, text.n);
	api.set_unshifted(event, is_text ? k->ours : text.n ? (uint32_t)*text.p : 0);
	api.encode(encoder, event, buf, sizeof(buf), &n);
	buf_clear(out);
	buf_add(out, buf, n);
}

/* ---- the comparison ---- */

/* "CSI 1;5:1A": libghostty-vt says of a press that it is one; it need not be said. */
static void drop_press(struct buf *b)
{
	struct str s = buf_view(b);

	for (size_t i = 0; i + 2 < s.n; i++)
		if (s.p[i] == ':' && s.p[i + 1] == '1' && !isdigit((unsigned char)s.p[i + 2])) {
			bool bare = i >= 2 && s.p[i - 1] == '1' && s.p[i - 2] == ';';
			size_t from = bare ? i - 2 : i;

			if (bare && from >= 1 && s.p[from - 1] == '1' && s.p[from - 2] == '[')
				from--;
			memmove(b->p + from, b->p + i + 2, s.n - i - 2);
			buf_cut(b, s.n - (i + 2 - from));
			return;
		}
}

/* What differs on purpose (DIFFERENCES.md): libghostty-vt has no menu key, writes KP_BEGIN
 * in the longer of its two forms, and takes what a key of the keypad types for its shifted
 * form. */
static bool known(const struct key *k, unsigned mods)
{
	bool keypad = k->ours >= KEY_KP_0 && k->ours <= KEY_KP_SEPARATOR;

	return k->ours == KEY_MENU || k->ours == KEY_KP_BEGIN ||
	       (keypad && k->ours != KEY_KP_ENTER && mods);
}

static unsigned compare_mode(const char *bytes, unsigned max)
{
	struct term *t = term_new(&(struct term_options){0});
	ghost g = ghost_new(80, 24);
	own_buf struct buf a = {0}, b = {0};
	unsigned bad = 0;

	term_feed(t, bytes, strlen(bytes));
	ghost_feed(g, str_z(bytes));
	api.from_terminal(encoder, g);
	for (unsigned i = 0; i < KEYS; i++)
		for (unsigned mods = 0; mods < 16; mods++)
			for (unsigned action = ACTION_PRESS; action <= ACTION_RELEASE; action++) {
				struct key k = key_at(i);

				if (known(&k, mods))
					continue;
				ours(t, &k, mods, action, &a);
				theirs(&k, mods, action, &b);
				drop_press(&b);
				if (str_eq(buf_view(&a), buf_view(&b)))
					continue;
				if (bad++ >= max)
					continue;
				ghost_show(str_z(bytes));
				printf(" key %u mods %u action %u: ours ", k.ours, mods, action);
				ghost_show(buf_view(&a));
				printf("  theirs ");
				ghost_show(buf_view(&b));
				putchar('\n');
			}
	ghost_free(g);
	term_free(t);
	return bad;
}

int main(int argc, char **argv)
{
	static const char *const legacy[] = {
		"", "\033[?1h", "\033=", "\033[>4;2m", "\033[?67h", "\033[?1036l"};
	static const unsigned flags[] = {1, 3, 5, 7, 8, 9, 11, 15, 25, 29, 31};
	unsigned max = 5, bad = 0;

	if (argc < 2) {
		fprintf(stderr, "term-keys LIBRARY [MAX]\n");
		return 2;
	}
	if (argc > 2)
		max = (unsigned)strtoul(argv[2], NULL, 10);
	load(argv[1]);
	for (size_t i = 0; i < sizeof(legacy) / sizeof(*legacy); i++) {
		unsigned n = compare_mode(legacy[i], max);

		ghost_show(str_z(legacy[i]));
		printf(": %u differ\n", n);
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		own_buf struct buf bytes = {0};

		buf_printf(&bytes, "\033[>%uu", flags[i]);
		bad += compare_mode(buf_z(&bytes), max);
	}
	printf("with kitty's keys: %u of %zu differ\n", bad,
		(size_t)KEYS * 16 * 3 * sizeof(flags) / sizeof(*flags));
	return bad != 0;
}
