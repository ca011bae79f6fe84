#include "ops/doctor_records.h"

#include "base/mem.h"
#include "lima/instance.h"
#include "lima/limactl.h"
#include "model/id.h"
#include "ops/doctor_index.h"
#include "os/file.h"
#include "store/claims.h"
#include "store/jobs.h"
#include "store/quarantine.h"

static void half_made(const struct inventory *v, enum record_type t, struct finding *f)
{
	own_buf struct buf path = {0};
	own_strv struct strv names = {0};

	file_list(home_path(v->h, &path, "%s", record_types[t].folder), &names, NULL);
	for (size_t i = 0; i < names.n; i++) {
		if (!id_valid(str_z(names.v[i])))
			continue;
		record_file(v->h, t, names.v[i], &path);
		if (!file_exists(buf_z(&path)))
			finding_add(f, "%s/%s has no %s", record_types[t].folder, names.v[i],
				record_types[t].file);
	}
}

/* An operation that died in the middle: its claim stands and nobody holds it, or the
 * record says that it is under way and nobody has claimed the node. False: neither. */
static bool node_incomplete(const struct inventory *v, const struct node *n, struct finding *f)
{
	const char *life = n->lifecycle_state;
	struct claim left = {0};

	if (claim_stale(v->h, n->id, &left)) {
		finding_add(f, "node %s: its %s died in the middle", n->slug,
			left.operation ? left.operation : "operation");
		fields_fini(&claim_fields, &left);
		return true;
	}
	if (claim_peek(v->h, n->id, NULL, NULL))
		return true;
	if (!z_eq(life, LIFE_PROVISIONING) && !z_eq(life, LIFE_REGISTERING) &&
		!z_eq(life, LIFE_TERMINATING))
		return false;
	finding_add(f, "node %s is %s, and nothing is at work on it", n->slug, life);
	return true;
}

static void check_instance(const struct inventory *v, const struct node *n, struct finding *f)
{
	const char *name = n->lima_instance_name ? n->lima_instance_name : n->slug;
	struct instance now = {0};

	if (!instance_read(v->h->config.lima_home, name, &now, NULL))
		return;
	if (now.status == VM_MISSING)
		finding_add(f, "node %s has no VM (instance %s is not in %s)", n->slug, name,
			v->h->config.lima_home);
	else if (now.status == VM_BROKEN)
		finding_add(f, "the VM of node %s is broken", n->slug);
	else if (now.home_id && !z_eq(now.home_id, v->h->id))
		finding_add(f, "instance %s of node %s belongs to another home", name, n->slug);
	instance_fini(&now);
}

static void tell_orphan(const struct home *h, const char *instance, struct finding *f)
{
	own_buf struct buf where = {0};

	if (quarantine_find(h, instance, &where))
		finding_add(f, "the node of VM %s lies in %s: mend it and move it back", instance,
			buf_z(&where));
	else
		finding_add(f, "VM %s was made by this home and no node is left of it", instance);
}

static void check_orphans(const struct inventory *v, struct finding *f)
{
	own_strv struct strv names = {0};

	/* A VM whose record cannot be read only looks like one without a node. */
	if (!v->h->id || v->of[REC_NODE].skipped ||
		!limactl_names(v->h->config.lima_home, &names, NULL))
		return;
	for (size_t i = 0; i < names.n; i++) {
		struct instance now = {0};

		if (inventory_instance(v, names.v[i]) ||
			!instance_read(v->h->config.lima_home, names.v[i], &now, NULL))
			continue;
		if (z_eq(now.home_id, v->h->id))
			tell_orphan(v->h, names.v[i], f);
		instance_fini(&now);
	}
}

static void check_nodes(const struct inventory *v, struct checks *out)
{
	own_finding struct finding incomplete = {0}, vms = {0};

	for (int t = 0; t < REC_TYPES; t++)
		half_made(v, (enum record_type)t, &incomplete);
	for (size_t i = 0; i < v->of[REC_NODE].n; i++) {
		const struct node *n = inventory_node(v, i);

		if (!n->deleted_at && !node_incomplete(v, n, &incomplete))
			check_instance(v, n, &vms);
	}
	check_orphans(v, &vms);
	check_finding(out, "incomplete", &incomplete, "nothing is half done", "half done",
		"codelima node cleanup-incomplete; the next start, stop or delete of a node "
		"recovers it too");
	check_finding(out, "vms", &vms, "every node has its VM", "nodes and VMs do not fit",
		"node without a VM: codelima node start NODE --recreate, or codelima node delete "
		"NODE; broken VM: codelima node stop NODE, then start it; VM without a node: "
		"limactl "
		"delete NAME");
}

static void stale_project(const struct inventory *v, const struct project *p, struct finding *f)
{
	struct file_stat st;

	if (!file_stat(p->workspace_path, &st))
		finding_add(f, "project %s: its workspace %s is gone", p->slug, p->workspace_path);
	else if (st.type != FILE_DIR)
		finding_add(f, "project %s: its workspace %s is no directory", p->slug,
			p->workspace_path);
	for (size_t i = 0; i < p->environment_configs.n; i++) {
		const char *ref = p->environment_configs.v[i];

		if (!inventory_find(v, REC_ENVIRONMENT, SLOT_SLUG, ref, true) &&
			!inventory_find(v, REC_ENVIRONMENT, SLOT_ID, ref, true))
			finding_add(f, "project %s lists environment config %s, which is not there",
				p->slug, ref);
	}
	if (p->agent_profile_name && !strv_has(&v->profiles, p->agent_profile_name))
		finding_add(f, "project %s uses profile %s, which is not there", p->slug,
			p->agent_profile_name);
}

static void check_stale(const struct inventory *v, struct checks *out)
{
	own_finding struct finding f = {0};

	for (size_t i = 0; i < v->of[REC_PROJECT].n; i++) {
		const struct project *p = record_at(&v->of[REC_PROJECT], i);

		if (!p->deleted_at)
			stale_project(v, p, &f);
	}
	for (size_t i = 0; i < v->of[REC_NODE].n; i++) {
		const struct node *n = inventory_node(v, i);

		if (!n->deleted_at && !inventory_find(v, REC_PROJECT, SLOT_ID, n->project_id, true))
			finding_add(&f, "node %s: its project %s is gone", n->slug,
				n->project_id ? n->project_id : "");
	}
	check_finding(out, "stale", &f, "all that records name is there",
		"records name what is not there",
		"bring it back, or delete what names it (codelima project delete, codelima node "
		"delete)");
}

static void check_jobs(const struct home *h, struct checks *out)
{
	own_finding struct finding f = {0};
	own_jobs struct job_list l = {0};

	job_list(h, &l, NULL);
	for (size_t i = 0; i < l.n; i++)
		if (job_forgotten(&l.v[i]))
			finding_add(&f, "%s %s", l.v[i].operation, l.v[i].id);
	check_finding(out, "jobs", &f, "no job died without a word",
		"jobs whose process died without a word", REPAIR_FIX);
}

void doctor_records(const struct home *h, const struct ctx *c, struct checks *out)
{
	struct inventory v = {.h = h, .ctx = c};

	inventory_load(&v);
	check_finding(out, "corrupt", &v.corrupt, "every record can be read", "cannot be read",
		"mend the file named, or codelima doctor --repair moves it to _quarantine");
	check_nodes(&v, out);
	check_stale(&v, out);
	doctor_index(&v, out);
	check_jobs(h, out);
	inventory_fini(&v);
}
