/* ignore.h - .gitignore syntax (gitignore(5)), as one list of patterns
 *
 * Used for `.codelimaignore` and snapshot.excludes. Later patterns win, "!"
 * re-includes (not below an excluded directory), a trailing "/" means
 * directories, a "/" elsewhere anchors, "**" spans directories (glob.h). Agrees with
 * `git check-ignore` (2.39), its quirks included; tests/unit/tree/test_ignore.c
 * compares the two.
 */
#ifndef TREE_IGNORE_H
#define TREE_IGNORE_H

#include "base/err.h"

struct ignore;
struct ignore *ignore_new(void);
void ignore_free(struct ignore *g);
void ignore_add_lines(struct ignore *g, struct str text); /* a whole file */
void ignore_add(struct ignore *g, struct str pattern);	  /* one line of one */
/* Is this path (relative to the root) excluded by a pattern that names it itself?
 * A walk does not descend into an excluded directory, so parents need no look.
 * A NULL list excludes nothing. */
bool ignore_match(const struct ignore *g, struct str path, bool is_dir);

#endif
