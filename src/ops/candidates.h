/* candidates.h - what a word on the command line may be completed to
 *
 * Reads only, and never fails: of a home that is missing, newer than we are or damaged
 * there is as much as can be read. Deleted records and what begins otherwise are left
 * out, and so is a name that does not fit on a line.
 */
#ifndef OPS_CANDIDATES_H
#define OPS_CANDIDATES_H

#include "base/strv.h"
#include "store/record_types.h"

struct candidate {
	char *word;
	char *note; /* a few words of explanation, escaped; may be NULL */
};
struct candidates {
	struct str prefix; /* what is typed of the word */
	struct candidate *v;
	size_t n;
};
void candidates_fini(struct candidates *c);
#define own_candidates __attribute__((cleanup(candidates_fini)))

/* Kept when it begins with the prefix. note may be NULL. */
void candidates_add(struct candidates *c, struct str word, const char *note);
/* By bytes, each word once. */
void candidates_sort(struct candidates *c);

/* Slugs; once two characters are typed, ids as well. */
void candidate_records(struct candidates *c, const struct home *h, enum record_type t);
void candidate_profiles(struct candidates *c, const struct home *h);
void candidate_jobs(struct candidates *c, const struct home *h);
/* Of the live project that `project` (a REF) names. */
void candidate_snapshots(struct candidates *c, const struct home *h, const char *project);

#endif
