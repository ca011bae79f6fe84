#include "data/shlex.h"

/* What is open, outermost first. */
enum open {
	OPEN_SINGLE = 1,
	OPEN_DOUBLE,
	OPEN_BACKTICK,
	OPEN_COMMAND, /* $( */
	OPEN_PAREN,   /* ( inside $( or (( */
	OPEN_ARITH,   /* the first of (( */
	OPEN_PARAM,   /* ${ outside double quotes */
	OPEN_DPARAM,  /* ${ inside them */
};

static unsigned char top(const struct shlex *x)
{
	return x->depth ? x->stack[x->depth - 1] : 0;
}

static void push(struct shlex *x, enum open what)
{
	if (x->depth == SHLEX_DEPTH)
		x->lost = true;
	else
		x->stack[x->depth++] = (unsigned char)what;
}

static char peek(const struct shlex *x, size_t ahead)
{
	return x->at + ahead < x->text.n ? x->text.p[x->at + ahead] : '\0';
}

static bool starts_word(char before)
{
	return !before || strchr(" \t\n;&|()<>", before);
}

static void set_place(struct shlex *x)
{
	if (x->lost)
		x->place = SHLEX_LOST;
	else if (x->comment && !x->depth)
		x->place = SHLEX_COMMENT;
	else if (x->in_body || x->depth > 1 || (x->depth && top(x) > OPEN_DOUBLE))
		x->place = SHLEX_NESTED;
	else
		x->place = !x->depth		   ? SHLEX_BARE
			   : top(x) == OPEN_SINGLE ? SHLEX_SINGLE
						   : SHLEX_DOUBLE;
}

static void advance(struct shlex *x, size_t n, char before)
{
	x->at += n;
	if (x->at > x->text.n)
		x->at = x->text.n;
	x->before = before;
}

/* True where quotes, comments and operators mean what they mean in a command. */
static bool in_command(const struct shlex *x)
{
	unsigned char t = top(x);

	return !t || t == OPEN_COMMAND || t == OPEN_PAREN || t == OPEN_ARITH;
}

static void step_dollar(struct shlex *x)
{
	bool in_double = top(x) == OPEN_DOUBLE || top(x) == OPEN_DPARAM;
	char next = peek(x, 1);

	if (next == '(') {
		push(x, OPEN_COMMAND);
		advance(x, 2, ' ');
	} else if (next == '{') {
		push(x, in_double ? OPEN_DPARAM : OPEN_PARAM);
		advance(x, 2, '{');
	} else if ((next == '\'' && !in_double) || (next == '\\' && peek(x, 2) == '\n')) {
		x->lost = true; /* dash does not know $'…'; a $ whose line goes on may be $( */
		advance(x, 1, '$');
	} else if (next == '$') {
		advance(x, 2, 'a'); /* the process's number */
	} else {
		advance(x, 1, '$');
	}
}

/* Inside "…" (or its ${…}) a backslash is kept before ordinary characters, but
 * it always protects a quote from being one. A line that goes on may cut an
 * operator or a reserved word in two. */
static void step_backslash(struct shlex *x)
{
	if (x->at + 1 == x->text.n) {
		advance(x, 1, '\\');
	} else if (peek(x, 1) != '\n') {
		advance(x, 2, 'a');
	} else {
		if (in_command(x) && (x->before == '<' || x->before == '(' ||
					     (x->depth && !starts_word(x->before))))
			x->lost = true;
		advance(x, 2, x->before);
	}
}

static size_t delimiter_len(const struct shlex *x, size_t from)
{
	size_t n = from;
	char quote = 0;

	for (; n < x->text.n; n++) {
		char c = x->text.p[n];

		if (!quote && starts_word(c))
			break;
		if (strchr("\n\\$`{", c))
			return 0; /* no plain word: the end cannot be told for sure */
		if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? 0 : c;
	}
	return quote ? 0 : n - from;
}

static void step_heredoc(struct shlex *x)
{
	bool dash = peek(x, 2) == '-';
	size_t from = x->at + 2 + dash, n;

	if (peek(x, 2) == '<') { /* <<< takes a word */
		advance(x, 3, ' ');
		return;
	}
	while (from < x->text.n && (x->text.p[from] == ' ' || x->text.p[from] == '\t'))
		from++;
	n = delimiter_len(x, from);
	if (x->depth || !n || x->n_heredocs == SHLEX_HEREDOCS) {
		x->lost = true;
		advance(x, 2, ' ');
		return;
	}
	x->strip_tabs[x->n_heredocs] = dash;
	x->heredocs[x->n_heredocs++] = str_n(x->text.p + from, n);
	advance(x, from + n - x->at, 'a');
}

static bool is_delimiter(struct str line, struct str word, bool strip)
{
	size_t at = 0;

	while (strip && line.n && *line.p == '\t')
		line = str_from(line, 1);
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '\'' || word.p[i] == '"')
			continue;
		if (at == line.n || line.p[at++] != word.p[i])
			return false;
	}
	return at == line.n;
}

