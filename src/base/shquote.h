/* shquote.h - the one quoter for POSIX shells
 *
 * What comes out is exactly one word for sh, bash, dash, zsh and ksh, whatever
 * the bytes (NUL excepted, which no argument can hold), and wherever it stands.
 * Words of [A-Za-z0-9_@%+:,./-] that are not empty stay as they are; everything
 * else goes in '…' with each ' written as '\''. So do the reserved words (a
 * program named "time") and words with '=', which in front of a command would be
 * assignments and in zsh are expanded.
 *
 * A word that begins with '-' is still one word; that it is not taken for an
 * option is the caller's business ("--").
 */
#ifndef BASE_SHQUOTE_H
#define BASE_SHQUOTE_H

#include "base/buf.h"
#include "base/strv.h"

void sh_quote(struct buf *out, struct str word);
void sh_quote_z(struct buf *out, const char *word);
/* The words joined by single spaces. */
void sh_quote_words(struct buf *out, const struct strv *words);
/* For a value that lands inside "…": escapes $ ` " \ — and ! is left alone,
 * since sh -c has no history expansion. */
void sh_quote_in_double(struct buf *out, struct str value);
/* For a value that lands inside '…': each ' becomes '\''. */
void sh_quote_in_single(struct buf *out, struct str value);
/* Can it name a variable: [A-Za-z_][A-Za-z0-9_]*? */
bool sh_is_name(struct str s);

#endif
