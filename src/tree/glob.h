/* glob.h - the wildcards of gitignore(5)
 *
 *	*        any bytes but '/'
 *	?        one byte but '/'
 *	[a-z]    one byte of a set; [!…] or [^…] not of it; [[:alpha:]] the POSIX classes
 *	**       between slashes or at an end: anything, slashes too
 *	\x       x itself
 *
 * A pattern is compiled once. Matching takes no memory and no recursion, and its
 * time is bounded by the product of both lengths whatever the pattern: patterns
 * come out of workspaces (contract/threats.md T3, T14).
 */
#ifndef TREE_GLOB_H
#define TREE_GLOB_H

#include "base/str.h"

struct glob;
/* Never fails: a malformed pattern ("[a", a lone backslash at the end) matches nothing. */
struct glob *glob_new(struct str pattern);
void glob_free(struct glob *g);
bool glob_match(const struct glob *g, struct str name);
/* Bytes at the start of the pattern that hold no wildcard and no backslash. */
size_t glob_literal_len(struct str pattern);

#endif
