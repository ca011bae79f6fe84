#include "base/escape.h"

#include "base/utf8.h"

/* Characters that reorder or hide what stands around them (T7). */
static bool is_deceptive(uint32_t cp)
{
	return (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
	       (cp >= 0x200E && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x2029) || cp == 0x061C ||
	       cp == 0xFEFF || (cp >= 0xE0000 && cp <= 0xE007F);
}

static void escape_control(struct buf *out, unsigned char c)
{
	static const char named[] = {['\n'] = 'n', ['\t'] = 't', ['\r'] = 'r', [0x1B] = 'e'};

	if (c < sizeof(named) && named[c])
		buf_printf(out, "\\%c", named[c]);
	else
		buf_printf(out, "\\x%02X", c);
}

static size_t escape_one(struct buf *out, struct str s)
{
	uint32_t cp;
	size_t len = utf8_decode(s, &cp);

	if (cp == UTF8_BAD) {
		for (size_t i = 0; i < len; i++)
			buf_printf(out, "\\x%02X", (unsigned char)s.p[i]);
	} else if (cp < 0x20 || cp == 0x7F) {
		escape_control(out, (unsigned char)cp);
	} else if ((cp >= 0x80 && cp < 0xA0) || is_deceptive(cp)) {
		buf_printf(out, "\\u{%04X}", cp);
	} else {
		buf_add(out, s.p, len);
	}
	return len;
}

/* Most text is plain ASCII: such runs are copied whole. */
static size_t plain_run(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7F)
		n++;
	return n;
}

void escape_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t run = plain_run(str_from(s, i));

		buf_add(out, s.p + i, run);
		i += run;
		if (i < s.n)
			i += escape_one(out, str_from(s, i));
	}
}

/* A run of CRs: nothing at the end of a line, where a serial console that translates twice
 * writes two. */
static size_t take_crs(struct buf *out, struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '\r')
		n++;
	for (size_t i = 0; i < n && !(n < s.n && s.p[n] == '\n'); i++)
		buf_puts(out, "\\r");
	return n;
}

void escape_lines(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t run = plain_run(str_from(s, i));

		buf_add(out, s.p + i, run);
		i += run;
		i += take_crs(out, str_from(s, i));
		if (i >= s.n)
			break;
		if (s.p[i] == '\n' || s.p[i] == '\t')
			buf_putc(out, s.p[i++] == '\n' ? '\n' : ' ');
		else
			i += escape_one(out, str_from(s, i));
	}
}

/* The columns of the next character; a malformed byte is drawn as one U+FFFD. */
static size_t width_one(struct str s, size_t *cols)
{
	uint32_t cp;
	size_t len = utf8_decode(s, &cp);

	*cols = cp == UTF8_BAD ? 1 : (size_t)utf8_width(cp);
	return len;
}

size_t text_width(struct str s)
{
	size_t total = 0, cols;

	for (size_t i = 0; i < s.n; total += cols)
		i += width_one(str_from(s, i), &cols);
	return total;
}

struct str text_fit(struct str s, size_t cols)
{
	size_t used = 0, i = 0;

	while (i < s.n) {
		size_t w, len = width_one(str_from(s, i), &w);

		if (used + w > cols || (!used && !cols))
			break;
		used += w;
		i += len;
	}
	return str_n(s.p, i);
}
