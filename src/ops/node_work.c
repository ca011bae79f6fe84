#include "ops/node_work.h"

#include "base/mem.h"
#include "ops/node_recover.h"
#include "os/path.h"
#include "store/command_files.h"
#include "store/events.h"
#include "store/home_prepare.h"

const char *node_workspace(const struct node *n)
{
	return n->guest_workspace_path ? n->guest_workspace_path : n->workspace_mount_path;
}

bool node_is_mounted(const struct node *n)
{
	return z_eq(n->workspace_mode, "mounted");
}

bool node_work_project(struct node_work *w, struct err *e)
{
	struct buf b = {0};

	if (!w->project.id && !record_load(w->h, REC_PROJECT, w->node.project_id, &w->project, e))
		return err_wrap(e, "project of node %s", w->node.slug);
	record_file(w->h, REC_PROJECT, w->project.id, &b);
	free(w->project_file);
	w->project_file = buf_steal(&b);
	if (w->node.id) {
		record_file(w->h, REC_NODE, w->node.id, &b);
		free(w->node_file);
		w->node_file = buf_steal(&b);
	}
	/* config.yaml's were checked when the home was opened for writing. */
	return commands_check(&w->project.lima_commands, w->project_file, e) &&
	       (!w->node.id || commands_check(&w->node.lima_commands, w->node_file, e));
}

/* A clone stops its source and starts it again; it is not started behind the person's back. */
static void tell_stopped(const struct node_work *w, const char *operation)
{
	enum vm_status status;

	if (z_eq(operation, "clone") && !z_eq(w->node.lifecycle_state, LIFE_PROVISIONING) &&
		node_work_status(w, &status, NULL) && status == VM_STOPPED)
		ctx_notice(&w->ctx, LEVEL_WARN,
			"node %s is stopped: when it ran before, the clone stopped it (codelima "
			"node start %s)",
			w->node.slug, w->node.slug);
}

static bool recover(struct node_work *w, const struct claim *stale, struct err *e)
{
	if (!node_recover_claimed(&w->claim, &w->ctx, w->node.slug, stale, e))
		return false;
	tell_stopped(w, stale->operation);
	return true;
}

/* `begins`: the job begins with this claim, and not before: one that is refused leaves nothing. */
static bool take_claim(struct node_work *w, const char *job_id, const char *operation,
	const struct strv *argv, bool begins, struct err *e)
{
	struct claim stale = {0};
	bool was_stale = false, ok;

	if (!claim_take(&w->claim, w->h, w->node.id, job_id, operation, &stale, &was_stale, e)) {
		err_field(e, "node_slug", w->node.slug);
		return err_wrap(e, "node %s", w->node.slug);
	}
	w->has_claim = true;
	ok = (!begins || job_begin(&w->job, w->h, operation, w->node.id, argv, &w->ctx, e)) &&
	     (!was_stale || recover(w, &stale, e));
	fields_fini(&claim_fields, &stale);
	return ok;
}

bool node_work_claim(
	struct node_work *w, const char *operation, const struct strv *argv, struct err *e)
{
	return take_claim(w, job_reserve(&w->job, &w->ctx), operation, argv, true, e);
}

bool node_work_join(struct node_work *w, struct node_work *first, struct err *e)
{
	const struct job *job = &first->job.job;

	w->also = first;
	return take_claim(w, job->id, job->operation, NULL, false, e);
}

bool node_work_open(struct node_work *w, struct home *h, const struct ctx *c, const char *ref,
	const char *operation, const struct strv *argv, struct err *e)
{
	w->h = h;
	w->ctx = *c;
	if (!record_find_live(h, c, REC_NODE, ref, &w->node, e) || !home_prepare(h, c, e) ||
		!node_work_claim(w, operation, argv, e))
		return false;
	/* Again, now that nobody else can change it under us. */
	struct node fresh = {0};

	if (!record_load(h, REC_NODE, w->node.id, &fresh, e))
		return false;
	fields_fini(&node_fields, &w->node);
	w->node = fresh;
	if (w->node.deleted_at) {
		err_set(e, ERR_PRECONDITION_FAILED, "node %s was deleted", w->node.slug);
		return err_field(e, "node_slug", w->node.slug);
	}
	return node_work_project(w, e);
}

