/* yamlout.h - writing YAML
 *
 * A scalar is emitted so that any YAML 1.1 or 1.2 reader gets this string back:
 * plain where that is safe; words that would be read as a null, boolean or
 * number and the empty text in double quotes; what holds indicators in single
 * quotes (both as the reference's yaml.v3 does); text that only escapes can
 * carry in double quotes. Times in RFC 3339 stay plain, as in the homes that the
 * reference writes. Bytes that are not UTF-8 come out as U+FFFD.
 *
 * Lines end in LF; yamledit.h turns them into CR LF where the file has it.
 */
#ifndef DATA_YAMLOUT_H
#define DATA_YAMLOUT_H

#include "base/buf.h"
#include "base/strv.h"

/* Multi-line text becomes a literal block when it can be one; its lines are
 * indented by `indent` and the last one ends without a line break. */
void yaml_put_scalar(struct buf *out, struct str s, int indent);
/* Always on one line: inside [] and {} (`in_flow`), or as a key. */
void yaml_put_inline(struct buf *out, struct str s, bool in_flow);
/* "…" with escapes, which is JSON too when s is. */
void yaml_put_double(struct buf *out, struct str s);
void yaml_put_indent(struct buf *out, int indent);

/* "key: value\n" at the given indent. */
void yaml_put_pair(struct buf *out, int indent, const char *key, struct str value);
/* "key: []\n", or "key:\n" and one "- item" a line, indented by 4 more. */
void yaml_put_list(struct buf *out, int indent, const char *key, const struct strv *items);
/* One "- item" a line. */
void yaml_put_items(struct buf *out, int indent, const struct strv *items);

#endif
