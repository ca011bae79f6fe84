#include "data/progress_json.h"

#include "base/mem.h"
#include "data/jsonout.h"

static const char *const states[] = {
	[STEP_RUNNING] = "running",
	[STEP_DONE] = "done",
	[STEP_FAILED] = "failed",
	[STEP_SKIPPED] = "skipped",
};

void progress_json(struct buf *out, struct str time, const struct progress *p)
{
	struct json_out j = {.out = out};

	jout_object(&j);
	jout_kv_str(&j, "time", time);
	jout_kv_z(&j, "step", p->step ? p->step : "");
	jout_kv_z(&j, "state", states[p->state]);
	jout_key(&j, "done");
	jout_u64(&j, p->done);
	jout_key(&j, "total");
	jout_u64(&j, p->total);
	if (p->unit != UNIT_NONE)
		jout_kv_z(&j, "unit", p->unit == UNIT_BYTES ? "bytes" : "count");
	jout_kv_str(&j, "message", p->message);
	jout_end(&j);
	buf_putc(out, '\n');
}
