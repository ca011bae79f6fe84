#include "ops/repair_records.h"

#include <errno.h>

#include "base/mem.h"
#include "model/id.h"
#include "ops/doctor_index.h"
#include "ops/leftover.h"
#include "ops/repair_bootstrap.h"
#include "os/file.h"
#include "store/jobs.h"
#include "store/profiles.h"
#include "store/quarantine.h"

union any_record {
	struct project project;
	struct node node;
	struct environment environment;
};

/* Is its file there, and no record? Then e says why. */
static bool unreadable(const struct home *h, enum record_type t, const char *id, struct err *e)
{
	union any_record rec;

	memset(&rec, 0, sizeof(rec));
	if (record_load(h, t, id, &rec, e)) {
		fields_fini(record_fields(t), &rec);
		return false;
	}
	return e->kind == ERR_METADATA_CORRUPTION || e->sys == EISDIR || e->sys == EFBIG;
}

static void recover_claim(
	struct home *h, const char *id, const struct strv *argv, struct repairs *r)
{
	own_err struct err why = {0};
	struct claim left = {0};
	struct node_work w = {0};
	bool ok;

	if (!claim_stale(h, id, &left))
		return;
	ok = node_work_open(&w, h, r->ctx, id, "repair", argv, &why);
	if (ok)
		finding_add(&r->done[REPAIR_INCOMPLETE], "the %s of node %s that died is ended",
			left.operation ? left.operation : "operation", w.node.slug);
	node_work_close(&w, ok ? NULL : &why);
	/* Without a record that can be read it is cleanup-incomplete's. */
	if (!ok && why.kind != ERR_NOT_FOUND && why.kind != ERR_METADATA_CORRUPTION)
		repair_failed(r, &why);
	fields_fini(&claim_fields, &left);
}

static bool move_aside(const struct home *h, enum record_type t, const char *id,
	const struct err *reason, const char *instance, struct buf *where, struct err *e)
{
	own_buf struct buf rel = {0};

	buf_printf(&rel, "%s/%s", record_types[t].folder, id);
	return quarantine_put(h, buf_z(&rel), buf_z(&reason->msg), instance, where, e);
}

static bool move_record(const struct home *h, enum record_type t, const char *id,
	const char *instance, struct buf *where, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_err struct err why = {0};

	if (!lock_record(h, t, id, &lock, e))
		return false;
	if (!unreadable(h, t, id, &why))
		return true; /* somebody mended it */
	return move_aside(h, t, id, &why, instance, where, e);
}

/* Nothing else may be at work on the node, nor limactl go on alone. */
static bool move_node(const struct home *h, const char *id, struct buf *where, struct err *e)
{
	own_mem char *instance = leftover_referred(h, id);
	own_buf struct buf path = {0};
	struct claim_handle k = {0};
	struct claim stale = {0};
	bool was_stale = false, ok;

	if (!claim_take(&k, h, id, "", "repair", &stale, &was_stale, e))
		return err_wrap(e, "nodes/%s", id);
	ok = !was_stale || !claim_child_alive(&stale) ||
	     err_set(e, ERR_BUSY, "what the last operation on nodes/%s started still runs", id);
	ok = ok && file_unlink(home_path(h, &path, "nodes/%s/claim.json", id), e) &&
	     move_record(h, REC_NODE, id, instance, where, e);
	claim_drop(&k);
	fields_fini(&claim_fields, &stale);
	return ok;
}

static void mend_record(const struct home *h, enum record_type t, const char *id, struct repairs *r)
{
	own_err struct err why = {0}, bad = {0};
	own_buf struct buf where = {0};
	bool moved;

	if (*id == '.' || !unreadable(h, t, id, &bad))
		return;
	if (!id_valid(str_z(id))) /* no command ever works on it */
		moved = move_aside(h, t, id, &bad, NULL, &where, &why);
	else if (t == REC_NODE)
		moved = move_node(h, id, &where, &why);
	else
		moved = move_record(h, t, id, NULL, &where, &why);
	if (!moved)
		repair_failed(r, &why);
	else if (where.n)
		finding_add(&r->done[REPAIR_CORRUPT], "%s/%s was moved to %s",
			record_types[t].folder, id, buf_z(&where));
}

