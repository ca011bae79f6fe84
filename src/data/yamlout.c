#include "data/yamlout.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Nulls, booleans and the odd words of YAML 1.1, in any case. */
static bool is_typed_word(struct str s)
{
	static const char *const words[] = {"~", "null", "true", "false", "yes", "no", "on", "off",
		"y", "n", ".nan", ".inf", "+.inf", "-.inf", "=", "<<"};
	char low[8];

	if (s.n >= sizeof(low))
		return false;
	for (size_t i = 0; i < s.n; i++)
		low[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	for (size_t i = 0; i < countof(words); i++)
		if (str_eq(str_n(low, s.n), str_z(words[i])))
			return true;
	return false;
}

static bool all_of(struct str s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr(set, s.p[i]))
			return false;
	return s.n > 0;
}

/* Whatever some reader might take for an integer, a float, a base 60 number
 * (8080:80) or a day. Wider than the types' patterns: quotes do no harm. */
static bool is_number_like(struct str s)
{
	size_t dots = 0;

	if (s.n && (*s.p == '-' || *s.p == '+'))
		s = str_from(s, 1);
	if (!s.n || !(is_digit(*s.p) || *s.p == '.'))
		return false;
	if (s.n > 2 && *s.p == '0' && strchr("xXoObB", s.p[1]))
		return all_of(str_from(s, 2), "0123456789abcdefABCDEF_");
	if (all_of(s, "0123456789-") && s.n >= 8 && s.n <= 10 && s.p[4] == '-')
		return true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		dots += c == '.';
		if ((c == '+' || c == '-') && (i == 0 || !strchr("eE", s.p[i - 1])))
			return false;
		if (!is_digit(c) && !strchr("_.:eE+-", c))
			return false;
	}
	return dots < 2; /* 1.2.3 is a version, 127.0.0.1 an address */
}

static bool is_time(struct str s)
{
	int64_t sec;
	uint32_t ns;

	return s.n > 10 && s.p[10] == 'T' && time_parse(s, &sec, &ns);
}

/* Characters that stand for themselves outside double quotes. */
static bool is_printable(uint32_t cp)
{
	if (cp == UTF8_BAD || cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
		return false;
	return cp != 0x2028 && cp != 0x2029 && cp != 0xFEFF && (cp & 0xFFFE) != 0xFFFE;
}

static bool all_printable(struct str s, const char *also)
{
	uint32_t cp;

	for (size_t i = 0; i < s.n;) {
		i += utf8_decode(str_from(s, i), &cp);
		if (!is_printable(cp) && !(cp && cp < 0x80 && strchr(also, (int)cp)))
			return false;
	}
	return true;
}

/* YAML 1.2 §7.3.3; the same choices as yaml.v3's emitter, but for a leading ? or :. */
static bool has_indicators(struct str s, bool in_flow)
{
	if (strchr("#,[]{}&*!|>'\"%@`?:", *s.p) || *s.p == ' ' || s.p[s.n - 1] == ' ')
		return true;
	if (*s.p == '-' && (s.n == 1 || s.p[1] == ' ' || in_flow))
		return true;
	if (str_starts(s, STR("---")) || str_starts(s, STR("...")))
		return true;
	for (size_t i = 1; i < s.n; i++) {
		char next = i + 1 < s.n ? s.p[i + 1] : ' ';

		if (s.p[i] == ':' && (next == ' ' || in_flow))
			return true;
		if (s.p[i] == '#' && s.p[i - 1] == ' ')
			return true;
		if (in_flow && strchr(",?[]{}", s.p[i]))
			return true;
	}
	return false;
}

static void put_single(struct buf *out, struct str s)
{
	buf_putc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_putc(out, '\'');
		buf_putc(out, s.p[i]);
	}
	buf_putc(out, '\'');
}

static void put_escaped(struct buf *out, uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *text;
	} named[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}};

	for (size_t i = 0; i < countof(named); i++) {
		if (named[i].cp == cp) {
			buf_puts(out, named[i].text);
			return;
		}
	}
	if (cp == UTF8_BAD)
		cp = 0xFFFD;
	buf_printf(out, cp > 0xFFFF ? "\\U%08X" : "\\u%04X", cp);
}

void yaml_put_double(struct buf *out, struct str s)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t len = utf8_decode(str_from(s, i), &cp);

		if (is_printable(cp) && cp != '"' && cp != '\\')
			buf_add(out, s.p + i, len);
		else
			put_escaped(out, cp);
		i += len;
	}
	buf_putc(out, '"');
}

void yaml_put_inline(struct buf *out, struct str s, bool in_flow)
{
	if (!s.n || !all_printable(s, "") || is_typed_word(s) || is_number_like(s))
		yaml_put_double(out, s);
	else if (has_indicators(s, in_flow) && !(is_time(s) && !in_flow))
		put_single(out, s);
	else
		buf_str(out, s);
}

/* A literal block finds its indentation by its first line, and readers differ
 * on blank lines at its end. */
static bool can_be_literal(struct str s)
{
	struct str rest = s, line, last = {0};

	if (str_find(s, '\n') == s.n || strchr(" \t\n", *s.p) || !all_printable(s, "\n\t"))
		return false;
	while (str_split(&rest, '\n', &line))
		if (line.n)
			last = line;
	return str_trim(last).n > 0;
}

void yaml_put_indent(struct buf *out, int indent)
{
	for (int i = 0; i < indent; i++)
		buf_putc(out, ' ');
}

static void put_literal(struct buf *out, struct str s, int indent)
{
	struct str line;

	if (s.p[s.n - 1] != '\n') {
		buf_puts(out, "|-");
	} else {
		buf_puts(out, str_ends(s, STR("\n\n")) ? "|+" : "|");
		s.n--; /* the line break that the caller writes */
	}
	while (str_split(&s, '\n', &line)) {
		buf_putc(out, '\n');
		if (line.n)
			yaml_put_indent(out, indent);
		buf_str(out, line);
	}
}

void yaml_put_scalar(struct buf *out, struct str s, int indent)
{
	if (s.n && can_be_literal(s))
		put_literal(out, s, indent);
	else
		yaml_put_inline(out, s, false);
}

static void put_key(struct buf *out, int indent, const char *key)
{
	yaml_put_indent(out, indent);
	yaml_put_inline(out, str_z(key), false);
	buf_putc(out, ':');
}

void yaml_put_pair(struct buf *out, int indent, const char *key, struct str value)
{
	put_key(out, indent, key);
	buf_putc(out, ' ');
	yaml_put_scalar(out, value, indent + 4);
	buf_putc(out, '\n');
}

void yaml_put_items(struct buf *out, int indent, const struct strv *items)
{
	for (size_t i = 0; i < items->n; i++) {
		yaml_put_indent(out, indent);
		buf_puts(out, "- ");
		yaml_put_scalar(out, str_z(items->v[i]), indent + 2);
		buf_putc(out, '\n');
	}
}

void yaml_put_list(struct buf *out, int indent, const char *key, const struct strv *items)
{
	put_key(out, indent, key);
	buf_puts(out, items->n ? "\n" : " []\n");
	yaml_put_items(out, indent + 4, items);
}
