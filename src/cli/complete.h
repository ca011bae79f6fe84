/* complete.h - what the last word of a command line may become, by the command table
 *
 * Groups, commands, flags that are not given yet, their values, and what the home
 * holds. The home is the line's --home, CODELIMA_HOME or the usual one; it is read
 * only where its records are asked for, and never written. Nothing here fails: a line
 * that makes no sense has no completions.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/command.h"
#include "ops/candidates.h"

struct completion {
	enum { COMPLETED_WORDS, COMPLETED_FILES, COMPLETED_DIRS } kind;
	/* What stands before the value in the same word, "--home="; candidates hold it too,
	 * paths that the shell completes do not. */
	struct str lead;
	struct candidates words;
};

/* words: those behind "codelima", the one being typed last (it may be empty). They must
 * outlive the completion. */
void complete_words(const struct strv *words, struct completion *out);
void completion_fini(struct completion *c);

#endif
