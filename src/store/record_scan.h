/* record_scan.h - the files of all records of a type, one after the other
 *
 *	struct record_scan s = {0};
 *	if (record_scan_open(&s, h, REC_NODE, e))
 *		while ((got = record_scan_next(&s, &why)) != SCAN_END)
 *			…
 *	record_scan_close(&s);
 *
 * Several threads may each go through a part of it:
 *	struct record_scan part = {0};
 *	record_scan_part(&part, &s, from, to);	(then next() and close() as above)
 *
 * In no order. A directory without a record file is what a killed process left and
 * is passed over; a record file in a directory whose name is no id cannot be one of the
 * home's and is told, last, as unreadable. Buffers are used again for each record: what
 * next() shows is good until the following one.
 */
#ifndef STORE_RECORD_SCAN_H
#define STORE_RECORD_SCAN_H

#include "base/strv.h"
#include "model/id.h"
#include "store/record_types.h"

struct record_scan {
	enum record_type type;
	/* The current record. */
	const char *id;	  /* its directory's name */
	const char *path; /* of its file */
	struct str text;
	/* The scan's own. */
	int dir;
	char (*ids)[ID_LEN + 1];
	size_t n, at;	 /* s->ids[at - 1] is the current one */
	struct strv odd; /* names that are no ids; a part has none */
	size_t odd_at;
	struct buf path_buf, text_buf; /* "<home>/nodes/<id>/node.yaml" */
	size_t stem;		       /* length of "<home>/nodes/" */
	bool is_part;		       /* dir and ids are another one's */
};
enum record_scan_got { SCAN_END, SCAN_RECORD, SCAN_UNREADABLE };

/* A missing folder is an empty one. */
bool record_scan_open(
	struct record_scan *s, const struct home *h, enum record_type t, struct err *e);
/* Of the records ids[from] up to ids[to]; the whole must outlive it. */
void record_scan_part(
	struct record_scan *part, const struct record_scan *whole, size_t from, size_t to);
/* SCAN_UNREADABLE fills e, names id and path, and text is empty. */
enum record_scan_got record_scan_next(struct record_scan *s, struct err *e);
void record_scan_close(struct record_scan *s);
#define own_scan __attribute__((cleanup(record_scan_close)))

#endif
