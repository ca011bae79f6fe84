#include "data/yamlspan.h"

#include "base/mem.h"

size_t span_break(struct str text, size_t at)
{
	static const struct {
		const char *p;
		size_t n;
	} breaks[] = {{"\n", 1}, {"\r\n", 2}, {"\r", 1}, {"\xC2\x85", 2}, {"\xE2\x80\xA8", 3},
		{"\xE2\x80\xA9", 3}};

	for (size_t i = 0; at < text.n && i < countof(breaks); i++)
		if (str_starts(str_from(text, at), str_n(breaks[i].p, breaks[i].n)))
			return breaks[i].n;
	return 0;
}

size_t span_line_end(struct str text, size_t at)
{
	while (at < text.n && !span_break(text, at))
		at++;
	return at;
}

size_t span_line_next(struct str text, size_t at)
{
	at = span_line_end(text, at);
	return at + span_break(text, at);
}

size_t span_line_start(struct str text, size_t at)
{
	size_t bom = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;

	for (; at > bom; at--) {
		if (span_break(text, at - 1) == 1)
			return at;
		if (at >= 2 && span_break(text, at - 2) == 2)
			return at;
		if (at >= 3 && span_break(text, at - 3) == 3)
			return at;
	}
	return bom;
}

bool span_blank(struct str text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text.p[i] != ' ' && text.p[i] != '\t')
			return false;
	return true;
}

bool span_has_break(struct str text, size_t from, size_t to)
{
	return span_line_end(text, from) < to;
}

size_t span_colon(struct str text, size_t key_end, size_t limit)
{
	size_t at = key_end;

	while (at < limit && at < text.n) {
		if (text.p[at] == ':')
			return at + 1;
		if (text.p[at] == '#')
			at = span_line_end(text, at);
		else if (text.p[at] == ' ' || text.p[at] == '\t')
			at++;
		else if (span_break(text, at))
			at += span_break(text, at);
		else
			return 0;
	}
	return 0;
}

size_t span_comment(struct str text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (text.p[i] != '#' || (i > from && !span_blank(text, i - 1, i)))
			continue;
		while (i > from && span_blank(text, i - 1, i))
			i--;
		return i;
	}
	return to;
}

const char *span_eol(struct str text)
{
	size_t at = span_line_end(text, 0);

	if (str_starts(str_from(text, at), STR("\r\n")))
		return "\r\n";
	return at < text.n && text.p[at] == '\r' ? "\r" : "\n";
}

void span_put(struct buf *out, struct str s, const char *eol)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			buf_puts(out, eol);
		else
			buf_putc(out, s.p[i]);
	}
}