static void mend_profile(const struct home *h, const char *name, struct repairs *r)
{
	own_buf struct buf path = {0}, where = {0};
	own_err struct err bad = {0}, why = {0};
	struct profile p = {0};
	const char *dir = h->config.agent_profiles_dir;
	size_t n = strlen(h->path);

	if (profile_load(h, name, &p, &bad)) {
		fields_fini(&profile_fields, &p);
		return;
	}
	/* Profiles outside of the home are not ours to move. */
	if (bad.kind != ERR_METADATA_CORRUPTION || !dir ||
		!str_starts(str_z(dir), str_z(h->path)) || dir[n] != '/')
		return;
	buf_printf(&path, "%s/%s.yaml", dir + n + 1, name);
	if (quarantine_put(h, buf_z(&path), buf_z(&bad.msg), NULL, &where, &why))
		finding_add(&r->done[REPAIR_CORRUPT], "%s was moved to %s", buf_z(&path),
			buf_z(&where));
	else
		repair_failed(r, &why);
}

static void each_id(const struct home *h, enum record_type t, struct strv *ids)
{
	own_buf struct buf path = {0};

	file_list(home_path(h, &path, "%s", record_types[t].folder), ids, NULL);
}

static void mend_corrupt(const struct home *h, struct repairs *r)
{
	own_strv struct strv profiles = {0};

	for (int t = 0; t < REC_TYPES; t++) {
		own_strv struct strv ids = {0};

		each_id(h, (enum record_type)t, &ids);
		for (size_t i = 0; i < ids.n; i++)
			mend_record(h, (enum record_type)t, ids.v[i], r);
	}
	profile_names(h, &profiles, NULL);
	for (size_t i = 0; i < profiles.n; i++)
		mend_profile(h, profiles.v[i], r);
}

/* Nobody adds, renames or deletes a record while all of them are compared. */
static void mend_index(const struct home *h, struct repairs *r)
{
	own_lock struct lock projects = LOCK_NONE, nodes = LOCK_NONE, environments = LOCK_NONE;
	struct ctx quiet = *r->ctx;
	struct inventory v = {.h = h, .ctx = &quiet};
	own_err struct err why = {0};

	if (!lock_namespace(h, REC_PROJECT, &projects, &why) ||
		!lock_namespace(h, REC_NODE, &nodes, &why) ||
		!lock_namespace(h, REC_ENVIRONMENT, &environments, &why)) {
		repair_failed(r, &why);
		return;
	}
	inventory_load(&v);
	doctor_index_mend(&v, &r->done[REPAIR_INDEX]);
	inventory_fini(&v);
}

static void mend_jobs(const struct home *h, struct repairs *r)
{
	own_jobs struct job_list l = {0};

	job_list(h, &l, NULL);
	for (size_t i = 0; i < l.n; i++) {
		own_err struct err why = {0};

		if (!job_forgotten(&l.v[i]))
			continue;
		if (job_close(h, &l.v[i], JOB_LOST, &why))
			finding_add(&r->done[REPAIR_JOBS], "%s %s is told to be lost",
				l.v[i].operation, l.v[i].id);
		else
			repair_failed(r, &why);
	}
}

void repair_records(struct home *h, const struct strv *argv, struct repairs *r)
{
	own_strv struct strv nodes = {0};

	mend_jobs(h, r);
	each_id(h, REC_NODE, &nodes);
	for (size_t i = 0; i < nodes.n; i++)
		if (id_valid(str_z(nodes.v[i])))
			recover_claim(h, nodes.v[i], argv, r);
	mend_corrupt(h, r);
	for (size_t i = 0; i < nodes.n; i++)
		if (id_valid(str_z(nodes.v[i])))
			repair_bootstrap(h, nodes.v[i], argv, r);
	mend_index(h, r);
}
