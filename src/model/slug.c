#include "model/slug.h"

static bool lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static const char *broken_rule(struct str s)
{
	if (!s.n)
		return "it is empty";
	if (s.n > SLUG_MAX)
		return "it is longer than 63 characters";
	if (!lower_or_digit(s.p[0]))
		return "it must begin with a lower-case letter or a digit";
	for (size_t i = 0; i < s.n; i++)
		if (!lower_or_digit(s.p[i]) && s.p[i] != '-')
			return "only lower-case letters, digits and '-' may stand in it";
	return NULL;
}

bool slug_check(struct str s, struct err *e)
{
	own_buf struct buf slug = {0}, better = {0};
	const char *rule = broken_rule(s);

	if (!rule)
		return true;
	buf_str(&slug, s);
	slug_derive(&better, s);
	err_set(e, ERR_INVALID_ARGUMENT, "slug \"%s\" will not do: %s", buf_z(&slug), rule);
	err_field(e, "slug", buf_z(&slug));
	return err_fix(e, "use \"%s\"", buf_z(&better));
}

static void cut(struct buf *out, size_t max)
{
	if (out->n > max)
		buf_cut(out, max);
	while (out->n && out->p[out->n - 1] == '-')
		buf_cut(out, out->n - 1);
}

void slug_derive(struct buf *out, struct str text)
{
	buf_clear(out);
	for (size_t i = 0; i < text.n && out->n <= SLUG_MAX; i++) {
		char c = text.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (lower_or_digit(c))
			buf_putc(out, c);
		else if (out->n && out->p[out->n - 1] != '-')
			buf_putc(out, '-');
	}
	cut(out, SLUG_MAX);
	if (!out->n)
		buf_puts(out, "project");
}

void slug_numbered(struct buf *out, struct str base, unsigned n)
{
	own_buf struct buf tail = {0};

	buf_printf(&tail, "-%u", n);
	buf_clear(out);
	buf_str(out, base);
	cut(out, SLUG_MAX - tail.n);
	buf_str(out, buf_view(&tail));
}
