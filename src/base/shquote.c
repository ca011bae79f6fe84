#include "base/shquote.h"

#include "base/mem.h"

static bool is_safe(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_@%+:,./-", c));
}

/* Words that mean something else where a command begins (POSIX 2.4; the last
 * five are bash's and zsh's). */
static bool is_reserved(struct str word)
{
	static const char *const reserved[] = {"case", "do", "done", "elif", "else", "esac", "fi",
		"for", "if", "in", "then", "until", "while", "coproc", "function", "repeat",
		"select", "time"};

	for (size_t i = 0; i < countof(reserved); i++)
		if (str_eqz(word, reserved[i]))
			return true;
	return false;
}

static bool is_plain_word(struct str word)
{
	if (!word.n || is_reserved(word))
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (!is_safe(word.p[i]))
			return false;
	return true;
}

void sh_quote_in_single(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, value.p[i]);
	}
}

void sh_quote_in_double(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] && strchr("$`\"\\", value.p[i]))
			buf_putc(out, '\\');
		buf_putc(out, value.p[i]);
	}
}

void sh_quote(struct buf *out, struct str word)
{
	if (is_plain_word(word)) {
		buf_str(out, word);
		return;
	}
	buf_putc(out, '\'');
	sh_quote_in_single(out, word);
	buf_putc(out, '\'');
}

void sh_quote_z(struct buf *out, const char *word)
{
	sh_quote(out, str_z(word));
}

void sh_quote_words(struct buf *out, const struct strv *words)
{
	for (size_t i = 0; i < words->n; i++) {
		if (i)
			buf_putc(out, ' ');
		sh_quote_z(out, words->v[i]);
	}
}

bool sh_is_name(struct str s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] ||
			(!strchr(letters, s.p[i]) && (i == 0 || s.p[i] < '0' || s.p[i] > '9')))
			return false;
	return s.n > 0;
}
