#include "ops/node_recover.h"

#include "base/num.h"
#include "os/proc.h"
#include "store/events.h"
#include "store/record_store.h"

#define CHILD_GRACE_MS 5000 /* TERM, then KILL: contract/lima.md §1 */

static bool end_child(const struct claim *stale, struct err *e)
{
	if (!claim_child_alive(stale) || proc_end_group((int)stale->child_pgid, CHILD_GRACE_MS))
		return true;
	return err_set(e, ERR_BUSY, "process group %lld of the earlier %s does not end",
		(long long)stale->child_pgid, stale->operation ? stale->operation : "operation");
}

bool node_recover_claimed(struct claim_handle *k, const struct ctx *c, const char *slug,
	const struct claim *stale, struct err *e)
{
	const char *op = stale->operation ? stale->operation : "operation";
	own_err struct err why = {0};

	if (!end_child(stale, e) || !claim_renew(k, e))
		return false;
	ctx_notice(c, LEVEL_WARN,
		"an earlier %s of node %s (pid %lld) died without finishing; going on from what it "
		"left",
		op, slug, (long long)stale->pid);
	if (!event_append(k->home, REC_NODE, k->node_id, "node.lifecycle.recovered", NULL,
		    (const char *[]){
			    "operation", op, "job_id", stale->job_id ? stale->job_id : "", NULL},
		    &why))
		ctx_notice(c, LEVEL_WARN, "%s", buf_z(&why.msg));
	return true;
}

bool node_orphaned_by(const struct home *h, const struct job *job)
{
	struct claim stale = {0};
	bool orphaned = job->target && claim_stale(h, job->target, &stale) &&
			z_eq(stale.job_id, job->id) && claim_child_alive(&stale);

	fields_fini(&claim_fields, &stale);
	return orphaned;
}

bool node_end_orphan(
	const struct home *h, const struct ctx *c, const struct job *job, struct err *e)
{
	struct claim stale = {0};
	struct claim_handle k;
	struct node n = {0};
	bool was_stale = false, ok;

	if (!claim_take(&k, h, job->target, job->id, "cancel", &stale, &was_stale, e))
		return false;
	record_load(h, REC_NODE, job->target, &n, NULL);
	ok = !was_stale || node_recover_claimed(&k, c, n.slug ? n.slug : job->target, &stale, e);
	claim_drop(&k);
	fields_fini(&node_fields, &n);
	fields_fini(&claim_fields, &stale);
	return ok;
}
