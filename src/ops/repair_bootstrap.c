#include "ops/repair_bootstrap.h"

#include "base/mem.h"
#include "ops/bootstrap_plan.h"
#include "store/bootstrap_file.h"
#include "store/profiles.h"
#include "store/quarantine.h"

static bool unreadable(const struct home *h, const char *node_id, struct err *why)
{
	struct bootstrap b = {0};
	struct node n = {0};
	bool bad = record_load(h, REC_NODE, node_id, &n, NULL) && !n.deleted_at &&
		   !bootstrap_load(h, node_id, &b, why) && why->kind == ERR_METADATA_CORRUPTION;

	bootstrap_fini(&b);
	fields_fini(&node_fields, &n);
	return bad;
}

static bool plan_anew(struct node_work *w, struct bootstrap *b, struct err *e)
{
	struct profile profile = {0};
	bool ok = profile_load(w->h, w->node.agent_profile_name, &profile, e) &&
		  bootstrap_plan_make(w->h, &w->ctx, &w->project, &profile, b, e);

	fields_fini(&profile_fields, &profile);
	b->completed = w->node.bootstrap_completed;
	b->completed_at = mem_strdup(w->node.bootstrap_completed_at);
	return ok;
}

static bool replace(struct node_work *w, const char *reason, struct buf *where, struct err *e)
{
	own_buf struct buf rel = {0};
	struct bootstrap b = {0};
	bool ok;

	buf_printf(&rel, "nodes/%s/bootstrap.json", w->node.id);
	ok = plan_anew(w, &b, e) && quarantine_put(w->h, buf_z(&rel), reason, NULL, where, e) &&
	     bootstrap_save(w->h, w->node.id, &b, e);
	bootstrap_fini(&b);
	return ok;
}

void repair_bootstrap(
	struct home *h, const char *node_id, const struct strv *argv, struct repairs *r)
{
	own_err struct err bad = {0}, why = {0};
	own_buf struct buf where = {0};
	struct node_work w = {0};
	bool ok;

	if (!unreadable(h, node_id, &bad))
		return;
	ok = node_work_open(&w, h, r->ctx, node_id, "repair", argv, &why) &&
	     replace(&w, buf_z(&bad.msg), &where, &why);
	if (ok)
		finding_add(&r->done[REPAIR_CORRUPT],
			"bootstrap.json of node %s was made anew, the old one moved to %s",
			w.node.slug, buf_z(&where));
	node_work_close(&w, ok ? NULL : &why);
	if (!ok)
		repair_failed(r, &why);
}
