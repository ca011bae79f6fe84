/* limalog.h - what limactl and its hostagent say, as plain text
 *
 * With `--log-format json`, and always in ha.stderr.log, each line is an object
 * {"level","msg","time", and fields such as "error", "location"} (logrus' JSONFormatter).
 * Some lines are no JSON even then ("Downloading the image", a panic, "limactl: must not
 * run as the root user"): they are taken as they are. Control characters stay in: who
 * shows the text escapes it.
 */
#ifndef LIMA_LIMALOG_H
#define LIMA_LIMALOG_H

#include "data/json.h"

/* The object of one line; NULL when it is none. A new reference. */
json_t *limalog_object(struct str line);
/* "msg", "warning: msg: error" … of an object. */
void limalog_text(const json_t *object, struct buf *out);
/* One line of either kind; out is appended to, without a newline. */
void limalog_plain(struct str line, struct buf *out);
/* Each line of a text, in place. */
void limalog_plain_lines(struct buf *text);

#endif
