/* logtail.h - reading a log file as it grows
 *
 * The file may not be there yet, and may be replaced by a new one of the same name or
 * be cut: then it is read from its beginning. What it held when logtail_init() was called
 * belongs to an earlier run and is not read.
 */
#ifndef LIMA_LOGTAIL_H
#define LIMA_LOGTAIL_H

#include "loop/lines.h"
#include "os/file.h"

struct logtail {
	char *path;
	struct file_stat old, seen;
	uint64_t offset;
	struct lines lines;
};

void logtail_init(struct logtail *t, const char *path);
/* What the file holds already is of this run too: read it from its beginning. */
void logtail_from_start(struct logtail *t);
void logtail_fini(struct logtail *t);
/* Reads what is new, at most 1 MiB a call, and hands out the whole lines. */
void logtail_poll(struct logtail *t, lines_fn *fn, void *arg);
/* Bytes in the file of this run; 0 while there is none. *there tells them apart. */
uint64_t logtail_size(const struct logtail *t, bool *there);

#endif
