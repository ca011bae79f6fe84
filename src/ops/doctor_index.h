/* doctor_index.h - do the hints in _index/ fit the records
 *
 * Check: index. Drift costs time, never truth: an entry is checked wherever it is used.
 */
#ifndef OPS_DOCTOR_INDEX_H
#define OPS_DOCTOR_INDEX_H

#include "ops/doctor_inventory.h"

/* The caller holds the namespace locks under which v was loaded. */
void doctor_index_mend(const struct inventory *v, struct finding *done);
void doctor_index(const struct inventory *v, struct checks *out);

#endif
