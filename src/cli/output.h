/* output.h - results on stdout, the one error at the end (contract/cli.md §2) */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/fields.h"
#include "cli/command.h"

/* {"data": …, "ok": true}, one line. */
void out_document(struct str data);
/* Text on stderr, or the error document on stdout with --json and --events. */
void out_error(bool json, const struct err *e);

/* One record: JSON data, else YAML on stdout. */
void out_record(struct invocation *inv, const struct fields *t, const void *rec);
/* What a changing command did: JSON data, else one sentence on stdout. */
void out_changed(struct invocation *inv, const struct fields *t, const void *rec, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));
/* A list of records: JSON array, else the table. cells fills one row. */
struct column {
	const char *title;
	struct str (*cell)(const void *rec, struct buf *scratch);
};
/* A record's time for a cell: to the second. */
struct str out_seconds(const char *time, struct buf *scratch);
void out_list(struct invocation *inv, const struct fields *t, const void *recs, size_t n,
	const struct column *columns, size_t n_columns);
/* Text of a log, escaped. */
void out_lines(struct str text);
/* A whole log: JSON {source, path, lines}, else its text. */
void out_log(struct invocation *inv, const char *source, const char *path, struct str text);
/* Escaped text, a line. */
void out_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
