#include "tree/glob.h"

#include "base/mem.h"

enum op { OP_LITERAL, OP_ANY, OP_SET, OP_STAR, OP_SPAN, OP_SPAN_DIR };

struct token {
	enum op op;
	unsigned char c; /* OP_LITERAL */
	unsigned set;	 /* OP_SET: index into sets */
};

struct set {
	uint64_t bits[4];
};

struct glob {
	struct token *t;
	size_t n;
	struct set *sets;
	unsigned n_sets;
	bool never; /* malformed */
};

/* ASCII only and the same in every locale; white space is what git calls so
 * (its ctype.c), which leaves out \v and \f. */
static bool is_upper(int c)
{
	return c >= 'A' && c <= 'Z';
}
static bool is_lower(int c)
{
	return c >= 'a' && c <= 'z';
}
static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}
static bool is_alpha(int c)
{
	return is_upper(c) || is_lower(c);
}
static bool is_alnum(int c)
{
	return is_alpha(c) || is_digit(c);
}
static bool is_blank(int c)
{
	return c == ' ' || c == '\t';
}
static bool is_space(int c)
{
	return is_blank(c) || c == '\n' || c == '\r';
}
static bool is_cntrl(int c)
{
	return c < 0x20 || c == 0x7F;
}
static bool is_print(int c)
{
	return c >= 0x20 && c < 0x7F;
}
static bool is_graph(int c)
{
	return is_print(c) && c != ' ';
}
static bool is_punct(int c)
{
	return is_graph(c) && !is_alnum(c);
}
static bool is_xdigit(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const struct {
	struct str name;
	bool (*has)(int c);
} classes[] = {
	{{"alnum", 5}, is_alnum},
	{{"alpha", 5}, is_alpha},
	{{"blank", 5}, is_blank},
	{{"cntrl", 5}, is_cntrl},
	{{"digit", 5}, is_digit},
	{{"graph", 5}, is_graph},
	{{"lower", 5}, is_lower},
	{{"print", 5}, is_print},
	{{"punct", 5}, is_punct},
	{{"space", 5}, is_space},
	{{"upper", 5}, is_upper},
	{{"xdigit", 6}, is_xdigit},
};

static void set_add(struct set *s, unsigned char c)
{
	s->bits[c / 64] |= UINT64_C(1) << (c % 64);
}

static bool set_has(const struct set *s, unsigned char c)
{
	return s->bits[c / 64] >> (c % 64) & 1;
}

static bool set_add_class(struct set *s, struct str name)
{
	for (size_t k = 0; k < countof(classes); k++) {
		if (!str_eq(classes[k].name, name))
			continue;
		for (int c = 0; c < 128; c++)
			if (classes[k].has(c))
				set_add(s, (unsigned char)c);
		return true;
	}
	return false;
}

/* The next byte of the pattern; NUL (which no name holds) at its end. */
static unsigned char at(struct str p, size_t i)
{
	return i < p.n ? (unsigned char)p.p[i] : 0;
}

/* "[:name:]" with *i on its "[". When the ":]" is missing it is a plain '['. False:
 * malformed. Moves *i to the last byte used; *was_class tells which it was. */
static bool parse_class(struct str p, size_t *i, struct set *s, bool *was_class)
{
	size_t start = *i + 2;
	size_t end = start + str_find(str_from(p, start), ']');

	if (end >= p.n)
		return false;
	*was_class = end > start && p.p[end - 1] == ':';
	if (!*was_class) {
		set_add(s, '[');
		return true;
	}
	*i = end;
	return set_add_class(s, str_n(p.p + start, end - 1 - start));
}

/* One member of a set at *i: a byte, an escaped one, a class, or the end of a range
 * that began with `prev`. Leaves *i on its last byte; prev is 0 where no range can
 * begin. False: malformed. */
static bool parse_member(struct str p, size_t *i, unsigned char *prev, struct set *s)
{
	unsigned char c = at(p, *i);

	if (c == '-' && *prev && at(p, *i + 1) && at(p, *i + 1) != ']') {
		c = at(p, ++*i);
		if (c == '\\')
			c = at(p, ++*i);
		for (unsigned k = *prev; k <= c; k++)
			set_add(s, (unsigned char)k);
		*prev = 0;
		return c != 0;
	}
	if (c == '[' && at(p, *i + 1) == ':') {
		bool was_class = false;

		if (!parse_class(p, i, s, &was_class))
			return false;
		*prev = was_class ? 0 : '[';
		return true;
	}
	if (c == '\\')
		c = at(p, ++*i);
	set_add(s, c);
	*prev = c;
	return c != 0;
}

/* A set with *i behind its "["; leaves *i behind its "]". */
static bool parse_set(struct str p, size_t *i, struct set *s)
{
	bool negated = at(p, *i) == '!' || at(p, *i) == '^';
	unsigned char prev = 0;

	if (negated)
		++*i;
	do { /* a "]" that comes first is a member */
		if (*i >= p.n || !parse_member(p, i, &prev, s))
			return false;
		++*i;
	} while (at(p, *i) != ']');
	++*i;
	for (size_t k = 0; negated && k < countof(s->bits); k++)
		s->bits[k] = ~s->bits[k];
	s->bits['/' / 64] &= ~(UINT64_C(1) << ('/' % 64));
	return true;
}

static void add_token(struct glob *g, enum op op, unsigned char c)
{
	g->t[g->n++] = (struct token){.op = op, .c = c};
}

/* A run of stars at *i. Two or more that fill a path component span slashes. */
static void parse_stars(struct glob *g, struct str p, size_t *i)
{
	size_t start = *i;
	bool spans;

	while (at(p, *i) == '*')
		++*i;
	spans = *i - start >= 2 && (start == 0 || p.p[start - 1] == '/');
	if (spans && at(p, *i) == '/') {
		++*i;
		add_token(g, OP_SPAN_DIR, 0);
	} else if (spans && (*i == p.n || (at(p, *i) == '\\' && at(p, *i + 1) == '/'))) {
		add_token(g, OP_SPAN, 0);
	} else {
		add_token(g, OP_STAR, 0);
	}
}

static bool parse_one(struct glob *g, struct str p, size_t *i)
{
	unsigned char c = at(p, *i);

	if (c == '*') {
		parse_stars(g, p, i);
		return true;
	}
	++*i;
	if (c == '?') {
		add_token(g, OP_ANY, 0);
	} else if (c == '[') {
		g->sets = mem_array(g->sets, g->n_sets + 1, sizeof(*g->sets));
		g->sets[g->n_sets] = (struct set){{0}};
		add_token(g, OP_SET, 0);
		g->t[g->n - 1].set = g->n_sets;
		return parse_set(p, i, &g->sets[g->n_sets++]);
	} else if (c == '\\') {
		c = at(p, (*i)++);
		add_token(g, OP_LITERAL, c);
		return c != 0;
	} else {
		add_token(g, OP_LITERAL, c);
	}
	return true;
}

struct glob *glob_new(struct str pattern)
{
	struct glob *g = mem_alloc(sizeof(*g));

	pattern.n = str_find(pattern, '\0');
	g->t = mem_array(NULL, pattern.n + 1, sizeof(*g->t)); /* no token takes less than a byte */
	for (size_t i = 0; i < pattern.n && !g->never;)
		g->never = !parse_one(g, pattern, &i);
	return g;
}

void glob_free(struct glob *g)
{
	if (!g)
		return;
	free(g->t);
	free(g->sets);
	free(g);
}

size_t glob_literal_len(struct str pattern)
{
	size_t n = 0;

	while (n < pattern.n && pattern.p[n] && !strchr("*?[\\", pattern.p[n]))
		n++;
	return n;
}

static bool match_byte(const struct glob *g, const struct token *t, unsigned char c)
{
	switch (t->op) {
	case OP_LITERAL:
		return t->c == c;
	case OP_ANY:
		return c != '/';
	case OP_SET:
		return set_has(&g->sets[t->set], c);
	default:
		return false;
	}
}

/* Where matching goes on after a mismatch: only the last star and the last span
 * matter. Within a component an earlier star can do nothing that the last one
 * cannot, and a span can take whatever was before the next one. */
struct retry {
	size_t token; /* 0: none, as the token behind a star is never the first */
	size_t pos;
	bool dir;
};

static bool retry_star(struct retry *star, struct str s)
{
	if (!star->token || star->pos >= s.n || s.p[star->pos] == '/')
		return false;
	star->pos++;
	return true;
}

static bool retry_span(struct retry *span, struct str s)
{
	if (!span->token)
		return false;
	if (span->dir)
		span->pos += str_find(str_from(s, span->pos), '/');
	return span->pos++ < s.n;
}

bool glob_match(const struct glob *g, struct str s)
{
	struct retry star = {0}, span = {0};
	size_t i = 0, pos = 0;

	if (g->never)
		return false;
	for (;;) {
		enum op op = i < g->n ? g->t[i].op : OP_LITERAL;

		if (i == g->n && pos == s.n)
			return true;
		if (op == OP_STAR) {
			star = (struct retry){++i, pos, false};
		} else if (op == OP_SPAN || op == OP_SPAN_DIR) {
			span = (struct retry){++i, pos, op == OP_SPAN_DIR};
			star.token = 0;
		} else if (i < g->n && pos < s.n &&
			   match_byte(g, &g->t[i], (unsigned char)s.p[pos])) {
			i++;
			pos++;
		} else if (retry_star(&star, s)) {
			i = star.token;
			pos = star.pos;
		} else if (retry_span(&span, s)) {
			i = span.token;
			pos = span.pos;
			star.token = 0;
		} else {
			return false;
		}
	}
}
