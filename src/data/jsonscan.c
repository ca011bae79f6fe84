#include "data/jsonscan.h"

#include "base/num.h"
#include "base/utf8.h"

#define MAX_STRING (1u << 20)
#define MAX_DEPTH 64

bool jscan_bad(const struct json_scan *s, struct err *e, const char *fmt, ...)
{
	own_buf struct buf msg = {0}, line = {0};
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	buf_vprintf(&msg, fmt, ap);
	va_end(ap);
	err_set(e, ERR_METADATA_CORRUPTION, "%s line %u: %s", s->name, s->line + 1, buf_z(&msg));
	buf_printf(&line, "%u", s->line + 1);
	err_field(e, "path", s->name);
	return err_field(e, "line", line.p);
}

/* The next byte, not taken; 0 at the end, -1 when reading failed. A NUL in the text
 * ends it early, and what is then missing makes the error. */
static int peek(struct json_scan *s, struct err *e)
{
	struct str chunk = {0};
	int got;

	if (s->p < s->end)
		return (unsigned char)*s->p;
	got = s->ended ? 0 : s->more(s->arg, &chunk, e);
	if (got <= 0) {
		s->ended = true;
		return got;
	}
	s->p = chunk.p;
	s->end = chunk.p + chunk.n;
	return (unsigned char)*s->p;
}

int jscan_peek(struct json_scan *s, struct err *e)
{
	for (;;) {
		int c = peek(s, e);

		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			return c;
		s->line += c == '\n';
		s->p++;
	}
}

static bool unexpected(struct json_scan *s, int c, const char *wanted, struct err *e)
{
	if (c < 0)
		return false; /* the reader has filled e */
	if (c == 0)
		return jscan_bad(s, e, "%s expected, but the text ends", wanted);
	return jscan_bad(s, e, "%s expected", wanted);
}

bool jscan_expect(struct json_scan *s, char c, struct err *e)
{
	const char wanted[] = {'\'', c, '\'', '\0'};
	int got = jscan_peek(s, e);

	if (got != (unsigned char)c)
		return unexpected(s, got, wanted, e);
	s->p++;
	return true;
}

bool jscan_end(struct json_scan *s, struct err *e)
{
	int c = jscan_peek(s, e);

	if (c == 0 && s->p == s->end)
		return true;
	return c < 0 ? false : jscan_bad(s, e, "text behind the end");
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex4(struct json_scan *s, uint32_t *out, struct err *e)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		int c = peek(s, e), digit = c < 0 ? -1 : hex_digit(c);

		if (digit < 0)
			return unexpected(s, c, "a hexadecimal digit", e);
		*out = *out << 4 | (uint32_t)digit;
		s->p++;
	}
	return true;
}

/* Behind "\u": a character, or the first half of one that takes two escapes. */
static bool unicode_escape(struct json_scan *s, struct buf *out, struct err *e)
{
	uint32_t cp, low;
	char utf8[4];

	if (!hex4(s, &cp, e))
		return false;
	if (cp >= 0xD800 && cp < 0xDC00) {
		for (const char *z = "\\u"; *z; z++, s->p++) {
			int c = peek(s, e);

			if (c != *z)
				return unexpected(s, c, "the second half of a surrogate pair", e);
		}
		if (!hex4(s, &low, e))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return jscan_bad(s, e, "half a surrogate pair");
		cp = 0x10000 + ((cp - 0xD800) << 10 | (low - 0xDC00));
	} else if (cp >= 0xDC00 && cp < 0xE000) {
		return jscan_bad(s, e, "half a surrogate pair");
	}
	buf_add(out, utf8, utf8_encode(cp, utf8));
	return true;
}

static bool escape(struct json_scan *s, struct buf *out, struct err *e)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(s, e);
	const char *at = c > 0 ? strchr(from, c) : NULL;

	if (c == 'u') {
		s->p++;
		return unicode_escape(s, out, e);
	}
	if (!at)
		return unexpected(s, c, "an escape", e);
	s->p++;
	buf_putc(out, to[at - from]);
	return true;
}

/* Copies what needs no look. */
static void plain_run(struct json_scan *s, struct buf *out)
{
	const char *start = s->p;

	while (s->p < s->end && (unsigned char)*s->p >= 0x20 && *s->p != '"' && *s->p != '\\')
		s->p++;
	buf_add(out, start, (size_t)(s->p - start));
}

