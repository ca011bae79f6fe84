/* repair.h - doctor --repair: what can be mended without losing anything
 *
 * Modes, stray temporary files, claims of operations that died, records that cannot be
 * read (moved aside: store/quarantine.h), the index, jobs that died without a word. The
 * home may be in any state; one of a newer layout is not touched. Running it twice mends
 * nothing the second time.
 */
#ifndef OPS_REPAIR_H
#define OPS_REPAIR_H

#include "base/ctx.h"
#include "base/strv.h"
#include "ops/doctor_report.h"

/* Mends, then checks anew: out has doctor's answers, each with what was repaired of it.
 * What could not be mended is a notice. argv: the command, for job records. */
void repair_run(
	const char *home_flag, const struct ctx *c, const struct strv *argv, struct checks *out);

#endif
