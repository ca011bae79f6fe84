/* Runs the files tests/term/NAME.test: what bytes do to a terminal, in the problem's own words.
 *
 *	= a name                     begins a case
 *	size 20x4                    of the terminal (this is the default)
 *	in "abc\e[1;1H"              bytes in; \e \n \r \t \a \b \\ \" \xHH \u{HEX}
 *	resize 10x4
 *	cell 9x18                    pixels of a cell
 *	rows "abc" "" …              the screen from the top; rows not named are blank
 *	row 2 "abc"                  one row
 *	history "abc" …              all of history, oldest first
 *	cursor 0 3 [pending] [hidden]
 *	style 0 2 "1;31"             the look of a cell, as SGR
 *	link 0 2 "http://…"
 *	reply "\e[0n"                everything answered since the last look
 *	wrapped 0 1 …                exactly these rows go on in the next
 *	title "x"   cwd "x"   clipboard "x"   where "c"   notify ["title" "body"]
 *	mode ?7 on
 *	alternate yes
 *
 * Keys and the mouse: case_input.h; search and selection: case_text.h. Every case is run in one
 *piece and in pieces of one and three bytes.
 */
#include <dirent.h>
#include <stdio.h>

#include "base/utf8.h"
#include "term/engine.h"
#include "term/freeze.h"
#include "term/invariant.h"
#include "term/term.h"
#include "unit/term/case_input.h"
#include "unit/term/case_text.h"

struct bench {
	struct term *t;
	size_t chunk;
	bool thaw; /* freeze and thaw behind every piece */
	struct buf replies, clipboard, notice, sent;
	char where; /* the clipboard's letter */
	char why[512];
};

static void on_reply(void *ctx, struct str s)
{
	buf_str(&((struct bench *)ctx)->replies, s);
}

static void on_clipboard(void *ctx, char where, struct str s)
{
	((struct bench *)ctx)->where = where;
	buf_clear(&((struct bench *)ctx)->clipboard);
	buf_str(&((struct bench *)ctx)->clipboard, s);
}

static void on_notify(void *ctx, struct str title, struct str body)
{
	struct bench *b = ctx;

	buf_clear(&b->notice);
	buf_printf(&b->notice, "%.*s|%.*s", STRF(title), STRF(body));
}

static const struct term_events events = {
	.reply = on_reply, .clipboard = on_clipboard, .notify = on_notify};

static bool thaw(struct bench *b)
{
	own_buf struct buf frozen = {0};
	struct term *t;

	term_freeze(b->t, &frozen);
	t = term_thaw(&(struct term_options){.identity = "codelima", .checksum = true},
		buf_view(&frozen));
	if (!t)
		return false;
	term_free(b->t);
	b->t = t;
	term_set_events(t, &events, b);
	return true;
}

static void start(struct bench *b, unsigned cols, unsigned rows)
{

	term_free(b->t);
	b->t = term_new(&(struct term_options){
		.cols = cols, .rows = rows, .identity = "codelima", .checksum = true});
	term_set_events(b->t, &events, b);
	buf_clear(&b->replies);
	buf_clear(&b->clipboard);
	buf_clear(&b->notice);
	buf_clear(&b->sent);
}

/* ---- reading a line of a case ---- */

static void unescape(struct buf *out, const char **p)
{
	char tmp[4];
	unsigned v;
	int n = 0;

	switch (*(*p)++) {
	case 'e':
		buf_putc(out, 0x1B);
		break;
	case 'n':
		buf_putc(out, '\n');
		break;
	case 'r':
		buf_putc(out, '\r');
		break;
	case 't':
		buf_putc(out, '\t');
		break;
	case 'a':
		buf_putc(out, '\a');
		break;
	case 'b':
		buf_putc(out, '\b');
		break;
	case 'x':
		sscanf(*p, "%2x%n", &v, &n);
		buf_putc(out, (char)v);
		*p += n;
		break;
	case 'u':
		sscanf(*p, "{%x}%n", &v, &n);
		buf_add(out, tmp, utf8_encode(v, tmp));
		*p += n;
		break;
	default:
		buf_putc(out, (*p)[-1]);
	}
}

static bool quoted(const char **p, struct buf *out)
{
	buf_clear(out);
	while (**p == ' ')
		++*p;
	if (**p != '"')
		return false;
	for (++*p; **p && **p != '"';) {
		if (**p == '\\') {
			++*p;
			unescape(out, p);
		} else {
			buf_putc(out, *(*p)++);
		}
	}
	*p += **p == '"';
	return true;
}

