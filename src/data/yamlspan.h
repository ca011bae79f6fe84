/* yamlspan.h - finding one's way in the text of a YAML file
 *
 * Offsets are bytes. Line breaks are those that libyaml knows (YAML 1.1 §4.2):
 * LF, CR LF, CR, NEL, LS and PS.
 */
#ifndef DATA_YAMLSPAN_H
#define DATA_YAMLSPAN_H

#include "base/buf.h"

size_t span_break(struct str text, size_t at);	    /* length of the line break there, 0 for none */
size_t span_line_end(struct str text, size_t at);   /* the next line break, or the end */
size_t span_line_next(struct str text, size_t at);  /* behind it */
size_t span_line_start(struct str text, size_t at); /* a BOM is no part of the first line */
bool span_blank(struct str text, size_t from, size_t to); /* spaces and tabs only */
bool span_has_break(struct str text, size_t from, size_t to);
/* Behind the ':' that follows a key ending at `key_end`, 0 when there is none
 * before `limit`. Comments and lines may lie between ("? key"). */
size_t span_colon(struct str text, size_t key_end, size_t limit);
/* Where the comment with the blanks before it begins in [from, to), which holds
 * no quotes; `to` when there is none. */
size_t span_comment(struct str text, size_t from, size_t to);
/* What ends the text's first line: "\n", "\r\n" or "\r". */
const char *span_eol(struct str text);
/* Appends s with each lone LF turned into eol. */
void span_put(struct buf *out, struct str s, const char *eol);

#endif
