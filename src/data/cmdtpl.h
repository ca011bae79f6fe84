/* cmdtpl.h - command templates: "{{binary}} start -y {{instance_name}}"
 *
 * A template is a shell command line with placeholders (contract/lima.md §1,
 * §2). Built-in templates are plain words and become an argv without a shell
 * (cmdtpl_argv). A template that a person wrote becomes a line for `sh -c`
 * (cmdtpl_line), each value quoted for the place where its placeholder stands:
 * bare, inside '…', or inside "…".
 *
 * A placeholder inside backticks, $(…) or a here-document cannot be quoted
 * safely and is refused when the template is loaded (cmdtpl_check); so is an
 * unknown one. {{ }} around anything that is no identifier is left alone.
 *
 * A value is one word, whatever it holds, and is never expanded again. Two kinds
 * of value are not one word: a *fragment* (recursive_flag, workdir_flag) brings
 * its own leading space and vanishes when empty, and *words* (command_args) is
 * several words, each quoted, with a space before each. Inside quotes those are
 * refused.
 */
#ifndef DATA_CMDTPL_H
#define DATA_CMDTPL_H

#include "base/err.h"
#include "base/strv.h"

enum cmdtpl_kind { CMDTPL_WORD, CMDTPL_WORDS };

struct cmdtpl_var {
	const char *name;
	enum cmdtpl_kind kind;
	struct str value;	  /* CMDTPL_WORD */
	const struct strv *words; /* CMDTPL_WORDS: fragments and argument lists; NULL is none */
};

/* `kinds` lists the placeholders that the action knows, by name and kind.
 * InvalidArgument naming placeholder, file and line (line ≤ 0: not told). */
bool cmdtpl_check(struct str tpl, const struct cmdtpl_var *known, size_t n, const char *file,
	int line, struct err *e);
bool cmdtpl_line(
	struct str tpl, const struct cmdtpl_var *vars, size_t n, struct buf *out, struct err *e);
/* For built-in templates: words are split at spaces; quotes are not understood. */
bool cmdtpl_argv(
	struct str tpl, const struct cmdtpl_var *vars, size_t n, struct strv *argv, struct err *e);

#endif
