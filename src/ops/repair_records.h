/* repair_records.h - the part of doctor --repair that is about records, claims, jobs and
 * the index */
#ifndef OPS_REPAIR_RECORDS_H
#define OPS_REPAIR_RECORDS_H

#include "ops/repair_done.h"

void repair_records(struct home *h, const struct strv *argv, struct repairs *r);

#endif