static bool number(const char **p, unsigned *n)
{
	char *end;

	while (**p == ' ')
		++*p;
	*n = (unsigned)strtoul(*p, &end, 10);
	if (end == *p)
		return false;
	*p = end;
	return true;
}

/* ---- looking ---- */

static bool fail(struct bench *b, const char *what, struct str want, struct str got)
{
	snprintf(b->why, sizeof(b->why), "%s: want \"%.*s\", got \"%.*s\"", what, STRF(want),
		STRF(got));
	return false;
}

static void row_text(struct bench *b, uint64_t row, struct buf *out)
{
	struct rowview v = {0};
	struct term_line l;
	size_t keep = 0;
	char tmp[4];

	buf_clear(out);
	if (term_line(b->t, row, &v, &l))
		for (unsigned x = 0; x < l.n; x++) {
			struct str s = term_cell_text(&l, l.c[x], tmp);

			if (cell_kind(l.c[x]) == CELL_TAIL)
				continue;
			if (s.n && !str_eqz(s, " ")) {
				buf_str(out, s);
				keep = out->n;
			} else {
				buf_putc(out, ' ');
			}
		}
	buf_cut(out, keep);
	term_view_fini(b->t, &v);
}

static bool check_rows(struct bench *b, const char *p, uint64_t from, uint64_t to)
{
	own_buf struct buf want = {0}, got = {0};
	char what[32];

	for (uint64_t row = from; row < to; row++) {
		if (!quoted(&p, &want))
			buf_clear(&want);
		row_text(b, row, &got);
		snprintf(what, sizeof(what), "row %d", (int)(row - from));
		if (!str_eq(buf_view(&want), buf_view(&got)))
			return fail(b, what, buf_view(&want), buf_view(&got));
	}
	return !quoted(&p, &want) || fail(b, "fewer rows", buf_view(&want), STR(""));
}

static bool check_row(struct bench *b, const char *p)
{
	uint64_t screen = term_screen_row(b->t);
	unsigned y;

	return number(&p, &y) && check_rows(b, p, screen + y, screen + y + 1);
}

static bool check_cursor(struct bench *b, const char *p)
{
	struct term_cursor c = term_cursor(b->t);
	char want[64], got[64];
	unsigned y = 0, x = 0;

	number(&p, &y);
	number(&p, &x);
	snprintf(want, sizeof(want), "%u %u%s%s", y, x, strstr(p, "pending") ? " pending" : "",
		strstr(p, "hidden") ? " hidden" : "");
	snprintf(got, sizeof(got), "%u %u%s%s", c.row, c.col, c.pending_wrap ? " pending" : "",
		c.visible ? "" : " hidden");
	return !strcmp(want, got) || fail(b, "cursor", str_z(want), str_z(got));
}

static bool check_style(struct bench *b, const char *p)
{
	own_buf struct buf want = {0};
	struct term_line l;
	unsigned y = 0, x = 0;
	struct style s = {0};
	char got[128];

	if (!number(&p, &y) || !number(&p, &x) || !quoted(&p, &want) ||
		!term_line(b->t, term_screen_row(b->t) + y, NULL, &l))
		return false;
	if (x < l.n)
		s = l.styles[cell_style(l.c[x])];
	sgr_text(got, sizeof(got), &s);
	return str_eqz(buf_view(&want), got + (got[1] == ';' ? 2 : 0)) ||
	       fail(b, "style", buf_view(&want), str_z(got));
}

static bool check_link(struct bench *b, const char *p)
{
	own_buf struct buf want = {0};
	struct term_line l;
	unsigned y = 0, x = 0;
	struct str got = STR("");

	if (!number(&p, &y) || !number(&p, &x) || !quoted(&p, &want) ||
		!term_line(b->t, term_screen_row(b->t) + y, NULL, &l))
		return false;
	if (x < l.n)
		got = term_cell_uri(&l, l.c[x]);
	return str_eq(buf_view(&want), got) || fail(b, "link", buf_view(&want), got);
}

static bool check_text(struct bench *b, const char *what, const char *p, struct str got)
{
	own_buf struct buf want = {0};

	quoted(&p, &want);
	return str_eq(buf_view(&want), got) || fail(b, what, buf_view(&want), got);
}

static bool check_notice(struct bench *b, const char *p)
{
	own_buf struct buf want = {0}, body = {0};

	if (quoted(&p, &want) && quoted(&p, &body)) {
		buf_putc(&want, '|');
		buf_str(&want, buf_view(&body));
	}
	return str_eq(buf_view(&want), buf_view(&b->notice)) ||
	       fail(b, "notify", buf_view(&want), buf_view(&b->notice));
}