bool jscan_string(struct json_scan *s, struct buf *out, struct err *e)
{
	buf_clear(out);
	if (!jscan_expect(s, '"', e))
		return false;
	for (;;) {
		int c;

		plain_run(s, out);
		if (out->n > MAX_STRING)
			return jscan_bad(s, e, "a string of more than %u bytes", MAX_STRING);
		c = peek(s, e);
		if (c <= 0)
			return unexpected(s, c, "the end of a string", e);
		if (c == '"')
			break;
		if (c == '\\') {
			s->p++;
			if (!escape(s, out, e))
				return false;
		} else if (c < 0x20) {
			return jscan_bad(s, e, "a control character in a string");
		}
	}
	s->p++;
	if (!utf8_valid(buf_view(out)))
		return jscan_bad(s, e, "a string that is not UTF-8");
	return true;
}

/* A number's bytes: [-0-9.eE+], at most 32 of them. */
static bool number(struct json_scan *s, char text[33], size_t *n, struct err *e)
{
	int c = jscan_peek(s, e);

	for (*n = 0; c > 0 && strchr("-+.eE0123456789", c); c = peek(s, e)) {
		if (*n == 32)
			return jscan_bad(s, e, "a number of more than 32 digits");
		text[(*n)++] = (char)c;
		s->p++;
	}
	text[*n] = '\0';
	return *n > 0 || unexpected(s, c, "a number", e);
}

bool jscan_i64(struct json_scan *s, int64_t *out, struct err *e)
{
	char text[33];
	size_t n;

	if (!number(s, text, &n, e))
		return false;
	return num_i64(str_n(text, n), out) || jscan_bad(s, e, "%s is no whole number", text);
}

static bool skip_word(struct json_scan *s, const char *word, struct err *e)
{
	for (const char *z = word; *z; z++, s->p++) {
		int c = peek(s, e);

		if (c != *z)
			return unexpected(s, c, "a value", e);
	}
	return true;
}

static bool skip_number(struct json_scan *s, struct err *e)
{
	char text[33], *end;
	size_t n;

	if (!number(s, text, &n, e))
		return false;
	(void)strtod(text, &end);
	return *end == '\0' || jscan_bad(s, e, "%s is no number", text);
}

static bool skip_scalar(struct json_scan *s, int c, struct buf *text, struct err *e)
{
	switch (c) {
	case '"':
		return jscan_string(s, text, e);
	case 't':
		return skip_word(s, "true", e);
	case 'f':
		return skip_word(s, "false", e);
	case 'n':
		return skip_word(s, "null", e);
	default:
		return skip_number(s, e);
	}
}

/* One value, or the opening bracket of one: then *depth grows. */
static bool skip_start(struct json_scan *s, char stack[MAX_DEPTH], int *depth, bool *first,
	struct buf *text, struct err *e)
{
	int c = jscan_peek(s, e);

	*first = c == '{' || c == '[';
	if (!*first)
		return c < 0 ? false : skip_scalar(s, c, text, e);
	if (*depth == MAX_DEPTH)
		return jscan_bad(s, e, "nested too deeply");
	stack[(*depth)++] = (char)c;
	s->p++;
	return true;
}

bool jscan_skip(struct json_scan *s, struct err *e)
{
	own_buf struct buf text = {0};
	char stack[MAX_DEPTH];
	int depth = 0;
	bool first;

	if (!skip_start(s, stack, &depth, &first, &text, e))
		return false;
	while (depth) {
		int got = stack[depth - 1] == '{' ? jscan_member(s, &first, &text, e)
						  : jscan_item(s, &first, e);

		if (got < 0)
			return false;
		if (got == 0)
			depth--;
		else if (!skip_start(s, stack, &depth, &first, &text, e))
			return false;
	}
	return true;
}

/* At the end of an object or array? Takes the bracket; else the comma between two. */
static int separated(struct json_scan *s, bool *first, int close, struct err *e)
{
	int c = jscan_peek(s, e);

	if (c == close) {
		s->p++;
		*first = false; /* whatever encloses this one has a member now */
		return 0;
	}
	if (!*first && !jscan_expect(s, ',', e))
		return -1;
	*first = false;
	return c < 0 ? -1 : 1;
}

int jscan_member(struct json_scan *s, bool *first, struct buf *key, struct err *e)
{
	int got = separated(s, first, '}', e);

	if (got > 0 && (!jscan_string(s, key, e) || !jscan_expect(s, ':', e)))
		return -1;
	return got;
}

int jscan_item(struct json_scan *s, bool *first, struct err *e)
{
	return separated(s, first, ']', e);
}
