#include "ops/repair_done.h"

void repair_failed(struct repairs *r, struct err *why)
{
	ctx_notice(r->ctx, LEVEL_ERROR, "not repaired: %s%s%s", buf_z(&why->msg),
		why->fix.n ? "; " : "", why->fix.n ? buf_z(&why->fix) : "");
	err_fini(why);
}
