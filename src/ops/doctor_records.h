/* doctor_records.h - are the records sound, and do they fit what lies in LIMA_HOME
 *
 * Checks: corrupt, incomplete, vms, stale, index, jobs. A VM is only ours when it
 * carries this home's mark; other people's are never named.
 */
#ifndef OPS_DOCTOR_RECORDS_H
#define OPS_DOCTOR_RECORDS_H

#include "ops/doctor_report.h"
#include "store/home.h"

void doctor_records(const struct home *h, const struct ctx *c, struct checks *out);

#endif
