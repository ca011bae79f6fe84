/* What must hold of any stream, on seeded random ones (tools/term_gen.h): who draws only the
 * rows a frame names sees what the terminal holds; and a terminal that is frozen and thawed
 * behind any byte goes on as one that was not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "term/freeze.h"
#include "term/input.h"
#include "term/term.h"
#include "tools/term_gen.h"

enum { STREAMS = 400, TOKENS = 30, ROWS = 6 };

/* What term_gen.h leaves out, since the peers differ there or show nothing of it. */
static const char *const more[] = {"\033]8;id=q;http://x\033\\", "\033]8;;\a", "\033]133;A\a",
	"\033[?2026h", "\033[?2026l", "\033[?40h", "\033[?3h", "\033[?3l", "\033c", "\033N",
	"\xd8\x80", "\033[?1049h", "\033[?1049l", "\033[?47h", "\033[?47l", "\033[5b", "\033[3J",
	"\033[22;0t", "\033[23;0t", "\033]2;a\xc3\xa9\xc2\x9c", "\033]4;3;#123456\a",
	"\033]104;3\a", "\033]11;#abc\a", "\033]4;3;?;11;?\a", "\033]11;?\a", "\033[>5u",
	"\033[>3u", "\033[<u", "\033[=3;2u", "\033[?u", "\033[>4;2m", "\033[?4m",
	"\033[?7l\033[?7;1006s\033[?7h", "\033[?7;1006r", "\033[3 q", "\033]9;4;1;30\a",
	"\033]9;text\a", "\033]777;notify;a;b\a", "\033]99;i=1:d=0;ab\a", "\033]99;i=1:p=body;cd\a",
	"\033]7;file://h/x\a", "\033]52;c;aGVsbG8=\a", "\033Ptmux;\033\033]52;c;aGVs\a\033\\",
	"\033[?2048h", "\033=", "\033[?1048h", "\033[?1048l", "\033[?5W", "\033(((((0", "\033[",
	"\033_Ga=q,i=3;AA\033\\", "\033P+q4D73\033\\",
	"\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29;30;31;"
	"32;33m"};

static struct gen make_stream(unsigned seed, struct buf *out)
{
	struct gen g = {.seed = seed * 31 + 7,
		.cols = 2 + seed % 13,
		.rows = 1 + seed % ROWS,
		.flags = GEN_ALL | GEN_GUARD};

	for (unsigned i = 0; i < TOKENS; i++) {
		if (gen_random(&g, 3))
			gen_token(&g, out);
		else
			buf_puts(out, more[gen_random(&g, sizeof(more) / sizeof(*more))]);
	}
	return g;
}

/* ---- painting ---- */

/* All of a row that a painter or a copy of the terminal would take. */
static void row_look(struct term *t, uint64_t row, struct buf *out)
{
	struct rowview v = {0};
	struct term_line l;
	char tmp[4];
	unsigned n;

	buf_clear(out);
	assert_true(term_line(t, row, &v, &l));
	for (n = l.n; n && !l.c[n - 1];)
		n--;
	for (unsigned x = 0; x < n; x++) {
		buf_str(out, term_cell_text(&l, l.c[x], tmp));
		buf_putc(out, (char)cell_kind(l.c[x]));
		buf_add(out, &l.styles[cell_style(l.c[x])], sizeof(struct style));
		buf_str(out, term_cell_uri(&l, l.c[x]));
	}
	buf_printf(out, " %d %u", l.wrapped, l.mark);
	term_view_fini(t, &v);
}

static void shift_up(struct buf *rows, unsigned n, unsigned by)
{
	while (by--) {
		struct buf first = rows[0];

		memmove(rows, rows + 1, (n - 1) * sizeof(*rows));
		rows[n - 1] = first;
		buf_clear(&rows[n - 1]);
	}
}

static void paint(struct term *t, const struct term_frame *f, struct buf *painted)
{
	unsigned rows = term_rows(t);
	own_buf struct buf now = {0};

	shift_up(painted, rows, f->scrolled);
	for (unsigned y = 0; y < rows; y++)
		if (f->all || term_row_dirty(t, y))
			row_look(t, term_screen_row(t) + y, &painted[y]);
	term_frame_done(t);
	for (unsigned y = 0; y < rows; y++) {
		row_look(t, term_screen_row(t) + y, &now);
		assert_int_equal(now.n, painted[y].n);
		assert_memory_equal(now.p, painted[y].p, now.n);
	}
}

