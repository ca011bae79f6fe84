/* err.h - errors as values the caller owns
 *
 * A function that can fail takes a struct err and returns bool: true on
 * success; on failure the err is filled and the outputs are untouched.
 *
 *	if (fd < 0)
 *		return err_sys(e, "open %s", path);
 *	...
 *	if (!load(path, &rec, e))
 *		return err_wrap(e, "node %s", slug);   // context on the way up
 *
 * An err is printed once, at the top (cli). {0} is "no error". All functions
 * below return false, so that they can stand in a return. A NULL err is
 * accepted where the caller does not care.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/buf.h"

/* Categories and exit codes: contract/cli.md §2. */
enum err_kind {
	ERR_NONE,
	ERR_INVALID_ARGUMENT,
	ERR_DEPENDENCY_UNAVAILABLE,
	ERR_NOT_FOUND,
	ERR_PRECONDITION_FAILED,
	ERR_UNSUPPORTED_FEATURE,
	ERR_BUSY,
	ERR_EXTERNAL_COMMAND_FAILED,
	ERR_METADATA_CORRUPTION,
	ERR_INTERNAL,
	ERR_INTERRUPTED,
	ERR_KINDS
};

/* A structured detail, e.g. {"slug", "api"}; the names are a contract
 * (contract/cli.md §2). */
struct err_field {
	char *name, *value; /* owned */
};

#define ERR_MAX_FIELDS 8

struct err {
	enum err_kind kind;
	int sys;	  /* errno of the failing call, or 0 */
	struct buf msg;	  /* one line, no trailing dot or newline */
	struct buf cause; /* further lines: the tool's own last words, a second error */
	struct buf fix;	  /* the command or change that mends it, or empty */
	struct err_field fields[ERR_MAX_FIELDS];
	size_t n_fields;
};

void err_fini(struct err *e); /* leaves {0}: the err can be used again */
#define own_err __attribute__((cleanup(err_fini)))

/* Sets kind and message; what e held before is dropped. Of a message over 2,000 bytes the
 * middle is left out: it quotes a word of any length. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "MESSAGE: strerror(errno)". Kind is Internal; EACCES, ENOSPC, EROFS and the
 * like are told by their text. Call it before anything that may change errno. */
bool err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Puts "CONTEXT: " in front of the message, keeps the rest. */
bool err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Changes only the kind. */
bool err_as(struct err *e, enum err_kind kind);
bool err_field(struct err *e, const char *name, const char *value);
/* Appends a line (or lines) to the cause. */
bool err_cause(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_fix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A second failure met while cleaning up after the first: told as a cause of e. */
bool err_also(struct err *e, struct err *second);
/* Moves from into to (to is dropped first); from is {0} afterwards. */
bool err_move(struct err *to, struct err *from);

const char *err_category(enum err_kind kind); /* "InvalidArgument", … */
/* The kind of a category's name; Internal when there is none of that name. */
enum err_kind err_kind_of(const char *category);
int err_exit_code(enum err_kind kind); /* 0, 2 … 7, 130 */

#endif
