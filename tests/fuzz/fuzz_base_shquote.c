/* What is quoted reads back as one word: by a lexer of this file's own, which
 * knows no more than XCU 2.2. */
#include "base/shquote.h"
#include "fuzz.h"

/* Reads one word; false on an unquoted blank, operator or expansion. */
static bool unquote(struct str s, struct buf *out)
{
	char quote = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c && quote != '\'' && c == '\\') {
			if (++i == s.n)
				return false;
			if (quote && !strchr("$`\"\\\n", s.p[i]))
				buf_putc(out, '\\');
			buf_putc(out, s.p[i]);
		} else if (c && (quote ? c == quote : c == '\'' || c == '"')) {
			quote = quote ? 0 : c;
		} else if (quote == '"' && c && strchr("$`", c)) {
			return false;
		} else if (!quote && c && strchr(" \t\n;&|()<>$`*?[]{}~#!=", c)) {
			return false;
		} else {
			buf_putc(out, c);
		}
	}
	return !quote;
}

static void check(const struct buf *quoted, struct str word)
{
	own_buf struct buf back = {0};

	HOLDS(quoted->n > 0);
	HOLDS(unquote(buf_view(quoted), &back));
	HOLDS(str_eq(buf_view(&back), word));
}

FUZZ(input)
{
	own_buf struct buf b = {0};

	sh_quote(&b, input);
	check(&b, input);
	buf_clear(&b);
	buf_putc(&b, '"');
	sh_quote_in_double(&b, input);
	buf_putc(&b, '"');
	check(&b, input);
	buf_clear(&b);
	buf_putc(&b, '\'');
	sh_quote_in_single(&b, input);
	buf_putc(&b, '\'');
	check(&b, input);
}
