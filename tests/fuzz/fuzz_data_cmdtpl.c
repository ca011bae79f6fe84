/* A value never changes how the rest of the line is read: the template filled
 * with a tame value and with a hostile one stands in the same places. Input:
 * template NUL value. */
#include "base/mem.h"
#include "data/cmdtpl.h"
#include "data/shlex.h"
#include "fuzz.h"

static struct shlex at(struct str line, size_t stop)
{
	struct shlex x = {.text = line, .before = ' '};

	while (x.at < stop)
		shlex_step(&x);
	return x;
}

static bool fill(struct str tpl, struct str value, const struct strv *words, struct buf *out)
{
	struct cmdtpl_var vars[] = {
		{"v", CMDTPL_WORD, value, NULL},
		{"w", CMDTPL_WORDS, {0}, words},
	};

	return cmdtpl_line(tpl, vars, countof(vars), out, NULL);
}

/* What stands behind the last placeholder. */
static size_t tail_len(struct str tpl)
{
	for (size_t n = tpl.n; n >= 5; n--)
		if (str_starts(str_from(tpl, n - 5), STR("{{v}}")) ||
			str_starts(str_from(tpl, n - 5), STR("{{w}}")))
			return tpl.n - n;
	return tpl.n;
}

static void compare(struct str a, struct str b, size_t tail)
{
	for (size_t left = 0; left <= tail; left++) {
		struct shlex x = at(a, a.n - left), y = at(b, b.n - left);

		if (x.at != a.n - left) /* inside a construct taken in one step */
			continue;
		HOLDS(y.at == b.n - left);
		HOLDS(x.place == y.place);
		HOLDS(x.depth == y.depth && x.n_heredocs == y.n_heredocs);
	}
}

static void check_argv(struct str tpl, struct str value)
{
	struct cmdtpl_var v = {"v", CMDTPL_WORD, value, NULL},
			  tame = {"v", CMDTPL_WORD, STR("x"), NULL};
	own_strv struct strv a = {0}, b = {0};

	HOLDS(cmdtpl_argv(tpl, &v, 1, &a, NULL) == cmdtpl_argv(tpl, &tame, 1, &b, NULL));
	HOLDS(a.n == b.n);
}

FUZZ(input)
{
	struct str tpl = str_n(input.p, str_find(input, '\0'));
	struct str value = str_from(input, tpl.n + 1);
	own_strv struct strv one = {0}, other = {0};
	own_buf struct buf a = {0}, b = {0}, c = {0};
	bool ok;

	if (str_has_nul(value) || tpl.n > 400)
		return;
	strv_addn(&one, value);
	strv_addn(&one, value);
	strv_add(&other, "x");
	check_argv(tpl, value);
	ok = fill(tpl, value, &one, &a);
	HOLDS(fill(tpl, STR("x"), &other, &b) == ok);
	HOLDS(fill(tpl, STR("x"), NULL, &c) == ok);
	if (a.n && b.n)
		compare(buf_view(&a), buf_view(&b), tail_len(tpl));
	if (c.n && b.n)
		compare(buf_view(&c), buf_view(&b), tail_len(tpl));
}
