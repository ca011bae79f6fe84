#include "tree/ignore.h"

#include "base/mem.h"
#include "tree/glob.h"

struct rule {
	bool negated;
	bool dir_only;
	bool base_only; /* no slash: looks at the last component */
	struct str literal;
	struct glob *rest; /* NULL: the literal is the whole pattern */
};

struct ignore {
	struct rule *v;
	size_t n, cap;
	struct arena text;
};

struct ignore *ignore_new(void)
{
	return mem_alloc(sizeof(struct ignore));
}

void ignore_free(struct ignore *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n; i++)
		glob_free(g->v[i].rest);
	free(g->v);
	arena_fini(&g->text);
	free(g);
}

/* Trailing blanks go, unless a backslash stands before them. */
static struct str trim_end(struct str line)
{
	size_t keep = 0;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\\')
			i++;
		else if (line.p[i] == ' ')
			continue;
		keep = i + 1;
	}
	return str_n(line.p, keep < line.n ? keep : line.n);
}

static void add_rule(struct ignore *g, struct rule r, struct str pattern)
{
	size_t lit = glob_literal_len(pattern);

	r.literal = str_n(arena_strndup(&g->text, pattern.p, lit), lit);
	/* git compares the literal start first and gives only the rest to its matcher,
	 * so that "a**" + "/b" spans although the stars do not fill a component. */
	if (lit < pattern.n)
		r.rest = glob_new(str_from(pattern, lit));
	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 16;
		g->v = mem_array(g->v, g->cap, sizeof(*g->v));
	}
	g->v[g->n++] = r;
}

void ignore_add(struct ignore *g, struct str p)
{
	struct rule r = {0};

	p.n = str_find(p, '\0');
	if (!p.n || p.p[0] == '#')
		return;
	p = trim_end(p);
	if (str_starts(p, STR("!"))) {
		r.negated = true;
		p = str_from(p, 1);
	}
	if (str_ends(p, STR("/"))) {
		r.dir_only = true;
		p.n--;
	}
	r.base_only = str_find(p, '/') == p.n;
	if (str_starts(p, STR("/")))
		p = str_from(p, 1);
	if (p.n)
		add_rule(g, r, p);
}

void ignore_add_lines(struct ignore *g, struct str text)
{
	struct str line;

	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_from(text, 3);
	while (str_split(&text, '\n', &line)) {
		if (str_ends(line, STR("\r")))
			line.n--;
		ignore_add(g, line);
	}
}

static bool rule_matches(const struct rule *r, struct str name)
{
	if (!r->rest)
		return str_eq(r->literal, name);
	return str_starts(name, r->literal) && glob_match(r->rest, str_from(name, r->literal.n));
}

bool ignore_match(const struct ignore *g, struct str path, bool is_dir)
{
	struct str base = path;

	if (!g)
		return false;
	while (base.n && str_find(base, '/') < base.n)
		base = str_from(base, str_find(base, '/') + 1);
	for (size_t i = g->n; i-- > 0;) {
		const struct rule *r = &g->v[i];

		if (r->dir_only && !is_dir)
			continue;
		if (rule_matches(r, r->base_only ? base : path))
			return !r->negated;
	}
	return false;
}