static bool check_wrapped(struct bench *b, const char *p)
{
	own_buf struct buf want = {0}, got = {0};
	struct term_line l;
	unsigned y;

	while (number(&p, &y))
		buf_printf(&want, "%u ", y);
	for (y = 0; y < term_rows(b->t); y++)
		if (term_line(b->t, term_screen_row(b->t) + y, NULL, &l) && l.wrapped)
			buf_printf(&got, "%u ", y);
	return str_eq(buf_view(&want), buf_view(&got)) ||
	       fail(b, "wrapped", buf_view(&want), buf_view(&got));
}

static bool check_mode(struct bench *b, const char *p)
{
	bool ansi = *p != '?', on;
	unsigned n = 0;

	p += !ansi;
	number(&p, &n);
	on = term_mode(b->t, n, ansi);
	return on == (strstr(p, "on") != NULL) ||
	       fail(b, "mode", str_z(on ? "off" : "on"), str_z(on ? "on" : "off"));
}

static bool check_reply(struct bench *b, const char *p)
{
	bool ok = check_text(b, "reply", p, buf_view(&b->replies));

	buf_clear(&b->replies);
	return ok;
}

/* ---- acting ---- */

static bool feed(struct bench *b, const char *p)
{
	own_buf struct buf in = {0};
	const char *why;

	quoted(&p, &in);
	for (size_t at = 0; at < in.n; at += b->chunk) {
		size_t n = in.n - at < b->chunk ? in.n - at : b->chunk;

		term_feed(b->t, in.p + at, n);
		if (b->thaw && !thaw(b))
			return fail(b, "thaw", STR("done"), STR("refused"));
	}
	why = term_invariant(b->t);
	return !why || fail(b, "invariant", STR("none broken"), str_z(why));
}

static bool resize(struct bench *b, const char *p, bool fresh)
{
	unsigned cols, rows;
	const char *why;

	if (sscanf(p, "%ux%u", &cols, &rows) != 2)
		return false;
	if (fresh)
		start(b, cols, rows);
	else if (!term_resize(b->t, cols, rows))
		return fail(b, "resize", STR("done"), STR("refused"));
	why = term_invariant(b->t);
	return !why || fail(b, "invariant", STR("none broken"), str_z(why));
}

static bool cell_size(struct bench *b, const char *p)
{
	unsigned w, h;

	if (sscanf(p, "%ux%u", &w, &h) != 2)
		return false;
	term_cell_size(b->t, w, h);
	return true;
}

static bool check_sent(struct bench *b, const char *p)
{
	bool ok = check_text(b, "sent", p, buf_view(&b->sent));

	buf_clear(&b->sent);
	return ok;
}

static bool paste(struct bench *b, const char *p)
{
	own_buf struct buf text = {0};

	quoted(&p, &text);
	term_paste(b->t, buf_view(&text), &b->sent);
	return true;
}

/* Against what stands behind "= ". */
static bool check_answer(struct bench *b, const char *what, const char *p, const struct buf *got)
{
	const char *want = strstr(p, "= ");

	return want &&
	       (!strcmp(want + 2, buf_z(got)) || fail(b, what, str_z(want + 2), buf_view(got)));
}

static bool check_find(struct bench *b, const char *p)
{
	own_buf struct buf needle = {0}, got = {0};

	quoted(&p, &needle);
	case_find(b->t, buf_view(&needle), p, &got);
	return check_answer(b, "find", p, &got);
}

static bool check_url(struct bench *b, const char *p)
{
	own_buf struct buf got = {0};

	case_url(b->t, p, &got);
	return check_answer(b, "url", p, &got);
}

static bool check_part(struct bench *b, const char *what, const char *p)
{
	own_buf struct buf got = {0};
	const char *quote = strchr(p, '"');

	if (!strcmp(what, "select"))
		case_select(b->t, p, &got);
	else if (!strcmp(what, "export"))
		term_export_vt(
			b->t, term_first_row(b->t), term_screen_row(b->t) + term_rows(b->t), &got);
	else
		case_around(b->t, p, !strcmp(what, "word"), &got);
	return quote && check_text(b, what, quote, buf_view(&got));
}

static bool is(const char *line, const char *word, const char **rest)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) != 0 || (line[n] && line[n] != ' '))
		return false;
	*rest = line + n + (line[n] == ' ');
	return true;
}

