/* What kitty's document says of keys: its table of functional keys whole, and its examples
 * (sw.kovidgoyal.net/kitty/keyboard-protocol: "Functional key definitions", "Key codes",
 * "Modifiers", "Event types", "Text as code points", "Legacy ctrl mapping"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "term/input.h"

enum { DISAMBIGUATE = 1, EVENTS = 2, ALTERNATES = 4, ALL_AS_ESCAPES = 8, TEXT = 16 };

/* What the key sends when the program asked for `flags`, in a buffer used again and again. */
static const char *sent(unsigned flags, struct term_key k)
{
	static char kept[64];
	struct term *t = term_new(&(struct term_options){0});
	own_buf struct buf in = {0}, out = {0};

	if (flags)
		buf_printf(&in, "\033[>%uu", flags);
	term_feed(t, in.n ? in.p : "", in.n);
	term_key(t, &k, &out);
	snprintf(kept, sizeof(kept), "%s", out.n ? buf_z(&out) : "");
	term_free(t);
	return kept;
}

/* The keys whose CSI has another number than their own. */
static void named(void **state)
{
	static const struct {
		uint32_t key;
		const char *plain, *shifted;
	} keys[] = {{KEY_ESCAPE, "27u", "27;2u"}, {KEY_ENTER, "13u", "13;2u"},
		{KEY_TAB, "9u", "9;2u"}, {KEY_BACKSPACE, "127u", "127;2u"},
		{KEY_INSERT, "2~", "2;2~"}, {KEY_DELETE, "3~", "3;2~"}, {KEY_LEFT, "D", "1;2D"},
		{KEY_RIGHT, "C", "1;2C"}, {KEY_UP, "A", "1;2A"}, {KEY_DOWN, "B", "1;2B"},
		{KEY_PAGE_UP, "5~", "5;2~"}, {KEY_PAGE_DOWN, "6~", "6;2~"}, {KEY_HOME, "H", "1;2H"},
		{KEY_END, "F", "1;2F"}, {KEY_F1, "P", "1;2P"}, {KEY_F1 + 1, "Q", "1;2Q"},
		{KEY_F1 + 2, "13~", "13;2~"}, {KEY_F1 + 3, "S", "1;2S"},
		{KEY_F1 + 4, "15~", "15;2~"}, {KEY_F1 + 5, "17~", "17;2~"},
		{KEY_F1 + 6, "18~", "18;2~"}, {KEY_F1 + 7, "19~", "19;2~"},
		{KEY_F1 + 8, "20~", "20;2~"}, {KEY_F1 + 9, "21~", "21;2~"},
		{KEY_F1 + 10, "23~", "23;2~"}, {KEY_F1 + 11, "24~", "24;2~"},
		{KEY_KP_BEGIN, "E", "1;2E"}};
	char want[32];

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct term_key k = {.key = keys[i].key};

		snprintf(want, sizeof(want), "\033[%s", keys[i].plain);
		assert_string_equal(sent(DISAMBIGUATE | ALL_AS_ESCAPES, k), want);
		k.mods = MOD_SHIFT;
		snprintf(want, sizeof(want), "\033[%s", keys[i].shifted);
		assert_string_equal(sent(DISAMBIGUATE | ALL_AS_ESCAPES, k), want);
	}
}

/* The others: CSI number u. Caps Lock to Menu, F13 to the last modifier key. */
static void numbered(void **state)
{
	char want[32];

	(void)state;
	for (uint32_t key = KEY_CAPS_LOCK; key <= KEY_LAST_MODIFIER; key++) {
		struct term_key k = {.key = key, .mods = MOD_CTRL};

		if ((key > KEY_MENU && key <= KEY_F1 + 11) || key == KEY_KP_BEGIN)
			continue;
		snprintf(want, sizeof(want), "\033[%u;5u", key);
		assert_string_equal(sent(DISAMBIGUATE | ALL_AS_ESCAPES, k), want);
	}
}

/* The numbers themselves, where a shift of the enumeration would go unseen. */
static void numbers(void **state)
{
	(void)state;
	assert_int_equal(KEY_CAPS_LOCK, 57358);
	assert_int_equal(KEY_MENU, 57363);
	assert_int_equal(KEY_F1 + 12, 57376);
	assert_int_equal(KEY_F1 + 34, 57398);
	assert_int_equal(KEY_KP_DECIMAL, 57409);
	assert_int_equal(KEY_KP_ENTER, 57414);
	assert_int_equal(KEY_KP_SEPARATOR, 57416);
	assert_int_equal(KEY_KP_UP, 57419);
	assert_int_equal(KEY_KP_DELETE, 57426);
	assert_int_equal(KEY_KP_BEGIN, 57427);
	assert_int_equal(KEY_LEFT_SHIFT, 57441);
}

