/* What must hold of any stream, on seeded random ones (tools/term_gen.h): who draws only the
 * rows a frame names sees what the terminal holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "term/term.h"
#include "tools/term_gen.h"

enum { STREAMS = 400, TOKENS = 30, ROWS = 6 };

/* What term_gen.h leaves out, since the peers differ there or show nothing of it. */
static const char *const more[] = {"\033]8;id=q;http://x\033\\", "\033]8;;\a", "\033]133;A\a",
	"\033[?2026h", "\033[?2026l", "\033[?40h", "\033[?3h", "\033[?3l", "\033c", "\033N",
	"\xd8\x80", "\033[?1049h", "\033[?1049l", "\033[?47h", "\033[?47l", "\033[5b", "\033[3J"};

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
static void row_look(struct term *t, unsigned y, struct buf *out)
{
	struct term_line l;
	char tmp[4];
	unsigned n;

	buf_clear(out);
	assert_true(term_line(t, term_screen_row(t) + y, NULL, &l));
	for (n = l.n; n && !l.c[n - 1];)
		n--;
	for (unsigned x = 0; x < n; x++) {
		buf_str(out, term_cell_text(&l, l.c[x], tmp));
		buf_putc(out, (char)cell_kind(l.c[x]));
		buf_add(out, &l.styles[cell_style(l.c[x])], sizeof(struct style));
		buf_str(out, term_cell_uri(&l, l.c[x]));
	}
	buf_printf(out, " %d %u", l.wrapped, l.mark);
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
			row_look(t, y, &painted[y]);
	term_rows_clean(t);
	for (unsigned y = 0; y < rows; y++) {
		row_look(t, y, &now);
		assert_int_equal(now.n, painted[y].n);
		assert_memory_equal(now.p, painted[y].p, now.n);
	}
}

static void frames_name_every_change(void **state)
{
	struct buf painted[ROWS] = {{0}};

	(void)state;
	for (unsigned seed = 0; seed < STREAMS; seed++) {
		own_buf struct buf in = {0};
		struct gen g = make_stream(seed, &in);
		struct term *t = term_new(&(struct term_options){.cols = g.cols, .rows = g.rows});
		struct term_frame f;

		assert_non_null(t);
		for (size_t at = 0, n; at < in.n; at += n) {
			n = 1 + gen_random(&g, 12);
			n = n > in.n - at ? in.n - at : n;
			term_feed(t, in.p + at, n);
			if (term_frame(t, (int64_t)at * 20, &f))
				paint(t, &f, painted);
		}
		term_free(t);
	}
	for (unsigned y = 0; y < ROWS; y++)
		buf_fini(&painted[y]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_name_every_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
