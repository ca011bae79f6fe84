/* progress_json.h - one progress message as one JSON line
 *
 * {"time","step","state","done","total","message"}, as `--events` prints it and
 * as a job's events.jsonl keeps it (contract/cli.md §2); "unit" ("bytes" or
 * "count") tells how to show the figures.
 */
#ifndef DATA_PROGRESS_JSON_H
#define DATA_PROGRESS_JSON_H

#include "base/ctx.h"

/* With its newline. `time` is RFC 3339. */
void progress_json(struct buf *out, struct str time, const struct progress *p);
/* Back from such a line. fn is not called for one that is torn; its texts live while it
 * runs. */
void progress_read(struct str line,
	void (*fn)(void *arg, struct str time, const struct progress *p), void *arg);

#endif
