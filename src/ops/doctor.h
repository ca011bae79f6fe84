/* doctor.h - is everything there, and is the home sound (contract/cli.md §3)
 *
 * Reads only. Required checks fail, the others warn. Each answer names the thing,
 * the reason and the fix. Other people's VMs are never called orphans.
 */
#ifndef OPS_DOCTOR_H
#define OPS_DOCTOR_H

#include "base/ctx.h"
#include "ops/doctor_report.h"

/* home_flag: --home or NULL. Never fails: what goes wrong is a check's answer, a home
 * that cannot be opened included. */
void doctor_run(const char *home_flag, const struct ctx *c, struct checks *out);

#endif
