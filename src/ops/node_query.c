#include "ops/node_query.h"

#include "base/mem.h"
#include "lima/instance.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/bootstrap_file.h"
#include "tree/parts.h"

/* "bootstrap step 3" when that is where the node's start failed; NULL otherwise. */
static char *failed_step(const struct home *h, const struct node *n)
{
	struct bootstrap b = {0};
	struct buf text = {0};

	if (bootstrap_load(h, n->id, &b, NULL))
		for (size_t i = 0; i < b.n_steps && !text.n; i++)
			if (z_eq(b.steps[i].status, "failed"))
				buf_printf(&text, "bootstrap step %zu", i + 1);
	bootstrap_fini(&b);
	return text.n ? buf_steal(&text) : NULL;
}

static void observe(struct instances *all, struct node *n)
{
	if (n->deleted_at) {
		mem_set(&n->status, n->lifecycle_state ? n->lifecycle_state : LIFE_TERMINATED);
		return;
	}
	if (n->lima_instance_name)
		instances_observe(all, n->lima_instance_name, &n->observation);
	free(n->status);
	n->status = node_status(n, &n->observation);
	clock_stamp(&n->last_reconciled_at);
}

struct nodes {
	const char *lima_home;
	struct node *v;
};

static void observe_part(size_t from, size_t to, void *arg)
{
	const struct nodes *nodes = arg;
	own_instances struct instances all = {0};

	instances_open(&all, nodes->lima_home);
	for (size_t i = from; i < to; i++)
		observe(&all, &nodes->v[i]);
}

void nodes_observe(const struct home *h, struct node *v, size_t n)
{
	struct nodes nodes = {h->config.lima_home, v};

	parts_do(n, observe_part, &nodes);
}

void node_observe(const struct home *h, struct node *n)
{
	nodes_observe(h, n, 1);
}

void node_status_for_people(const struct home *h, struct node *n)
{
	own_mem char *detail = NULL;

	if (n->deleted_at || !node_failed_and_runs(n, &n->observation))
		return;
	detail = failed_step(h, n);
	free(n->status);
	n->status = node_status_both(detail);
}

void node_query_notice(const struct ctx *c)
{
	own_mem char *binary =
		proc_which(proc_env("CODELIMA_LIMACTL") ? proc_env("CODELIMA_LIMACTL") : "limactl");

	if (!binary)
		ctx_notice(c, LEVEL_WARN,
			"limactl was not found: VM states are read from LIMA_HOME, and nothing can "
			"be started or stopped");
}

static void keep_project(struct record_list *l, const char *project_id)
{
	struct node *v = l->v;
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (!z_eq(v[i].project_id, project_id))
			fields_fini(&node_fields, &v[i]);
		else
			v[kept++] = v[i];
	}
	l->n = kept;
}

bool node_list(const struct home *h, const struct ctx *c, const char *project_ref, bool deleted,
	struct record_list *out, struct err *e)
{
	struct record_list l = {0};
	struct project p = {0};

	if (project_ref && !record_find(h, c, REC_PROJECT, project_ref, &p, e))
		return false;
	if (!records_list(h, c, REC_NODE, deleted ? LIST_DELETED : 0, &l, e)) {
		fields_fini(&project_fields, &p);
		return false;
	}
	if (project_ref)
		keep_project(&l, p.id);
	fields_fini(&project_fields, &p);
	node_query_notice(c);
	nodes_observe(h, l.v, l.n);
	*out = l;
	return true;
}

bool node_show(
	const struct home *h, const struct ctx *c, const char *ref, struct node *out, struct err *e)
{
	if (!record_find(h, c, REC_NODE, ref, out, e))
		return false;
	node_query_notice(c);
	node_observe(h, out);
	return true;
}

bool node_find(
	const struct home *h, const struct ctx *c, const char *ref, struct node *out, struct err *e)
{
	return record_find_live(h, c, REC_NODE, ref, out, e);
}

bool node_events(const struct home *h, const char *id, struct event_list *out, struct err *e)
{
	return events_read(h, REC_NODE, id, out, e);
}

bool node_log_path(const struct home *h, const struct ctx *c, const char *ref, enum log_source s,
	struct buf *path, struct err *e)
{
	static const char *const names[] = {[LOG_BOOT] = "serial.log",
		[LOG_HOSTAGENT] = "ha.stderr.log",
		[LOG_BOOTSTRAP] = "bootstrap.log"};
	own_buf struct buf dir = {0};
	struct node n = {0};

	if (!record_find(h, c, REC_NODE, ref, &n, e))
		return false;
	if (s == LOG_BOOTSTRAP)
		record_dir(h, REC_NODE, n.id, &dir);
	else
		path_join(&dir, h->config.lima_home,
			n.lima_instance_name ? n.lima_instance_name : n.slug);
	path_join(path, buf_z(&dir), names[s]);
	fields_fini(&node_fields, &n);
	return true;
}
