#include "cli/live.h"

#include "base/escape.h"
#include "base/num.h"
#include "data/progress_json.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/tty.h"

#define REDRAW_MS 80 /* 12 frames a second are plenty for a bar */
#define BAR_CELLS 20 /* on 80 columns and more */
#define BAR_ROOM 40  /* columns for the figures, the time and the beginning of the message */

static const char *const state_words[] = {
	[STEP_RUNNING] = "running",
	[STEP_DONE] = "done",
	[STEP_FAILED] = "failed",
	[STEP_SKIPPED] = "skipped",
};

static void erase(struct live *l)
{
	if (l->drawn)
		fd_stderr(STR("\r\033[K"));
	l->drawn = false;
}

void live_end(struct live *l)
{
	erase(l);
	l->step[0] = '\0';
}

void live_fini(struct live *l)
{
	live_end(l);
	buf_fini(&l->message);
}

static void put_amount(struct buf *b, enum unit unit, uint64_t n)
{
	if (unit == UNIT_BYTES)
		num_bytes(b, n);
	else
		num_count(b, n);
}

static void put_figures(struct buf *b, const struct progress *p)
{
	if (p->unit == UNIT_NONE)
		return;
	put_amount(b, p->unit, p->done);
	if (p->total) {
		buf_puts(b, p->unit == UNIT_BYTES ? " of " : "/");
		put_amount(b, p->unit, p->total);
	}
	buf_puts(b, "  ");
}

/* What can be spared: on a narrow terminal the time and the message tell more than the bar. */
static unsigned bar_cells(int cols)
{
	int cells = (cols - BAR_ROOM) / 2;

	return cells < 5 ? 0 : cells > BAR_CELLS ? BAR_CELLS : (unsigned)cells;
}

static void put_bar(struct buf *b, const struct progress *p, unsigned cells)
{
	unsigned full, percent;

	if (!p->total || p->unit == UNIT_NONE)
		return;
	full = p->done >= p->total ? cells : (unsigned)(p->done * cells / p->total);
	percent = p->done >= p->total ? 100 : (unsigned)(p->done * 100 / p->total);
	for (unsigned i = 0; i < cells; i++)
		buf_puts(b, i < full ? "█" : "░");
	buf_printf(b, "%s%3u%%  ", cells ? " " : "", percent);
}

/* Less than the row: a bar that wraps cannot be erased, nor one that the terminal's own "^C"
 * makes wrap. */
static size_t room(const struct live *l)
{
	return (size_t)l->cols - 1 - strlen("^C");
}

/* Message first escaped, then cut to what is left of the row. */
static void put_fitted(struct live *l, struct buf *line, struct str message)
{
	own_buf struct buf text = {0};
	size_t used = text_width(buf_view(line));

	escape_text(&text, message);
	if (used < room(l))
		buf_str(line, text_fit(buf_view(&text), room(l) - used));
}