static void modifiers(void **state)
{
	static const struct {
		unsigned mods;
		const char *some, *all; /* all keys as escapes: the locks count as well */
	} rows[] = {{MOD_ALT, "97;3u", "97;3u"}, {MOD_CTRL, "97;5u", "97;5u"},
		{MOD_SUPER, "97;9u", "97;9u"}, {MOD_HYPER, "97;17u", "97;17u"},
		{MOD_META, "97;33u", "97;33u"}, {MOD_CTRL | MOD_SHIFT, "97;6u", "97;6u"},
		{MOD_CTRL | MOD_CAPS, "97;5u", "97;69u"}, {MOD_CTRL | MOD_NUM, "97;5u", "97;133u"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct term_key k = {.key = 'a', .mods = rows[i].mods};

		assert_string_equal(sent(DISAMBIGUATE, k) + 2, rows[i].some);
		assert_string_equal(sent(DISAMBIGUATE | ALL_AS_ESCAPES, k) + 2, rows[i].all);
	}
}

static void events(void **state)
{
	struct term_key up = {.key = KEY_UP, .action = ACTION_RELEASE};
	struct term_key a = {.key = 'a', .mods = MOD_CTRL, .action = ACTION_REPEAT};
	unsigned all = DISAMBIGUATE | EVENTS | ALL_AS_ESCAPES;

	(void)state;
	assert_string_equal(sent(DISAMBIGUATE | EVENTS, up), "\033[1;1:3A");
	assert_string_equal(sent(DISAMBIGUATE | EVENTS, a), "\033[97;5:2u");
	assert_string_equal(sent(DISAMBIGUATE, up), "");
	/* Enter, Tab and Backspace tell their release only where all keys are escapes. */
	a = (struct term_key){.key = KEY_ENTER, .action = ACTION_RELEASE};
	assert_string_equal(sent(DISAMBIGUATE | EVENTS, a), "");
	assert_string_equal(sent(all, a), "\033[13;1:3u");
}

static void alternates(void **state)
{
	unsigned flags = DISAMBIGUATE | ALTERNATES;
	struct term_key a = {.key = 'a', .shifted = 'A', .mods = MOD_CTRL | MOD_SHIFT};
	struct term_key es = {.key = 0x441, .base = 'c', .mods = MOD_CTRL};

	(void)state;
	assert_string_equal(sent(flags, a), "\033[97:65;6u");
	a.mods = MOD_CTRL; /* what Shift would make is told only with Shift */
	assert_string_equal(sent(flags, a), "\033[97;5u");
	assert_string_equal(sent(flags, es), "\033[1089::99;5u");
	es.mods = MOD_CTRL | MOD_SHIFT;
	es.shifted = 0x421;
	assert_string_equal(sent(flags, es), "\033[1089:1057:99;6u");
}

static void text(void **state)
{
	unsigned flags = DISAMBIGUATE | ALL_AS_ESCAPES | TEXT;
	struct term_key a = {.key = 'a', .shifted = 'A', .mods = MOD_SHIFT, .text = STR("A")};

	(void)state;
	assert_string_equal(sent(flags, a), "\033[97;2;65u");
	assert_string_equal(sent(flags | ALTERNATES, a), "\033[97:65;2;65u");
	assert_string_equal(sent(flags, (struct term_key){.key = 'a', .text = STR("\xc3\xa5")}),
		"\033[97;;229u");
	assert_string_equal(
		sent(flags, (struct term_key){.key = 'a', .text = STR("ab")}), "\033[97;;97:98u");
}

/* Legacy: the ctrl mapping, and the keys with bytes of their own. */
static void legacy(void **state)
{
	static const struct {
		uint32_t key;
		unsigned mods;
		const char *want;
	} rows[] = {{'a', MOD_CTRL, "\001"}, {'z', MOD_CTRL, "\032"}, {'3', MOD_CTRL, "\033"},
		{'4', MOD_CTRL, "\034"}, {'5', MOD_CTRL, "\035"}, {'6', MOD_CTRL, "\036"},
		{'7', MOD_CTRL, "\037"}, {'8', MOD_CTRL, "\177"}, {'/', MOD_CTRL, "\037"},
		{'[', MOD_CTRL, "\033"}, {'\\', MOD_CTRL, "\034"}, {']', MOD_CTRL, "\035"},
		{KEY_ENTER, MOD_CTRL, "\r"}, {KEY_ENTER, MOD_ALT, "\033\r"},
		{KEY_ESCAPE, MOD_ALT, "\033\033"}, {KEY_BACKSPACE, 0, "\177"},
		{KEY_BACKSPACE, MOD_CTRL, "\b"}, {KEY_BACKSPACE, MOD_ALT, "\033\177"},
		{KEY_TAB, MOD_SHIFT, "\033[Z"}, {KEY_F1, 0, "\033OP"}, {KEY_F1 + 3, 0, "\033OS"},
		{KEY_F1 + 4, 0, "\033[15~"}, {KEY_HOME, 0, "\033[H"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(
			sent(0, (struct term_key){.key = rows[i].key, .mods = rows[i].mods}),
			rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(named), cmocka_unit_test(numbered),
		cmocka_unit_test(numbers), cmocka_unit_test(modifiers), cmocka_unit_test(events),
		cmocka_unit_test(alternates), cmocka_unit_test(text), cmocka_unit_test(legacy)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
