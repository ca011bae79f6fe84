/* doctor_index.h - do the hints in _index/ fit the records
 *
 * Check: index. Drift costs time, never truth: an entry is checked wherever it is used.
 */
#ifndef OPS_DOCTOR_INDEX_H
#define OPS_DOCTOR_INDEX_H

#include "ops/doctor_inventory.h"

void doctor_index(const struct inventory *v, struct checks *out);

#endif
