/* snapshot_store.h - snapshots on disk: projects/<id>/snapshots/<snapshot-id>/
 *
 *	manifest.json  what there was (tree/manifest.h); without it there is no snapshot
 *	tree/          the content, read-only
 *	summary.json   the record, so that a list need not read manifests; ours, may be missing
 *	stat-cache     for the next snapshot (tree/statcache.h); ours, may be missing
 *
 * A snapshot is made in a directory with a name of its own, which no list shows, and
 * renamed when it is whole and durable; it is deleted by renaming it away first. What a
 * process that died left of either is removed by the next one that makes or deletes a
 * snapshot of that project.
 */
#ifndef STORE_SNAPSHOT_STORE_H
#define STORE_SNAPSHOT_STORE_H

#include "store/home.h"

#define SNAPSHOT_MANUAL "manual"
#define SNAPSHOT_FORK_BASE "fork_base"

struct snapshot_list {
	struct snapshot *v; /* oldest first */
	size_t n;
};
/* Of what is published, oldest first (UUIDv7 sort by time). */
bool snapshot_ids(const struct home *h, const char *project_id, struct strv *out, struct err *e);
/* What cannot be read is left out, with a notice. */
bool snapshots_list(const struct home *h, const struct ctx *c, const char *project_id,
	struct snapshot_list *out, struct err *e);
void snapshot_list_fini(struct snapshot_list *l);
#define own_snapshots __attribute__((cleanup(snapshot_list_fini)))

/* By id, or its beginning or end of 8+ characters. NotFound (fields query, project_slug),
 * InvalidArgument when it names several, MetadataCorruption. out must be zeroed. */
bool snapshot_find(const struct home *h, const struct project *p, const char *ref,
	struct snapshot *out, struct err *e);
/* A file of a snapshot, in out; rel "" is its directory. */
const char *snapshot_path(const struct home *h, const char *project_id, const char *id,
	const char *rel, struct buf *out);
/* Is it there now? */
bool snapshot_exists(const struct home *h, const char *project_id, const char *id);
/* The newest one that has this file, as its directory. False: none. */
bool snapshot_newest_with(
	const struct home *h, const char *project_id, const char *rel, struct buf *out);

struct snapshot_draft {
	const struct home *home;
	char *dir, *final; /* where it is made, and where it will be; NULL: no draft */
	const char *project_id, *id;
};
/* Both ids are used until the draft is dropped. */
bool snapshot_begin(struct snapshot_draft *d, const struct home *h, const char *project_id,
	const char *id, struct err *e);
/* Makes what was put into the draft's directory durable and visible, with the record. */
bool snapshot_publish(struct snapshot_draft *d, const struct snapshot *s, struct err *e);
/* Removes it when it was not published; also after that, and twice. */
void snapshot_draft_drop(struct snapshot_draft *d);
#define own_snapshot_draft __attribute__((cleanup(snapshot_draft_drop)))

/* Out of sight at once; hide does only that, and gives what is to be removed then. */
bool snapshot_hide(
	const struct home *h, const char *project_id, const char *id, char **hidden, struct err *e);
bool snapshot_remove_hidden(const char *hidden, struct err *e);

#endif