static size_t count(struct str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

/* In a body whose delimiter is not quoted, a line may go on behind a backslash,
 * and dash looks for the delimiter only behind an expansion's end. */
static bool line_ends(struct str line, struct str delimiter)
{
	if (str_find(delimiter, '\'') < delimiter.n || str_find(delimiter, '"') < delimiter.n)
		return true;
	if (line.n && line.p[line.n - 1] == '\\')
		return false;
	if (!count(line, '$') && !count(line, '`'))
		return true;
	return count(line, '(') == count(line, ')') && count(line, '{') == count(line, '}') &&
	       count(line, '`') % 2 == 0 && !count(line, '\'') && !count(line, '"') &&
	       !count(line, '\\') && !count(line, '#');
}

/* One line of a here-document's body. */
static void step_body(struct shlex *x)
{
	struct str rest = str_from(x->text, x->at), line;

	line = str_n(rest.p, str_find(rest, '\n'));
	if (is_delimiter(line, x->heredocs[0], x->strip_tabs[0])) {
		x->n_heredocs--;
		memmove(x->heredocs, x->heredocs + 1, x->n_heredocs * sizeof(*x->heredocs));
		memmove(x->strip_tabs, x->strip_tabs + 1, x->n_heredocs);
		x->in_body = x->n_heredocs > 0;
	} else if (!line_ends(line, x->heredocs[0])) {
		x->lost = true;
	}
	advance(x, line.n + 1, '\n');
}

static void step_newline(struct shlex *x)
{
	x->comment = false;
	if (x->n_heredocs && x->depth)
		x->lost = true; /* shells begin the here-document inside or behind the $(…) */
	x->in_body = x->n_heredocs > 0;
	advance(x, 1, '\n');
}

/* `case` has patterns that end in ")": inside $(…) only a parser finds the end. */
static bool is_case(const struct shlex *x)
{
	return x->depth && starts_word(x->before) &&
	       str_starts(str_from(x->text, x->at), STR("case")) && starts_word(peek(x, 4));
}

static void step_paren(struct shlex *x, char c)
{
	if (c == '(' && !x->depth && peek(x, 1) == '(') {
		push(x, OPEN_ARITH);
		push(x, OPEN_PAREN);
		advance(x, 2, ' ');
		return;
	}
	if (c == '(' && x->depth)
		push(x, OPEN_PAREN);
	/* The word goes on behind $(…), it does not behind a subshell. */
	if (c == ')' && x->depth && x->stack[--x->depth] == OPEN_COMMAND)
		c = 'a';
	advance(x, 1, c);
}

static void step_command(struct shlex *x)
{
	char c = peek(x, 0);

	if (x->comment || (c == '#' && starts_word(x->before))) {
		x->comment = true;
		advance(x, 1, '#');
	} else if (c == '(' || c == ')') {
		step_paren(x, c);
	} else if (c == '<' && peek(x, 1) == '<') {
		step_heredoc(x);
	} else if (is_case(x)) {
		x->lost = true;
		advance(x, 1, c);
	} else {
		advance(x, 1, c);
	}
}

static bool step_quote(struct shlex *x, char c)
{
	unsigned char t = top(x);

	if (t == OPEN_DPARAM && (c == '\'' || c == '"' || c == '\\' || c == '`')) {
		x->lost = true; /* shells differ on quotes in "${…}" */
	} else if (c == '"' && t == OPEN_DOUBLE) {
		x->depth--;
	} else if (c == '"') {
		push(x, OPEN_DOUBLE);
	} else if (c == '\'' && t != OPEN_DOUBLE) {
		push(x, OPEN_SINGLE);
	} else if (c == '`') {
		push(x, OPEN_BACKTICK);
	} else {
		return false;
	}
	advance(x, 1, 'a');
	return true;
}

static void step_open(struct shlex *x, char c)
{
	if (c == '\n' && in_command(x)) {
		step_newline(x);
	} else if (x->comment && in_command(x)) {
		advance(x, 1, '#');
	} else if (step_quote(x, c)) {
		return;
	} else if (c == '\\') {
		step_backslash(x);
	} else if (c == '$') {
		step_dollar(x);
	} else if (in_command(x)) {
		step_command(x);
	} else {
		if (c == '}' && (top(x) == OPEN_PARAM || top(x) == OPEN_DPARAM))
			x->depth--;
		advance(x, 1, c);
	}
}

void shlex_step(struct shlex *x)
{
	char c = peek(x, 0);

	if (x->lost) {
		advance(x, 1, c);
	} else if (x->in_body) {
		step_body(x);
	} else if (top(x) == OPEN_SINGLE) {
		x->depth -= c == '\'';
		advance(x, 1, 'a');
	} else if (top(x) == OPEN_BACKTICK) {
		x->depth -= c == '`';
		advance(x, c == '\\' ? 2 : 1, 'a');
	} else {
		step_open(x, c);
	}
	set_place(x);
}

void shlex_skip_word(struct shlex *x, size_t n)
{
	advance(x, n, 'a');
}
