#include "data/progress_json.h"

#include "base/mem.h"
#include "data/json.h"

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

static enum step_state state_of(const char *word)
{
	for (size_t i = 0; i < countof(states); i++)
		if (z_eq(states[i], word))
			return (enum step_state)i;
	return STEP_RUNNING;
}

static uint64_t figure(const json_t *j, const char *key)
{
	int64_t n = json_get_int(j, key);

	return n > 0 ? (uint64_t)n : 0;
}

void progress_read(struct str line,
	void (*fn)(void *arg, struct str time, const struct progress *p), void *arg)
{
	own_json json_t *j = NULL;
	struct progress p = {0};
	const char *unit;

	if (!json_read(line, "events.jsonl", &j, NULL) || !json_get_str(j, "step"))
		return;
	unit = json_get_str(j, "unit");
	p.step = json_get_str(j, "step");
	p.state = state_of(json_get_str(j, "state"));
	p.unit = z_eq(unit, "bytes") ? UNIT_BYTES : z_eq(unit, "count") ? UNIT_COUNT : UNIT_NONE;
	p.done = figure(j, "done");
	p.total = figure(j, "total");
	p.message = str_z(json_get_str(j, "message"));
	fn(arg, str_z(json_get_str(j, "time")), &p);
}
