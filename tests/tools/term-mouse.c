/* term-mouse LIBRARY [MAX]
 *
 * Encodes every button with every modifier at several places, pressed, let go and moved,
 * in every mouse mode and format by the engine and by libghostty-vt (ghost.h; its headers
 * mouse/event.h and mouse/encoder.h), and prints what differs, MAX of each mode (default
 * 5). Exits 1 when anything does but what known() lets through (tests/term/DIFFERENCES.md).
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term/input.h"
#include "tools/ghost.h"

enum { COLS = 300, ROWS = 240, CELL_W = 8, CELL_H = 16 };

/* ---- libghostty-vt's encoder ---- */

enum { OPT_SIZE = 2, OPT_HELD = 3 };

struct position {
	float x, y;
};
struct size {
	size_t size;
	uint32_t screen_w, screen_h, cell_w, cell_h, padding[4];
};

static struct {
	int (*event_new)(const void *alloc, void **out);
	void (*set_action)(void *e, int action);
	void (*set_button)(void *e, int button);
	void (*clear_button)(void *e);
	void (*set_mods)(void *e, uint16_t mods);
	void (*set_position)(void *e, struct position at);
	int (*encoder_new)(const void *alloc, void **out);
	void (*setopt)(void *encoder, int option, const void *value);
	void (*from_terminal)(void *encoder, ghost g);
	int (*encode)(void *encoder, void *e, char *buf, size_t cap, size_t *n);
} api;
static void *event, *encoder;

static void load(const char *library)
{
	static const char *const names[] = {"ghostty_mouse_event_new",
		"ghostty_mouse_event_set_action", "ghostty_mouse_event_set_button",
		"ghostty_mouse_event_clear_button", "ghostty_mouse_event_set_mods",
		"ghostty_mouse_event_set_position", "ghostty_mouse_encoder_new",
		"ghostty_mouse_encoder_setopt", "ghostty_mouse_encoder_setopt_from_terminal",
		"ghostty_mouse_encoder_encode"};
	void **to[] = {(void **)&api.event_new, (void **)&api.set_action, (void **)&api.set_button,
		(void **)&api.clear_button, (void **)&api.set_mods, (void **)&api.set_position,
		(void **)&api.encoder_new, (void **)&api.setopt, (void **)&api.from_terminal,
		(void **)&api.encode};
	struct size size = {sizeof(size), COLS * CELL_W, ROWS * CELL_H, CELL_W, CELL_H, {0}};
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
	api.setopt(encoder, OPT_SIZE, &size);
}

static void theirs(const struct term_mouse *m, struct buf *out)
{
	/* left 1, right 2, middle 3, then the wheel and the others in our order */
	static const int buttons[] = {0, 1, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11};
	static const int actions[] = {0, 1, 2};
	bool held = m->button != BUTTON_NONE && m->action != MOUSE_RELEASE;
	char buf[64];
	size_t n = 0;

	api.setopt(encoder, OPT_HELD, &held);
	api.set_action(event, actions[m->action]);
	if (m->button == BUTTON_NONE)
		api.clear_button(event);
	else
		api.set_button(event, buttons[m->button]);
	api.set_mods(event, ghost_mods(m->mods));
	api.set_position(event, (struct position){(float)m->px, (float)m->py});
	if (api.encode(encoder, event, buf, sizeof(buf), &n))
		n = 0;
	buf_clear(out);
	buf_add(out, buf, n);
}

/* ---- the comparison ---- */

/* What differs on purpose (DIFFERENCES.md). Nothing is no button to press or let go. */
static bool known(const struct term_mouse *m, const char *mode)
{
	bool wheel = m->button >= BUTTON_WHEEL_UP && m->button <= BUTTON_WHEEL_RIGHT;

	if (m->button == BUTTON_NONE)
		return m->action != MOUSE_MOVE;
	return (wheel && m->action == MOUSE_RELEASE) || m->button >= BUTTON_10 ||
	       (m->button >= BUTTON_WHEEL_UP && strstr(mode, "1005"));
}

static unsigned compare_mode(const char *mode, unsigned max)
{
	static const unsigned columns[] = {0, 1, 79, 94, 95, 200, 221, 222, 223, 224, 299};
	struct term *t = term_new(&(struct term_options){.cols = COLS, .rows = ROWS});
	ghost g = ghost_new(COLS, ROWS);
	own_buf struct buf a = {0}, b = {0};
	unsigned bad = 0, pixels = strstr(mode, "1016") != NULL;

	term_feed(t, mode, strlen(mode));
	ghost_feed(g, str_z(mode));
	api.from_terminal(encoder, g);
	for (unsigned i = 0; i < sizeof(columns) / sizeof(*columns) * 12 * 3 * 8; i++) {
		unsigned col = columns[i / (12 * 3 * 8)];
		struct term_mouse m = {.action = (enum term_mouse_action)(i % 3),
			.button = (enum term_button)(i / 3 % 12),
			.mods = i / 36 % 8,
			.col = col,
			.row = col * 7 % ROWS,
			.px = col * CELL_W + 3,
			.py = col * 7 % ROWS * CELL_H + 5};

		buf_clear(&a);
		term_mouse(t, &m, &a);
		m.px += pixels; /* it counts them from 0, xterm from 1 */
		m.py += pixels;
		theirs(&m, &b);
		if (str_eq(buf_view(&a), buf_view(&b)) || known(&m, mode) || bad++ >= max)
			continue;
		ghost_show(str_z(mode));
		printf(" button %d action %d mods %u at %u,%u: ours ", m.button, m.action, m.mods,
			m.row, m.col);
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
	static const char *const tracking[] = {
		"", "\033[?9h", "\033[?1000h", "\033[?1002h", "\033[?1003h"};
	static const char *const formats[] = {
		"", "\033[?1005h", "\033[?1006h", "\033[?1015h", "\033[?1016h"};
	unsigned max = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 5, bad = 0;

	if (argc < 2) {
		fprintf(stderr, "term-mouse LIBRARY [MAX]\n");
		return 2;
	}
	load(argv[1]);
	for (size_t i = 0; i < 5 * 5; i++) {
		own_buf struct buf mode = {0};

		buf_printf(&mode, "%s%s", tracking[i / 5], formats[i % 5]);
		bad += compare_mode(buf_z(&mode), max);
	}
	printf("mouse: %u differ\n", bad);
	return bad != 0;
}
