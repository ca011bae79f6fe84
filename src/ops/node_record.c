#include "ops/node_record.h"

#include "base/mem.h"
#include "model/slug.h"
#include "ops/node_vm.h"
#include "ops/project_refs.h"
#include "os/file.h"
#include "store/fresh_id.h"

static bool name_unused(const struct home *h, const char *instance, const char *flag, struct err *e)
{
	own_buf struct buf dir = {0};

	path_join(&dir, h->config.lima_home, instance);
	if (!file_exists(buf_z(&dir)))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "Lima already has an instance named %s (%s)", instance,
		buf_z(&dir));
	err_field(e, "instance_name", instance);
	return err_fix(e, "choose another %s", flag);
}

static bool usable(const struct node_work *w, const char *slug, const char *flag, struct err *e)
{
	return slug_free(w->h, &w->ctx, REC_NODE, slug, e) && name_unused(w->h, slug, flag, e);
}

/* "api-node", "api-node-2": one that fits, and that is made of what a slug may hold, whatever the
 * slug of an old record holds. */
static void default_slug(
	const struct node_work *w, const struct node_name *name, unsigned i, struct buf *out)
{
	size_t room = instance_name_room(w->h->config.lima_home);
	own_buf struct buf tail = {0};

	if (room > SLUG_MAX)
		room = SLUG_MAX;
	buf_puts(&tail, name->suffix);
	if (i > 1)
		buf_printf(&tail, "-%u", i);
	slug_derive(out, str_z(name->base));
	if (room > tail.n && out->n > room - tail.n)
		buf_cut(out, room - tail.n);
	buf_str(out, buf_view(&tail));
}

/* A default slug also steps over instances that Lima has and we do not know. */
static bool pick_slug(
	const struct node_work *w, const struct node_name *name, char **slug, struct err *e)
{
	own_buf struct buf candidate = {0};

	if (name->slug) {
		*slug = mem_strdup(name->slug);
		return usable(w, name->slug, name->flag, e);
	}
	for (unsigned i = 1; i < 10000; i++) {
		own_err struct err taken = {0};

		default_slug(w, name, i, &candidate);
		if (usable(w, buf_z(&candidate), name->flag, &taken)) {
			*slug = buf_steal(&candidate);
			return true;
		}
		if (taken.kind != ERR_PRECONDITION_FAILED)
			return err_move(e, &taken);
	}
	return err_set(
		e, ERR_PRECONDITION_FAILED, "no free slug like %s%s", name->base, name->suffix);
}

/* The id is made here, because the record names a file in its own directory. */
static void name_template(struct node_work *w)
{
	own_buf struct buf dir = {0}, path = {0};

	w->node.id = fresh_id();
	record_dir(w->h, REC_NODE, w->node.id, &dir);
	path_join(&path, buf_z(&dir), "instance.lima.yaml");
	w->node.generated_template_path = buf_steal(&path);
}

/* What the node was planned from, as it is now. */
static bool project_unchanged(struct node_work *w, struct err *e)
{
	struct project now = {.id = mem_strdup(w->project.id)};
	bool same;

	if (!record_again(w->h, REC_PROJECT, &now, e))
		return false;
	same = z_eq(now.workspace_path, w->project.workspace_path);
	fields_fini(&project_fields, &now);
	if (same)
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "project %s got another workspace meanwhile",
		w->project.slug);
	return err_fix(e, "run it again");
}

bool node_record_make(struct node_work *w, const struct node_name *name, struct err *e)
{
	/* While this lock is held the project is neither deleted nor moved, its profile stays,
	 * and the name is not taken. */
	own_lock struct lock lock = LOCK_NONE;

	if (!lock_namespace(w->h, REC_NODE, &lock, e) || !project_unchanged(w, e) ||
		!profile_known(w->h, w->node.agent_profile_name, e) ||
		!pick_slug(w, name, &w->node.slug, e) ||
		!instance_name_fits(w->h->config.lima_home, w->node.slug, e))
		return false;
	w->node.lima_instance_name = mem_strdup(w->node.slug);
	w->node.lifecycle_state = mem_strdup(LIFE_PROVISIONING);
	name_template(w);
	return record_create(w->h, REC_NODE, &w->node, e);
}

bool node_record_refer(struct node_work *w, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	buf_printf(&text, "%s\n", w->node.lima_instance_name);
	return file_replace(
		node_work_path(w, &path, "lima-instance.ref"), buf_view(&text), 0600, e);
}

/* Runs on a fresh context: Ctrl-C must not stop it. The name was free a moment ago, but limactl
 * has no lock: only what carries our mark, is half made, or is known to be ours is removed. */
void node_record_undo(struct node_work *w, bool ours, struct err *e)
{
	struct ctx saved = w->ctx;
	own_err struct err second = {0};

	/* Without the claim somebody else works on the record that we just made. */
	if (!w->node.id || (!w->has_claim && e->kind == ERR_BUSY))
		return;
	w->ctx = ctx_fresh(&saved, 0);
	if (!w->has_lima || node_vm_destroy(w, ours, &second)) {
		record_discard(w->h, REC_NODE, &w->node, &second);
	} else {
		own_err struct err third = {0};

		node_work_lifecycle(w, LIFE_FAILED, &third);
		err_cause(&second, "node %s stays, in state failed", w->node.slug);
		err_fix(e, "codelima node delete %s", w->node.slug);
	}
	err_also(e, &second);
	w->ctx = saved;
}