static void draw(struct live *l, const struct progress *p, int64_t now)
{
	static const char *const spin[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
	own_buf struct buf line = {0}, out = {0};

	buf_printf(&line, "%s %-9s ", spin[l->frame++ % 10], p->step);
	put_bar(&line, p, bar_cells(l->cols));
	put_figures(&line, p);
	num_elapsed(&line, now - l->step_began);
	buf_puts(&line, "  ");
	put_fitted(l, &line, p->message);
	buf_puts(&out, "\r\033[K");
	buf_str(&out, text_width(buf_view(&line)) <= room(l) ? buf_view(&line)
							     : text_fit(buf_view(&line), room(l)));
	fd_stderr(buf_view(&out));
	l->drawn = true;
	l->last_drawn = now;
}

/* The line that stays: "✓ boot      72 s  instance api runs". */
static void finish_line(struct live *l, const struct progress *p, int64_t now)
{
	own_buf struct buf line = {0}, text = {0};
	bool ok = p->state == STEP_DONE;

	erase(l);
	if (l->tty)
		buf_printf(&line, "%s%s%s %-9s ", l->colour ? (ok ? "\033[32m" : "\033[31m") : "",
			ok ? "✓" : "✗", l->colour ? "\033[0m" : "", p->step);
	else
		buf_printf(&line, "%s: %s in ", p->step, state_words[p->state]);
	num_elapsed(&line, now - l->step_began);
	escape_text(&text, p->message);
	if (text.n)
		buf_printf(&line, "%s%s", l->tty ? "  " : ": ", buf_z(&text));
	buf_putc(&line, '\n');
	fd_stderr(buf_view(&line));
}

static void plain_line(const struct progress *p)
{
	own_buf struct buf line = {0}, text = {0};

	buf_puts(&line, p->step);
	/* Which step runs; Lima's requirements number themselves. */
	if (z_eq(p->step, "bootstrap") && p->total)
		buf_printf(&line, " %llu/%llu", (unsigned long long)p->done + 1,
			(unsigned long long)p->total);
	escape_text(&text, p->message);
	buf_printf(&line, ": %s\n", text.n ? buf_z(&text) : "begins");
	fd_stderr(buf_view(&line));
}

static void emit_event(const struct progress *p)
{
	own_buf struct buf now = {0}, out = {0};

	clock_rfc3339(&now);
	progress_json(&out, buf_view(&now), p);
	fd_stdout(buf_view(&out));
}

/* Did something happen that one who reads lines wants to know? */
static bool is_news(const struct live *l, const struct progress *p, bool new_step)
{
	bool counted =
		p->unit == UNIT_COUNT && (p->done != l->shown.done || p->total != l->shown.total);

	return new_step || counted;
}

static void keep(struct live *l, const struct progress *p)
{
	buf_clear(&l->message);
	buf_str(&l->message, p->message);
	l->shown = *p;
	l->shown.step = l->step;
	l->shown.message = buf_view(&l->message);
}

/* Nothing new, but the clock and the spinner go on. */
static void on_tick(struct sink *s)
{
	struct live *l = (struct live *)s;
	int64_t now = clock_mono_ms();

	if (l->tty && *l->step && now - l->last_drawn >= REDRAW_MS)
		draw(l, &l->shown, now);
}

static void on_progress(struct sink *s, const struct progress *p)
{
	struct live *l = (struct live *)s;
	int64_t now = clock_mono_ms();
	bool new_step = !z_eq(l->step, p->step), news = is_news(l, p, new_step);

	if (new_step) {
		snprintf(l->step, sizeof(l->step), "%s", p->step);
		l->step_began = now - p->since_ms;
	}
	keep(l, p);
	if (l->events) {
		if (news || p->state != STEP_RUNNING || now - l->last_drawn >= REDRAW_MS) {
			emit_event(p);
			l->last_drawn = now;
		}
	} else if (p->state != STEP_RUNNING) {
		finish_line(l, p, now);
	} else if (l->tty && (news || now - l->last_drawn >= REDRAW_MS)) {
		draw(l, p, now);
	} else if (!l->tty && news) {
		plain_line(p);
	}
	if (p->state != STEP_RUNNING)
		l->step[0] = '\0';
}

static void on_notice(struct sink *s, enum level level, struct str text)
{
	static const char *const words[] = {"error", "warning", "note", "debug"};
	struct live *l = (struct live *)s;
	own_buf struct buf line = {0};

	if (level > l->level)
		return;
	erase(l);
	buf_printf(&line, "%s: ", words[level]);
	escape_text(&line, text);
	buf_putc(&line, '\n');
	fd_stderr(buf_view(&line));
}

static void on_log(struct sink *s, struct str text)
{
	struct live *l = (struct live *)s;

	if (l->level == LEVEL_DEBUG)
		on_notice(s, LEVEL_DEBUG, text);
}

void live_init(struct live *l, bool events, enum level level)
{
	int rows = 0;

	*l = (struct live){.sink = {.progress = on_progress,
				   .notice = on_notice,
				   .log = on_log,
				   .tick = on_tick},
		.events = events,
		.level = level};
	l->tty = !events && fd_isatty(2) && !z_eq(proc_env("TERM"), "dumb") &&
		 tty_size(2, &l->cols, &rows) && l->cols >= 20;
	l->colour = l->tty && !proc_env("NO_COLOR");
}
