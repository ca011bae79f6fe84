/* repair_done.h - what doctor --repair (repair.h) has mended so far, for its parts */
#ifndef OPS_REPAIR_DONE_H
#define OPS_REPAIR_DONE_H

#include "ops/doctor_report.h"
#include "ops/home_ops.h"

/* Named like the check that finds it. */
enum repair_kind {
	REPAIR_PERMISSIONS,
	REPAIR_TEMP_FILES,
	REPAIR_INCOMPLETE,
	REPAIR_CORRUPT,
	REPAIR_INDEX,
	REPAIR_JOBS,
	REPAIR_KINDS
};

struct repairs {
	const struct ctx *ctx;
	struct finding done[REPAIR_KINDS];
};

/* One thing that could not be mended, told and forgotten. */
void repair_failed(struct repairs *r, struct err *why);

#endif
