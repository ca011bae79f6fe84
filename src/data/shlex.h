/* shlex.h - where in a shell command line one stands
 *
 * Follows the quoting of a POSIX shell (XCU 2.2, 2.3, 2.6, 2.7.4) through a line
 * without running or expanding anything, so that a value can be quoted for the
 * place where it lands. Only the three places in which a value can be quoted
 * safely have a name; all others are SHLEX_NESTED or SHLEX_LOST:
 *
 *	struct shlex x = {.text = line};
 *	while (x.at < line.n) {
 *		... x.place says where byte x.at stands
 *		shlex_step(&x);
 *	}
 *
 * Where shells disagree, or an end could only be found by parsing the grammar
 * (`case` in $(…), quotes in "${…}", $'…'), the place is SHLEX_LOST up to the end.
 */
#ifndef DATA_SHLEX_H
#define DATA_SHLEX_H

#include "base/str.h"

enum shlex_place {
	SHLEX_BARE,
	SHLEX_SINGLE,  /* in '…' */
	SHLEX_DOUBLE,  /* in "…" */
	SHLEX_COMMENT, /* behind # up to the end of the line */
	SHLEX_NESTED,  /* in `…`, $(…), ${…}, ((…)) or a here-document */
	SHLEX_LOST,    /* cannot be told */
};

#define SHLEX_DEPTH 32
#define SHLEX_HEREDOCS 8

struct shlex {
	struct str text;
	size_t at;
	enum shlex_place place;
	/* The byte before, when it changes what follows: '$', '\\' (not itself
	 * quoted) or the last byte of a word; ' ' where a word may begin. */
	char before;
	/* The rest is private. */
	unsigned char stack[SHLEX_DEPTH];
	int depth;
	bool lost, comment, in_body;
	struct str heredocs[SHLEX_HEREDOCS]; /* delimiters, as written */
	bool strip_tabs[SHLEX_HEREDOCS];
	size_t n_heredocs;
};

/* Goes on by one byte, or by one construct that cannot be split. */
void shlex_step(struct shlex *x);
/* Goes on over n bytes that stand for one part of a word. */
void shlex_skip_word(struct shlex *x, size_t n);

#endif