bool node_work_lima(struct node_work *w, struct err *e)
{
	if (w->has_lima)
		return true;
	w->has_lima = limactl_open(&w->lima, &w->h->config, e);
	return w->has_lima;
}

void node_work_close(struct node_work *w, const struct err *result)
{
	if (w->has_claim)
		claim_drop(&w->claim);
	job_end(&w->job, &w->ctx, result);
	if (w->has_lima)
		limactl_fini(&w->lima);
	fields_fini(&node_fields, &w->node);
	fields_fini(&project_fields, &w->project);
	free(w->node_file);
	free(w->project_file);
	*w = (struct node_work){0};
}

void node_work_commands(const struct node_work *w, enum action a, struct command_list *out)
{
	const struct command_level levels[LEVEL_COUNT] = {
		{&w->h->config.lima_commands, w->h->config_path},
		{&w->project.lima_commands, w->project_file},
		{&w->node.lima_commands, w->node_file},
	};

	commands_effective(levels, a, out);
}

void command_list_fini(struct command_list *l)
{
	strv_fini(&l->commands);
}

/* For struct run's gate: whoever recovers either node must know of the child. */
static bool name_child(void *arg, int pid, uint64_t start, struct err *e)
{
	struct node_work *w = arg;

	return claim_child(&w->claim, pid, start, e) &&
	       (!w->also || claim_child(&w->also->claim, pid, start, e));
}

bool node_work_action(struct node_work *w, enum action a, const struct action_vars *v,
	const struct resources *res, struct buf *out, const struct run *more, struct err *e)
{
	own_commands struct command_list list = {0};
	struct action_vars vars = *v;
	struct run r = more ? *more : (struct run){0};

	if (!node_work_lima(w, e))
		return false;
	node_work_commands(w, a, &list);
	vars.instance_name = w->node.lima_instance_name;
	r.gate = name_child;
	r.gate_arg = w;
	return action_run(&w->lima, &w->ctx, a, &list, &vars, res, out, &r, e);
}

bool node_work_instance(const struct node_work *w, struct instance *i, struct err *e)
{
	return instance_read(w->h->config.lima_home, w->node.lima_instance_name, i, e);
}

bool node_work_status(const struct node_work *w, enum vm_status *status, struct err *e)
{
	struct instance now = {0};

	if (!node_work_instance(w, &now, e))
		return false;
	*status = now.status;
	instance_fini(&now);
	return true;
}

bool node_work_update(struct node_work *w, bool (*change)(void *rec, void *arg, struct err *e),
	void *arg, struct err *e)
{
	struct node fresh = {0};

	if (!record_update(w->h, REC_NODE, w->node.id, change, arg, &fresh, e))
		return false;
	fields_fini(&node_fields, &w->node);
	w->node = fresh;
	return true;
}

static bool set_lifecycle(void *rec, void *arg, struct err *e)
{
	struct node *n = rec;

	(void)e;
	mem_set(&n->lifecycle_state, arg);
	return true;
}

bool node_work_lifecycle(struct node_work *w, const char *state, struct err *e)
{
	own_mem char *copy = mem_strdup(state);

	if (z_eq(w->node.lifecycle_state, state))
		return true;
	return node_work_update(w, set_lifecycle, copy, e);
}

void node_work_event(
	struct node_work *w, const char *type, const char *message, const char *const *fields)
{
	event_note(w->h, &w->ctx, REC_NODE, w->node.id, type, message, fields);
}

const char *node_work_path(const struct node_work *w, struct buf *out, const char *name)
{
	own_buf struct buf dir = {0};

	record_dir(w->h, REC_NODE, w->node.id, &dir);
	return path_join(out, buf_z(&dir), name);
}
