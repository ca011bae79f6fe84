/* home_mark.h - whose instance it is: the CODELIMA_HOME id in a comment of its lima.yaml
 *
 * template.h writes it into the provision script of what we create, so that a clone has
 * it from its source. A VM without our mark is never torn down by itself
 * (contract/lima.md §3).
 */
#ifndef LIMA_HOME_MARK_H
#define LIMA_HOME_MARK_H

#include "base/err.h"

#define HOME_MARK "codelima-home: "

/* The id in the text of a lima.yaml, NULL when there is none; malloc'ed. */
char *home_mark_read(struct str yaml);
/* Makes an instance that we just made carry this id: in place of another's, else on a line
 * of its own (a source from before the mark existed). */
bool home_mark_put(const char *lima_home, const char *name, const char *id, struct err *e);

#endif