static bool run_line(struct bench *b, const char *line)
{
	uint64_t first = term_first_row(b->t), screen = term_screen_row(b->t);
	const char *p;

	if (is(line, "in", &p))
		return feed(b, p);
	if (is(line, "size", &p))
		return resize(b, p, true);
	if (is(line, "resize", &p))
		return resize(b, p, false);
	if (is(line, "cell", &p))
		return cell_size(b, p);
	if (is(line, "rows", &p))
		return check_rows(b, p, screen, screen + term_rows(b->t));
	if (is(line, "row", &p))
		return check_row(b, p);
	if (is(line, "history", &p))
		return check_rows(b, p, first, screen);
	if (is(line, "cursor", &p))
		return check_cursor(b, p);
	if (is(line, "style", &p))
		return check_style(b, p);
	if (is(line, "link", &p))
		return check_link(b, p);
	if (is(line, "reply", &p))
		return check_reply(b, p);
	if (is(line, "wrapped", &p))
		return check_wrapped(b, p);
	if (is(line, "title", &p))
		return check_text(b, "title", p, term_title(b->t));
	if (is(line, "cwd", &p))
		return check_text(b, "cwd", p, term_cwd(b->t));
	if (is(line, "clipboard", &p))
		return check_text(b, "clipboard", p, buf_view(&b->clipboard));
	if (is(line, "where", &p))
		return check_text(b, "where", p, str_n(&b->where, 1));
	if (is(line, "notify", &p))
		return check_notice(b, p);
	if (is(line, "mode", &p))
		return check_mode(b, p);
	if (is(line, "find", &p))
		return check_find(b, p);
	if (is(line, "url", &p))
		return check_url(b, p);
	if (is(line, "select", &p))
		return check_part(b, "select", p);
	if (is(line, "word", &p))
		return check_part(b, "word", p);
	if (is(line, "line", &p))
		return check_part(b, "line", p);
	if (is(line, "export", &p))
		return check_part(b, "export", p);
	if (is(line, "sent", &p))
		return check_sent(b, p);
	if (is(line, "key", &p))
		return case_key(b->t, p, &b->sent), true;
	if (is(line, "mouse", &p))
		return case_mouse(b->t, p, &b->sent), true;
	if (is(line, "focus", &p))
		return term_focus(b->t, !strcmp(p, "in"), &b->sent), true;
	if (is(line, "paste", &p))
		return paste(b, p);
	if (is(line, "alternate", &p))
		return term_alternate(b->t) == !strcmp(p, "yes") ||
		       fail(b, "alternate", str_z(p), STR("the other"));
	return fail(b, "not understood", str_z(line), STR(""));
}

/* ---- files ---- */

struct test_case {
	char name[160];
	char *lines[64];
	unsigned n;
};

static bool run_case(const struct test_case *c, const char *file)
{
	static const size_t chunks[] = {1 << 20, 1, 3, 2};
	bool ok = true;

	for (unsigned i = 0; ok && i < 4; i++) {
		struct bench b = {.chunk = chunks[i], .thaw = i == 3};

		start(&b, 20, 4);
		for (unsigned k = 0; ok && k < c->n; k++) {
			ok = run_line(&b, c->lines[k]);
			if (!ok)
				printf("%s: %s (pieces of %zu%s): %s\n    %s\n", file, c->name,
					chunks[i], b.thaw ? ", thawed" : "", c->lines[k], b.why);
		}
		term_free(b.t);
		buf_fini(&b.replies);
		buf_fini(&b.clipboard);
		buf_fini(&b.notice);
		buf_fini(&b.sent);
	}
	printf("%s %s: %s\n", ok ? "[       OK ]" : "[  FAILED  ]", file, c->name);
	return ok;
}

static bool finish(struct test_case *c, const char *file)
{
	bool ok = !c->n || run_case(c, file);

	while (c->n)
		free(c->lines[--c->n]);
	return ok;
}

static bool run_file(const char *dir, const char *name)
{
	struct test_case c = {.name = ""};
	char path[512], line[4096];
	bool ok = true;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] == '=') {
			ok &= finish(&c, name);
			snprintf(c.name, sizeof(c.name), "%.150s", line + 2);
		} else if (line[0] && line[0] != '#' && c.n < 64) {
			c.lines[c.n++] = strdup(line);
		}
	}
	ok &= finish(&c, name);
	fclose(f);
	return ok;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "tests/term";
	struct dirent **names;
	int n = scandir(dir, &names, NULL, by_name), ran = 0;
	bool ok = n > 0;

	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]->d_name);

		if (len > 5 && !strcmp(names[i]->d_name + len - 5, ".test")) {
			ok &= run_file(dir, names[i]->d_name);
			ran++;
		}
		free(names[i]);
	}
	free(names);
	return ok && ran ? 0 : 1;
}
