/* seed.h - a copy of the workspace into the guest (contract/lima.md §6)
 *
 * One tar stream through one ssh channel, extracted into a temporary sibling of the
 * target and renamed. What was sent is listed in a manifest. A failure at any point
 * leaves the target as it was and no manifest; the next start begins anew.
 *
 * zstd and pax headers are sent in the hope that the guest knows both. One that does
 * not says so before it reads anything, and gets what it knows: no round trip is spent on
 * asking.
 *
 * Told to the context: progress of step "seed" in bytes, with the files in the message;
 * notices of what was left out, and of what changed while it was read. A workspace that
 * cannot be read whole is not sent at all (PreconditionFailed).
 */
#ifndef LIMA_SEED_H
#define LIMA_SEED_H

#include "lima/ssh.h"

struct seed_totals {
	uint64_t files, bytes; /* regular files and their content */
	uint64_t skipped;      /* sockets, fifos, devices */
};

/* source: absolute host path; target: absolute guest path, its parent exists and
 * belongs to the guest user (workspace_seed_prepare ran). */
bool seed_workspace(struct ssh *s, const struct ctx *c, const char *source, const char *target,
	const char *manifest_path, struct seed_totals *totals, struct err *e);

/* The same through any command that runs the shell script given as its last word: "ssh …
 * HOST", or "sh", "-c". env as in struct run. */
bool seed_through(const struct strv *argv, const struct strv *env, const struct ctx *c,
	const char *source, const char *target, const char *manifest_path,
	struct seed_totals *totals, struct err *e);

#endif
