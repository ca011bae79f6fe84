/* crew.h - threads that do jobs, whose results come back in the order they were given
 *
 *	struct crew *c = crew_new(&kind, arg, SLOTS);
 *	while (there is work) {
 *		while (!(job = crew_slot(c)))
 *			use(crew_oldest(c)), crew_release(c);
 *		fill(job);
 *		crew_give(c, false);
 *	}
 *	while ((job = crew_oldest(c)))
 *		use(job), crew_release(c);
 *	crew_free(c);
 *
 * One thread gives and takes back; it lends a hand where it would have to wait. Jobs lie
 * in slots that are used again and again, so that they may keep their buffers: a slot is
 * zeroed once, and `fini` is called for each in crew_free().
 */
#ifndef TREE_CREW_H
#define TREE_CREW_H

#include "base/err.h"

struct crew_kind {
	size_t job_size;
	/* What a thread keeps from job to job: buffers, a hasher. */
	void *(*tools_new)(void);
	void (*tools_free)(void *tools);
	void (*work)(void *job, void *tools, void *arg);
	void (*fini)(void *job); /* frees what the slot holds, begun or not */
};

struct crew;
/* kind and arg are used until crew_free(). With as many threads as there are CPUs (at most 8);
 * with fewer, or none, where the system gives no more. */
struct crew *crew_new(const struct crew_kind *kind, void *arg, size_t slots);
/* The next slot to fill; NULL while all are in use. */
void *crew_slot(struct crew *c);
/* Hands over the slot last given out; `ready`: there is nothing to do for it. */
void crew_give(struct crew *c, bool ready);
/* The job given first of those not released, once it is done; NULL: there is none. */
void *crew_oldest(struct crew *c);
/* The same without waiting: NULL also when it is not done. */
void *crew_oldest_done(struct crew *c);
void crew_release(struct crew *c);
/* Jobs that were not begun never will be. NULL is fine. */
void crew_free(struct crew *c);

#endif
