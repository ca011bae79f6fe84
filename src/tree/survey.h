/* survey.h - a quick look over a tree before it is copied
 *
 * Gives the totals of a progress bar, and finds what would spoil the copy half way
 * through: files and directories this user may not read.
 */
#ifndef TREE_SURVEY_H
#define TREE_SURVEY_H

#include "base/ctx.h"
#include "base/strv.h"
#include "tree/ignore.h"

/* How often, and the first few names. */
struct mentions {
	uint64_t n;
	struct strv names;
};
void mention(struct mentions *m, struct str name);
/* "a, b, c and 17 more" */
void mentions_text(const struct mentions *m, struct buf *out);
void mentions_fini(struct mentions *m);

struct survey {
	uint64_t files, bytes, entries; /* regular files and their sizes; all that is copied */
	struct mentions special;	/* sockets, fifos, devices: not copied */
	struct mentions unreadable;
};
bool survey_tree(const char *root, const struct ignore *ignore, const struct ctx *c,
	struct survey *s, struct err *e);
void survey_fini(struct survey *s);
#define own_survey __attribute__((cleanup(survey_fini)))

#endif
