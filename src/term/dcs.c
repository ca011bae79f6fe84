#include "term/engine.h"

/* ---- DECRQSS: what is set, as the sequence that would set it ---- */

static void request_setting(struct term *t, struct str what)
{
	char text[128] = "";
	int n = -1;

	if (str_eqz(what, "r"))
		n = snprintf(text, sizeof(text), "%u;%ur", t->top + 1u, t->bottom + 1u);
	else if (str_eqz(what, "s"))
		n = snprintf(text, sizeof(text), "%u;%us", t->left + 1u, t->right + 1u);
	else if (str_eqz(what, " q"))
		n = snprintf(text, sizeof(text), "%u q",
			2 * (unsigned)t->cursor_style + (mode_on(t, MODE_BLINK) ? 1 : 2));
	else if (str_eqz(what, "\"q"))
		n = snprintf(text, sizeof(text), "%d\"q",
			t->cur.pen.attrs & ATTR_PROTECTED && !mode_on(t, MODE_GUARDED));
	else if (str_eqz(what, "\"p"))
		n = snprintf(text, sizeof(text), "62;1\"p");
	else if (str_eqz(what, "t"))
		n = snprintf(text, sizeof(text), "%ut", t->rows);
	else if (str_eqz(what, "$|"))
		n = snprintf(text, sizeof(text), "%u$|", t->cols);
	else if (str_eqz(what, "*|"))
		n = snprintf(text, sizeof(text), "%u*|", t->rows);
	else if (str_eqz(what, "m"))
		n = (int)sgr_text(text, sizeof(text) - 1, &t->cur.pen);
	if (n < 0)
		reply(t, "\033P0$r\033\\");
	else
		reply(t, "\033P1$r%s%s\033\\", text, str_eqz(what, "m") ? "m" : "");
}

/* ---- XTGETTCAP ---- */

/* What a program may ask for, with the answer in the form of terminfo. */
static const struct capability {
	const char *name, *value;
} capabilities[] = {
	{"TN", "xterm-256color"},
	{"name", "xterm-256color"},
	{"Co", "256"},
	{"colors", "256"},
	{"RGB", "8"},
	{"Tc", ""},
	{"Su", ""},
	{"Smulx", "\\E[4:%p1%dm"},
	{"Setulc", "\\E[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%d%;m"},
	{"Ss", "\\E[%p1%d q"},
	{"Se", "\\E[2 q"},
	{"Ms", "\\E]52;%p1%s;%p2%s\\007"},
	{"setrgbf", "\\E[38:2:%p1%d:%p2%d:%p3%dm"},
	{"setrgbb", "\\E[48:2:%p1%d:%p2%d:%p3%dm"},
	{"Sync", "\\E[?2026%?%p1%{1}%-%tl%eh%;"},
};

static size_t to_hex(char *to, const char *z)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n = 0;

	for (; *z; z++) {
		to[n++] = digits[(unsigned char)*z >> 4];
		to[n++] = digits[*z & 15];
	}
	to[n] = 0;
	return n;
}

static char lower(char c)
{
	return c >= 'a' && c <= 'f' ? (char)(c - 32) : c;
}

static bool same_hex(struct str asked, const char *hex, size_t n)
{
	if (asked.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(asked.p[i]) != hex[i])
			return false;
	return true;
}

/* The answer holds our own spelling of the name, never the program's bytes. */
static void capability(struct term *t, struct str asked)
{
	char name[32], value[200];

	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++) {
		const struct capability *c = &capabilities[i];
		size_t n = to_hex(name, c->name);

		if (!same_hex(asked, name, n))
			continue;
		n = to_hex(value, c->value);
		reply(t, "\033P1+r%s%s%s\033\\", name, n ? "=" : "", value);
		return;
	}
	reply(t, "\033P0+r\033\\");
}

static void capability_list(struct term *t, struct str s)
{
	struct str one;

	for (int i = 0; i < 64 && str_split(&s, ';', &one); i++)
		capability(t, one);
}

void dcs_dispatch(struct term *t, struct str s)
{
	if (str_starts(s, STR("$q")))
		request_setting(t, str_from(s, 2));
	else if (str_starts(s, STR("+q")))
		capability_list(t, str_from(s, 2));
	else if (str_starts(s, STR("tmux;")))
		clipboard_tmux(t, str_from(s, 5));
}

/* ---- kitty graphics: a query gets an honest no, the rest is skipped ---- */

static void picture_number(struct str s, uint32_t *n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n && i < 10 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v * 10 + (unsigned)(s.p[i] - '0');
	*n = v <= UINT32_MAX ? (uint32_t)v : 0;
}

/* One without i= and I= is answered by nobody, nor is a failure with q=2
 * (sw.kovidgoyal.net/kitty/graphics-protocol). */
void apc_dispatch(struct term *t, struct str s)
{
	struct str keys, one;
	bool query = false, quiet = false;
	uint32_t id = 0, number = 0;

	if (!str_starts(s, STR("G")))
		return;
	s = str_from(s, 1);
	str_split(&s, ';', &keys);
	while (str_split(&keys, ',', &one)) {
		query |= str_eqz(one, "a=q");
		quiet |= str_eqz(one, "q=2");
		if (str_starts(one, STR("i=")))
			picture_number(str_from(one, 2), &id);
		else if (str_starts(one, STR("I=")))
			picture_number(str_from(one, 2), &number);
	}
	if (!query || quiet)
		return;
	if (id)
		reply(t, "\033_Gi=%u;ENOTSUP:no graphics here\033\\", id);
	else if (number)
		reply(t, "\033_GI=%u;ENOTSUP:no graphics here\033\\", number);
}
