#include "tools/host_script.h"

#include <sys/ioctl.h>

#include "tools/shot.h"
#include "tools/term_json.h"
#include "unit/term/case_input.h"

enum { QUIET_MS = 300 };
enum step { DONE, LATER, BROKEN };

bool host_script_load(struct host_script *s, const char *path)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&s->text, part, n);
	if (f)
		fclose(f);
	buf_putc(&s->text, '\n');
	s->rest = buf_view(&s->text);
	return f != NULL;
}

void host_script_fini(struct host_script *s)
{
	buf_fini(&s->text);
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *p = c ? strchr(digits, c | 0x20) : NULL;

	return p ? (int)(p - digits) : 0;
}

static void unescape(struct buf *out, struct str s)
{
	static const char from[] = "ernts\\", to[] = "\033\r\n\t \\";

	for (size_t i = 0; i < s.n; i++) {
		const char *p;

		if (s.p[i] != '\\' || i + 1 == s.n) {
			buf_putc(out, s.p[i]);
		} else if (s.p[++i] == 'x' && i + 2 < s.n) {
			buf_putc(out, (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])));
			i += 2;
		} else if ((p = strchr(from, s.p[i]))) {
			buf_putc(out, to[p - from]);
		}
	}
}

static bool shows(struct term *t, struct str text)
{
	own_buf struct buf row = {0};
	struct term_line l;

	for (unsigned y = 0; y < term_rows(t); y++) {
		buf_clear(&row);
		if (term_line(t, term_screen_row(t) + y, NULL, &l))
			term_line_text(&row, &l);
		if (str_find_str(buf_view(&row), text) < row.n)
			return true;
	}
	return false;
}

static enum step do_resize(struct host_script *s, struct host *h, const char *arg)
{
	unsigned cols, rows;
	struct winsize ws = {0};

	if (sscanf(arg, "%ux%u", &cols, &rows) != 2 || !term_resize(h->t, cols, rows))
		return BROKEN;
	ws.ws_col = (unsigned short)cols;
	ws.ws_row = (unsigned short)rows;
	ioctl(h->fd, TIOCSWINSZ, &ws);
	s->typed = h->bytes;
	if (h->moments)
		fprintf(h->moments, "%zu resize %u %u\n", h->bytes, cols, rows);
	return DONE;
}

static enum step quiet(
	const struct host_script *s, const struct host *h, const char *arg, double now)
{
	double since = h->last_output > s->began ? h->last_output : s->began;

	return now - since >= (*arg ? strtod(arg, NULL) : QUIET_MS) / 1e3 ? DONE : LATER;
}

/* One step; arg is its line behind the word, text the same with escapes read. */
static enum step step(struct host_script *s, struct host *h, struct str word, const char *arg,
	struct str text, double now)
{
	if (!word.n || word.p[0] == '#')
		return DONE;
	if (str_eqz(word, "wait"))
		return shows(h->t, text) ? DONE : LATER;
	if (str_eqz(word, "gone"))
		return shows(h->t, text) ? LATER : DONE;
	if (str_eqz(word, "more"))
		return h->bytes >= s->typed + strtoul(arg, NULL, 10) ? DONE : LATER;
	if (str_eqz(word, "quiet"))
		return quiet(s, h, arg, now);
	if (str_eqz(word, "type"))
		buf_str(&h->out, text);
	else if (str_eqz(word, "key"))
		case_key(h->t, arg, &h->out);
	else if (str_eqz(word, "mouse"))
		case_mouse(h->t, arg, &h->out);
	else if (str_eqz(word, "paste"))
		term_paste(h->t, text, &h->out);
	else if (str_eqz(word, "focus"))
		term_focus(h->t, text.n && text.p[0] == 'i', &h->out);
	else if (str_eqz(word, "resize"))
		return quiet(s, h, "", now) == DONE ? do_resize(s, h, arg) : LATER;
	else if (!str_eqz(word, "shot"))
		return BROKEN;
	else if (h->moments)
		fprintf(h->moments, "%zu shot %s\n", h->bytes, arg);
	return DONE;
}

static enum step run_line(struct host_script *s, struct host *h, struct str line, double now)
{
	own_buf struct buf arg = {0}, text = {0};
	struct str word;

	line = str_trim(line);
	word = str_n(line.p, str_find(line, ' '));
	buf_str(&arg, str_trim(str_from(line, word.n)));
	unescape(&text, buf_view(&arg));
	return step(s, h, word, buf_z(&arg), buf_view(&text), now);
}

void host_script_run(struct host_script *s, struct host *h, double now)
{
	struct str rest = s->rest, line;

	while (!s->broken && !s->ended && !h->out.n && rest.p && str_split(&rest, '\n', &line)) {
		enum step did = run_line(s, h, line, now);

		s->broken = did == BROKEN;
		if (did != DONE)
			return;
		s->rest = rest;
		s->began = now;
		s->typed = h->out.n ? h->bytes : s->typed;
		s->line++;
	}
	if (!rest.p && !s->ended && s->text.p) {
		s->ended = true;
		if (h->moments)
			fprintf(h->moments, "%zu end\n", h->bytes);
	}
}

void host_script_blame(const struct host_script *s, struct host *h, const char *path)
{
	struct str rest = s->rest, line = {0};
	own_buf struct buf screen = {0};

	str_split(&rest, '\n', &line);
	shot_term(&screen, h->t, true);
	fprintf(stderr, "term-host: %s:%u: %s: %.*s\n%s", path, s->line + 1,
		s->broken ? "not a step" : "not done", STRF(line), buf_z(&screen));
}
