/* node_query.h - nodes as they are now: list, show, status, logs
 *
 * Reads only, starts no process. VM state comes from LIMA_HOME
 * (lima/instance.h); without a limactl that is told in one notice.
 */
#ifndef OPS_NODE_QUERY_H
#define OPS_NODE_QUERY_H

#include "store/events.h"
#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

/* Fills observation, status and last_reconciled_at of one node. */
void node_observe(const struct home *h, struct node *n);
void nodes_observe(const struct home *h, struct node *v, size_t n);
/* Then, where text is printed: status tells both of a failed node whose VM runs. */
void node_status_for_people(const struct home *h, struct node *n);
/* project_ref NULL: of all projects. */
bool node_list(const struct home *h, const struct ctx *c, const char *project_ref, bool deleted,
	struct record_list *out, struct err *e);
bool node_show(const struct home *h, const struct ctx *c, const char *ref, struct node *out,
	struct err *e);
/* The record alone, live ones only. */
bool node_find(const struct home *h, const struct ctx *c, const char *ref, struct node *out,
	struct err *e);
/* Its events, oldest first. */
bool node_events(const struct home *h, const char *id, struct event_list *out, struct err *e);
/* One notice when VM states can be read but nothing could change them. */
void node_query_notice(const struct ctx *c);

enum log_source { LOG_BOOT, LOG_HOSTAGENT, LOG_BOOTSTRAP };
/* The file of a log; it may be missing. */
bool node_log_path(const struct home *h, const struct ctx *c, const char *ref, enum log_source s,
	struct buf *path, struct err *e);

#endif
