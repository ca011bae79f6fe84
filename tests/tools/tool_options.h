/* tool_options.h - the command lines of the terminal's tools
 *
 * A tool says in a table what it takes. Whatever is not so ends it with status 2 and one
 * line that names the option, what stood there and what it takes:
 *
 *	term-replay: --cols 0: not a number from 1 to 4096
 */
#ifndef TESTS_TOOL_OPTIONS_H
#define TESTS_TOOL_OPTIONS_H

#include <stdint.h>

#include "base/buf.h"

enum tool_kind {
	TOOL_FLAG,    /* bool, no value */
	TOOL_TEXT,    /* const char *, not empty */
	TOOL_NUMBER,  /* unsigned, from min to max */
	TOOL_SIZE,    /* uint64_t, likewise */
	TOOL_SECONDS, /* double, likewise, with a fraction perhaps */
	TOOL_OWN      /* read() takes it; `form` says what it takes */
};

struct tool_option {
	const char *name; /* with its dashes */
	enum tool_kind kind;
	void *to;
	uint64_t min, max;
	bool (*read)(void *to, const char *value);
	const char *form;
};

struct tool {
	const char *name, *usage; /* usage: what follows the name */
};

/* Reads options (the last one has no name) from argv[at] on; returns the place of the first
 * word that is none, argc when there is none. "-" is no option; "--" ends them, left out. */
int tool_options(
	const struct tool *t, const struct tool_option *all, int argc, char **argv, int at);

/* Columns and rows a terminal can have together, each within its range already. */
void tool_size(const struct tool *t, unsigned cols, unsigned rows);

/* One line behind the tool's name, then the end with status 2. */
void tool_refuse(const struct tool *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
void tool_usage(const struct tool *t) __attribute__((noreturn));

/* All of a file, "-" for the standard input, behind what `b` holds; `name` is the option that
 * named it, or NULL. */
void tool_read(const struct tool *t, const char *name, const char *path, struct buf *b);

#endif
