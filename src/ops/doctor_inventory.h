/* doctor_inventory.h - all records of a home, read once, and what could not be read */
#ifndef OPS_DOCTOR_INVENTORY_H
#define OPS_DOCTOR_INVENTORY_H

#include "ops/doctor_report.h"
#include "store/record_list.h"

struct inventory {
	const struct home *h;
	const struct ctx *ctx;
	struct record_list of[REC_TYPES]; /* deleted records included */
	struct strv profiles;
	struct finding corrupt;
};

/* h and ctx must be set, the rest zeroed. */
void inventory_load(struct inventory *v);
void inventory_fini(struct inventory *v);

/* The record whose member is `value`; NULL when there is none (or, with `live`, none that
 * is not deleted). */
const void *inventory_find(const struct inventory *v, enum record_type t, enum record_slot slot,
	const char *value, bool live);
const struct node *inventory_node(const struct inventory *v, size_t i);
/* The live node that has this instance. */
const struct node *inventory_instance(const struct inventory *v, const char *instance);

#endif
