#include "term/engine.h"

#include "base/utf8.h"

/* OSC 52 ; WHERE ; BASE64 - a program sets the clipboard (xterm ctlseqs). Reading
 * it is never answered, and what is set loses its controls but newline and tab
 * (contract/threats.md T8). Whether it is done at all is the session's decision. */

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool osc_base64(char *p, size_t n, size_t *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t to = 0, i = 0;

	for (; i < n && p[i] != '='; i++) {
		int d = digit(p[i]);

		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			p[to++] = (char)(bits >> have & 255);
		}
	}
	for (; i < n; i++)
		if (p[i] != '=')
			return false;
	*out = to;
	return true;
}

static size_t strip_controls(char *p, size_t n)
{
	size_t to = 0, i = 0;

	while (i < n) {
		uint32_t cp;
		size_t len = utf8_decode(str_n(p + i, n - i), &cp);
		bool keep = cp == '\n' || cp == '\t' || (cp != UTF8_BAD && !utf8_control(cp));

		if (keep) {
			memmove(p + to, p + i, len);
			to += len;
		}
		i += len;
	}
	return to;
}

/* A program may name several; the clipboard is what a person pastes from. */
static char one_of(struct str where)
{
	if (str_find(where, 'c') < where.n)
		return 'c';
	return where.n ? where.p[0] : 's';
}

static char *in_buffer(struct term *t, struct str s)
{
	return t->ps.buf + (s.p - t->ps.buf);
}

/* s lies in the parser's buffer, which is ours to write to. */
void clipboard_osc(struct term *t, struct str s)
{
	struct str where;
	size_t n;
	char *p;

	if (!str_split(&s, ';', &where) || !s.p || !s.n || str_eqz(s, "?"))
		return;
	p = in_buffer(t, s);
	if (!osc_base64(p, s.n, &n))
		return;
	n = strip_controls(p, n);
	if (t->ev.clipboard && n <= CLIPBOARD_MAX)
		t->ev.clipboard(t->ev_ctx, one_of(where), str_n(p, n));
}

/* tmux's passthrough, only for a clipboard inside: ESC ] 52 ; … BEL or ESC \. */
void clipboard_tmux(struct term *t, struct str s)
{
	if (!str_starts(s, STR("\033]52;")))
		return;
	s = str_from(s, 5);
	if (str_ends(s, STR("\a")))
		s.n -= 1;
	else if (str_ends(s, STR("\033\\")))
		s.n -= 2;
	clipboard_osc(t, s);
}
