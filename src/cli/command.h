/* command.h - the table that describes every command
 *
 * Parsing, help, man pages and completion all come from it (contract/cli.md §1):
 * a command that is not in the table does not exist.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/ctx.h"
#include "base/strv.h"
#include "ops/home_ops.h"

enum flag_type { FLAG_BOOL, FLAG_VALUE, FLAG_LIST };

/* What a value or an argument names; for completion. */
enum complete {
	COMPLETE_NONE,
	COMPLETE_FILE,
	COMPLETE_DIR,
	COMPLETE_PROJECT,
	COMPLETE_NODE,
	COMPLETE_ENVIRONMENT,
	COMPLETE_PROFILE,
	COMPLETE_SNAPSHOT, /* of the project that the first argument names */
	COMPLETE_JOB,
	COMPLETE_COMMAND, /* the words of a command, as help takes them */
	COMPLETE_WORDS	  /* the words of `value` or `args`, separated by '|' */
};

struct flag {
	const char *name; /* without the dashes */
	enum flag_type type;
	const char *value; /* "PATH", "copy|mounted"; NULL for FLAG_BOOL */
	const char *help;
	enum complete complete;
	bool required;
	bool may_be_empty;    /* --flag '' says something: what was set is to be unset */
	char letter;	      /* short form, or 0 */
	const char *alias[3]; /* other long names, told in the help of the first */
};

enum {
	CMD_LONG = 1,	  /* runs long: is a job, takes --events and --detach */
	CMD_REST = 2,	  /* after the first argument the first word that is no flag ends parsing */
	CMD_NO_HOME = 4,  /* touches nothing on disk */
	CMD_HIDDEN = 8,	  /* an alias of another row: not listed by help */
	CMD_FOLLOWS = 16, /* watches something that runs long: takes --events */
};

struct invocation;

struct command {
	const char *group; /* "" for the commands without one */
	const char *name;
	const char *args; /* "REF", "[ROOT]", "REF [--] [CMD…]" */
	unsigned min_args, max_args;
	enum complete complete; /* of the first argument */
	enum complete second;	/* of the second one */
	unsigned traits;
	const struct flag *flags;
	size_t n_flags;
	bool (*run)(struct invocation *inv, struct err *e);
	/* Asks on the terminal what --yes answers: with --detach, before there is none. *yes is
	 * left alone where nothing has to be asked. May be NULL. */
	bool (*ask)(struct invocation *inv, bool *yes, struct err *e);
	const char *summary; /* one line, no dot at the end */
	const char *more;    /* paragraphs for --help and the man page, or NULL */
};

struct group {
	const char *name; /* "project", or within another one "project snapshot" */
	const char *summary;
};

extern const struct command commands[];
extern const size_t commands_n;
extern const struct group groups[];
extern const size_t groups_n;
extern const struct flag global_flags[];
extern const size_t global_flags_n;

/* NULL when there is no such command. group "" for those without. */
const struct command *command_find(const char *group, const char *name);
/* The group that a word names: among the outermost with above "", else within that group
 * ("snapshot" in "project" is "project snapshot"). NULL when there is none. */
const char *group_named(const char *above, const char *word);
/* Every flag the command takes beside the global ones: its own, then those that its
 * traits give it. NULL behind the last. */
const struct flag *command_flag(const struct command *c, size_t i);

/* A command line, parsed. */
struct invocation {
	const struct command *cmd; /* NULL: none was named */
	struct strv *values;	   /* one list per command_flag() of cmd; empty: not given */
	struct strv args;	   /* positional words */
	struct strv rest;	   /* CMD_REST: the words behind */
	struct strv argv;	   /* the whole line, for job records */
	/* Global flags. */
	const char *home_flag;
	char *home_storage;
	bool json, help, version;
	bool events, detach; /* flags of traits */
	enum level log_level;
	/* What runs it. */
	struct home home;
	struct ctx *ctx;
	struct buf *data; /* the handler's JSON document for `data`, when json or events */
	int exit_code;	  /* what a handler wants to exit with (shell, doctor, job wait) */
};

bool inv_has(const struct invocation *inv, const char *flag);
const char *inv_value(const struct invocation *inv, const char *flag);	     /* NULL: not given */
const struct strv *inv_list(const struct invocation *inv, const char *flag); /* NULL: not given */
/* JSON output is wanted: the handler fills inv->data and prints nothing. */
bool inv_json(const struct invocation *inv);

#endif
