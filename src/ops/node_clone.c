#include "ops/node_clone.h"

#include "base/mem.h"
#include "model/slug.h"
#include "ops/node_query.h"
#include "ops/node_record.h"
#include "ops/node_start.h"
#include "ops/node_stop.h"
#include "ops/node_vm.h"
#include "ops/workspace.h"

static bool same_profile(const struct node *source, const struct node_clone_opts *o, struct err *e)
{
	const char *name = source->agent_profile_name;

	if (!o->agent_profile || z_eq(o->agent_profile, name))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED,
		"node %s has agent profile %s, and so has its clone: %s cannot take its place",
		source->slug, name ? name : "none", o->agent_profile);
	err_field(e, "node_slug", source->slug);
	return err_fix(e, "leave --agent-profile out, or codelima node create --agent-profile %s",
		o->agent_profile);
}

/* All that can be refused before anything is touched. */
static bool cloneable(const struct node_work *source, const struct node_clone_opts *o,
	enum vm_status *status, struct err *e)
{
	const struct node_work *s = source;

	if (!same_profile(&s->node, o, e) || !node_startable(s, e) || !node_vm_there(s, status, e))
		return false;
	return !node_is_mounted(&s->node) ||
	       (workspace_usable(s->h, s->node.workspace_mount_path, e) &&
		       workspace_check_others(
			       s->h, &s->ctx, s->project.workspace_path, s->project.id, true, e));
}

static bool ask_limactl(struct node_work *source, struct err *e)
{
	return node_work_lima(source, e) && limactl_check_version(&source->lima, &source->ctx, e) &&
	       limactl_check_list(&source->lima, &source->ctx, e);
}

/* An overridden template_copy is run again, for the record: instance.lima.yaml then says what
 * that command makes of the template today. */
static bool template_again(struct node_work *w, struct err *e)
{
	own_commands struct command_list list = {0};
	struct node_vm_want v = {0};
	bool ok;

	node_work_commands(w, ACT_TEMPLATE_COPY, &list);
	if (list.builtin)
		return true;
	if (!node_vm_want(w, false, &v, e))
		return false;
	ok = node_vm_template(w, &v, e);
	node_vm_want_fini(&v);
	return ok;
}

/* *ours: the VM under the clone's name is of our making. */
static bool copy_vm(struct node_work *w, struct node_work *source, bool *ours, struct err *e)
{
	*ours = template_again(w, e) && ctx_check(&w->ctx, e) && node_vm_clone(w, source, e);
	return *ours && ctx_check(&w->ctx, e) && node_work_lifecycle(w, LIFE_REGISTERING, e) &&
	       node_vm_recheck(w, e) && ctx_check(&w->ctx, e) &&
	       node_work_lifecycle(w, LIFE_CREATED, e);
}

/* Leaves the clone, or nothing of it. *cut: the source's stop was interrupted. */
static bool make_clone(struct node_work *w, struct node_work *source,
	const struct node_clone_opts *o, bool *cut, struct err *e)
{
	bool ours = false, stopped;

	if (clone_record_make(w, source, o, e)) {
		ctx_notice(&w->ctx, LEVEL_WARN,
			"a clone has all that the VM of %s holds: logins, keys and tokens too",
			source->node.slug);
		stopped = node_stop_claimed(source, e);
		*cut = !stopped && e->kind == ERR_INTERRUPTED;
		if (stopped && copy_vm(w, source, &ours, e))
			return true;
	}
	node_record_undo(w, ours, e);
	return false;
}

/* The source ran before: it shall run again. On a fresh context, so that Ctrl-C does not leave
 * it stopped. A stop that was cut short goes on without limactl: it is waited for first. */
static bool start_again(struct node_work *source, bool cut, struct err *e)
{
	struct ctx saved = source->ctx;
	enum vm_status status = VM_UNKNOWN;
	bool ok;

	source->ctx = ctx_fresh(&saved, 0);
	ok = (!cut || node_stop_claimed(source, e)) && node_work_status(source, &status, e) &&
	     (status == VM_RUNNING || node_start_vm(source, e));
	source->ctx = saved;
	if (ok)
		return true;
	err_wrap(e, "node %s ran before, and could not be started again", source->node.slug);
	return err_fix(e, "codelima node start %s", source->node.slug);
}

static bool tell_both(const struct node_work *w, bool made, struct err *e, struct err *second)
{
	if (!made)
		return err_also(e, second);
	err_move(e, second);
	return err_cause(e, "its clone %s is made all the same", w->node.slug);
}

static bool clone_claimed(struct node_work *w, struct node_work *source,
	const struct node_clone_opts *o, struct err *e)
{
	own_err struct err second = {0};
	enum vm_status before;
	bool cut = false, made;

	if (!cloneable(source, o, &before, e) || !ask_limactl(source, e))
		return false;
	made = make_clone(w, source, o, &cut, e);
	if (made)
		node_work_event(w, "node.cloned", NULL,
			(const char *[]){"source_node_id", source->node.id, NULL});
	if (before == VM_RUNNING && !start_again(source, cut, &second))
		return tell_both(w, made, e, &second);
	return made;
}

bool node_clone(struct home *h, const struct ctx *c, const char *ref,
	const struct node_clone_opts *o, struct node *out, struct err *e)
{
	struct node_work source = {0}, w = {0};
	bool ok = (!o->slug || slug_check(str_z(o->slug), e)) &&
		  node_work_open(&source, h, c, ref, "clone", o->argv, e) &&
		  clone_claimed(&w, &source, o, e);

	if (ok) {
		fields_copy(&node_fields, out, &w.node);
		node_observe(h, out);
	}
	node_work_close(&w, NULL);
	node_work_close(&source, ok ? NULL : e);
	return ok;
}
