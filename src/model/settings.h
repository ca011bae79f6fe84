/* settings.h - what config.yaml, project.yaml and node.yaml say of deadlines and resources */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include "base/err.h"
#include "model/records.h"

/* Kinds of work with a deadline (contract/lima.md §1), milliseconds, 0 none:
 * list 15 s, start 30 m, bootstrap and shell none, the rest 10 m. config.yaml
 * `deadlines: {start: 45m}` changes them. Also "boot_silence" (30 s): KVM's
 * first boot without a word on the serial console (§8); and "start_watch" (10 m): for how
 * long limactl start itself watches a VM, after which we go on watching. */
bool settings_deadline(const struct config *c, const char *kind, int64_t *ms, struct err *e);

/* "4", "4GiB", "512M", "1.5G" → "4GiB", "512MiB", "1536MiB"; a bare number is
 * GiB. InvalidArgument naming `flag`. At least 64 MiB, at most 64 TiB. */
bool size_normalize(struct str s, const char *flag, struct buf *out, struct err *e);
/* Bytes of a size in any accepted form; false when it is none. */
bool size_bytes(const char *normalized, uint64_t *bytes);
/* In GiB for limactl's --memory and --disk: "4", "0.5". */
void size_gib(const char *normalized, struct buf *out);

/* Nearest level wins, field by field: built-in (2, 4GiB, 20GiB) < config < project < node. */
void resources_effective(const struct resources *config, const struct resources *project,
	const struct resources *node, struct resources *out);
bool resources_set(const struct resources *r); /* anything given? */

#endif
