/* claims.h - one long operation on a node at a time
 *
 * A long operation claims its node for its whole life (contract/store.md §3):
 * nodes/<id>/claim.json says who, and the lock _locks/claims/<node id>.lock, which
 * ends with the process, says that it still goes on. A second operation fails at
 * once with Busy, naming job, operation and pid.
 *
 * A claim whose lock nobody holds is stale: its process died without a word, and
 * what it ran (limactl) may be going on alone. claim_take() reports it, so that
 * the caller ends or awaits that child and recovers the node before it goes on:
 *
 *	if (!claim_take(&k, home, id, job_id, "stop", &stale, &was_stale, e))
 *		return false;
 *	if (was_stale) {
 *		... if (claim_child_alive(&stale)) end it, then claim_renew(&k, e) ...
 *		... recover the record ...
 *	}
 */
#ifndef STORE_CLAIMS_H
#define STORE_CLAIMS_H

#include "os/lock.h"
#include "store/home.h"

struct claim_handle {
	const struct home *home;
	char *node_id;
	struct lock lock;
	struct claim claim;
	bool written; /* what stands on disk is this claim, not a stale one */
};

/* *was_stale is set and `stale` (zeroed before) filled when an earlier operation
 * died without a word. The new claim is written by this call only when there was
 * none or the stale one has no child left; otherwise the lock is held, the old
 * claim.json still stands, and the caller calls claim_renew() after dealing with
 * the child. k need not be initialised. */
bool claim_take(struct claim_handle *k, const struct home *h, const char *node_id,
	const char *job_id, const char *operation, struct claim *stale, bool *was_stale,
	struct err *e);
bool claim_renew(struct claim_handle *k, struct err *e);
/* For struct run's gate: records the child before it execs. arg is the claim_handle. */
bool claim_child(void *arg, int pid, uint64_t start, struct err *e);
/* Fine on a handle that holds nothing. */
void claim_drop(struct claim_handle *k);

/* Is anything left of the process group that this claim's operation had started? */
bool claim_child_alive(const struct claim *claim);
/* What is going on with this node now, without taking or touching anything: false
 * when nothing. claim and job may be NULL, else zeroed. */
bool claim_peek(const struct home *h, const char *node_id, struct claim *claim, struct job *job);
/* A claim that a dead operation left: for doctor. */
bool claim_stale(const struct home *h, const char *node_id, struct claim *claim);

#endif