/* A copy of history is added to, but for when a frame says that it must be made anew. */
static void copy_history(struct term *t, const struct term_frame *f, struct buf *copy)
{
	own_buf struct buf all = {0}, now = {0};
	uint64_t row = term_first_row(t);

	for (; row < term_screen_row(t); row++) {
		row_look(t, row, &now);
		buf_str(&all, buf_view(&now));
	}
	if (f->changes & TERM_CHANGED_HISTORY)
		buf_clear(copy);
	if (all.n > copy->n)
		buf_str(copy, str_from(buf_view(&all), copy->n));
	assert_int_equal(all.n, copy->n);
	assert_memory_equal(all.p ? all.p : "", copy->p ? copy->p : "", all.n);
}

static void frames_name_every_change(void **state)
{
	struct buf painted[ROWS] = {{0}};

	(void)state;
	for (unsigned seed = 0; seed < STREAMS; seed++) {
		own_buf struct buf in = {0}, history = {0};
		struct gen g = make_stream(seed, &in);
		struct term *t = term_new(&(struct term_options){.cols = g.cols, .rows = g.rows});
		struct term_frame f;

		assert_non_null(t);
		for (size_t at = 0, n; at < in.n; at += n) {
			n = 1 + gen_random(&g, 12);
			n = n > in.n - at ? in.n - at : n;
			term_feed(t, in.p + at, n);
			if (!term_frame(t, (int64_t)at * 20, &f))
				continue;
			paint(t, &f, painted);
			copy_history(t, &f, &history);
		}
		term_free(t);
	}
	for (unsigned y = 0; y < ROWS; y++)
		buf_fini(&painted[y]);
}

/* ---- freezing ---- */

static void on_text(void *ctx, struct str s)
{
	buf_str(ctx, s);
}

static void on_clipboard(void *ctx, char where, struct str s)
{
	buf_printf(ctx, "<%c:%.*s>", where, STRF(s));
}

static void on_notify(void *ctx, struct str title, struct str body)
{
	buf_printf(ctx, "<%.*s|%.*s>", STRF(title), STRF(body));
}

static void on_resized(void *ctx, unsigned cols, unsigned rows)
{
	buf_printf(ctx, "<%ux%u>", cols, rows);
}

static const struct term_events events = {
	.reply = on_text, .clipboard = on_clipboard, .notify = on_notify, .resized = on_resized};

/* What neither rows nor answers tell. */
static void look_elsewhere(const struct term *t, struct buf *out)
{
	struct term_progress p = term_progress(t);
	struct term_cursor c = term_cursor(t);

	term_key(t, &(struct term_key){.key = KEY_KP_0 + 5, .text = STR("5")}, out);
	term_key(t, &(struct term_key){.key = 'i', .mods = MOD_CTRL}, out);
	term_key(t, &(struct term_key){.key = KEY_UP}, out);
	buf_printf(out, "<%u %u %u %u %d>", p.state, p.percent, c.style, c.row, c.pending_wrap);
}

/* Frozen and thawed behind `at` bytes, or not; a resize at the end, since it asks for what no
 * row shows. What was told and what is left go to `out`. */
static void live(const struct term_options *o, struct str in, size_t at, bool thaw, struct buf *out)
{
	struct term *t = term_new(o);
	own_buf struct buf frozen = {0};

	assert_non_null(t);
	term_set_events(t, &events, out);
	term_feed(t, in.p, at);
	if (thaw) {
		term_freeze(t, &frozen);
		term_free(t);
		t = term_thaw(o, buf_view(&frozen));
		assert_non_null(t);
		term_set_events(t, &events, out);
	}
	term_feed(t, in.p + at, in.n - at);
	assert_true(term_resize(t, 1 + (unsigned)at % 9, 1 + (unsigned)at % 5));
	term_feed(t, "x\ry\n", 4);
	look_elsewhere(t, out);
	term_freeze(t, out);
	term_free(t);
}

static void thawed_goes_on_the_same(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < STREAMS; seed++) {
		own_buf struct buf in = {0}, a = {0}, b = {0};
		struct gen g = make_stream(seed, &in);
		struct term_options o = {
			.cols = g.cols, .rows = g.rows, .history = 16384, .checksum = true};

		for (size_t at = 0; at <= in.n; at++) {
			buf_clear(&a);
			buf_clear(&b);
			live(&o, buf_view(&in), at, false, &a);
			live(&o, buf_view(&in), at, true, &b);
			if (!str_eq(buf_view(&a), buf_view(&b)))
				print_message("stream %u, frozen at byte %zu\n", seed, at);
			assert_true(str_eq(buf_view(&a), buf_view(&b)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_name_every_change),
		cmocka_unit_test(thawed_goes_on_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
