#include "term/engine.h"
#include "term/input.h"

#include "base/utf8.h"

static void put_char(struct buf *out, struct str c, uint32_t cp, bool bracketed)
{
	bool control = cp == UTF8_BAD || utf8_control(cp);

	if (cp == '\n' && !bracketed)
		buf_putc(out, '\r');
	else if (!control || cp == '\n' || cp == '\t')
		buf_str(out, c);
}

void term_paste(const struct term *t, struct str text, struct buf *out)
{
	bool bracketed = mode_on(t, MODE_PASTE);

	if (bracketed)
		buf_puts(out, "\033[200~");
	while (text.n) {
		uint32_t cp;
		size_t n = utf8_decode(text, &cp);

		if (cp == '\r') { /* CR LF and CR are a newline */
			n += n < text.n && text.p[n] == '\n';
			put_char(out, STR("\n"), '\n', bracketed);
		} else {
			put_char(out, str_n(text.p, n), cp, bracketed);
		}
		text = str_from(text, n);
	}
	if (bracketed)
		buf_puts(out, "\033[201~");
}
