#include "ops/fork.h"

#include <errno.h>

#include "base/mem.h"
#include "base/num.h"
#include "model/slug.h"
#include "ops/snapshot_ops.h"
#include "ops/workspace.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/events.h"
#include "store/home_prepare.h"
#include "tree/capture.h"
#include "tree/materialise.h"

struct fork {
	struct home *h;
	struct ctx ctx; /* the job's */
	const struct project_fork *want;
	struct project source, child;
	struct snapshot base;
	bool made_base; /* by this very fork */
	struct buf destination;
	bool was_there;	   /* as an empty directory, */
	unsigned was_mode; /* with this mode */
	char *temp;	   /* the hidden sibling, while it is there */
	bool in_place;
};

/* ---- what can be told to be wrong before anything is done ---- */

static bool check_source(struct fork *f, struct err *e)
{
	if (!record_find_live(f->h, &f->ctx, REC_PROJECT, f->want->source, &f->source, e))
		return false;
	if (f->want->snapshot)
		return snapshot_find(f->h, &f->source, f->want->snapshot, &f->base, e);
	return workspace_usable(f->h, f->source.workspace_path, e);
}

static bool check_slug(const struct fork *f, struct err *e)
{
	return !f->want->slug || (slug_check(str_z(f->want->slug), e) &&
					 slug_free(f->h, &f->ctx, REC_PROJECT, f->want->slug, e));
}

static bool check_destination(struct fork *f, struct err *e)
{
	const char *path;
	struct file_stat st;

	if (!workspace_destination(f->h, f->want->workspace, &f->destination, e))
		return false;
	path = buf_z(&f->destination);
	if (file_is_in(path, f->source.workspace_path)) {
		err_set(e, ERR_INVALID_ARGUMENT, "%s lies in the workspace that is forked, %s",
			path, f->source.workspace_path);
		err_field(e, "workspace_path", path);
		return err_fix(e, "choose a directory outside of it");
	}
	f->was_there = file_stat(path, &st);
	f->was_mode = f->was_there ? st.mode : 0;
	return workspace_check_others(f->h, &f->ctx, path, NULL, false, e);
}

/* ---- the hidden sibling ---- */

#define MARK ".codelima-fork."

/* ".NAME.codelima-fork.PID.START": whose it is can be told when that process is gone. */
static char *sibling(const char *destination)
{
	struct str dir = path_dir(str_z(destination)), base = path_base(str_z(destination));
	struct buf b = {0};
	uint64_t start = 0;

	proc_start_time(proc_self(), &start);
	buf_printf(&b, "%.*s/.%.*s" MARK "%d.%llu", STRF(dir), STRF(base), proc_self(),
		(unsigned long long)start);
	return buf_steal(&b);
}

static bool left_by_dead(struct str name, struct str base)
{
	uint64_t pid = 0, start = 0;
	struct str part;

	if (name.n < 1 + base.n + strlen(MARK) || name.p[0] != '.' ||
		!str_eq(str_n(name.p + 1, base.n), base))
		return false;
	name = str_from(name, 1 + base.n);
	if (!str_starts(name, STR(MARK)))
		return false;
	name = str_from(name, strlen(MARK));
	return str_split(&name, '.', &part) && num_u64(part, &pid) && num_u64(name, &start) &&
	       pid <= INT32_MAX && !proc_alive((int)pid, start);
}

static void sweep(const char *destination)
{
	struct str dir = path_dir(str_z(destination));
	own_mem char *dir_z = mem_strndup(dir.p, dir.n);
	own_strv struct strv names = {0};
	own_buf struct buf path = {0};

	file_list(dir_z, &names, NULL);
	for (size_t i = 0; i < names.n; i++)
		if (left_by_dead(str_z(names.v[i]), path_base(str_z(destination))))
			file_remove_tree(path_join(&path, dir_z, names.v[i]), NULL);
}

/* ---- the work ---- */

static bool take_base(struct fork *f, struct err *e)
{
	if (f->base.id)
		return true;
	f->made_base =
		snapshot_take(f->h, &f->ctx, &f->source, SNAPSHOT_FORK_BASE, NULL, &f->base, e);
	return f->made_base;
}

static void tell_copied(const struct fork *f, const struct materialise_totals *t)
{
	own_buf struct buf text = {0};

	num_count(&text, t->files);
	buf_printf(&text, " files in %s", buf_z(&f->destination));
	ctx_progress(&f->ctx, &(struct progress){.step = "copy",
				      .state = STEP_DONE,
				      .unit = UNIT_BYTES,
				      .done = t->bytes,
				      .total = t->bytes,
				      .message = buf_view(&text)});
}

/* An empty directory that was there keeps its mode; else the workspace's own, which may be
 * gone when an old snapshot is forked. */
static unsigned root_mode(const struct fork *f)
{
	struct file_stat st;

	if (f->was_there)
		return f->was_mode;
	return file_stat(f->source.workspace_path, &st) ? st.mode : 0755;
}

static bool copy(struct fork *f, struct err *e)
{
	own_buf struct buf manifest = {0}, tree = {0};
	struct materialise_totals totals;
	struct materialise_opts o = {.into = NULL, .expect_bytes = (uint64_t)f->base.total_bytes};

	o.manifest = snapshot_path(f->h, f->source.id, f->base.id, CAPTURE_MANIFEST, &manifest);
	o.tree = snapshot_path(f->h, f->source.id, f->base.id, CAPTURE_TREE, &tree);
	sweep(buf_z(&f->destination));
	f->temp = sibling(buf_z(&f->destination));
	o.into = f->temp;
	ctx_step(&f->ctx, "copy", STEP_RUNNING, "into %s", buf_z(&f->destination));
	if (!file_mkdir(f->temp, 0700, e) || !materialise_tree(&o, &f->ctx, &totals, e) ||
		!file_chmod(f->temp, root_mode(f), e) || !file_sync_fs(f->temp, e))
		return false;
	tell_copied(f, &totals);
	return true;
}

/* rename(2) puts a directory over an empty one, and over nothing else. */
static bool put_in_place(struct fork *f, struct err *e)
{
	const char *path = buf_z(&f->destination);
	own_err struct err why = {0};

	if (file_rename(f->temp, path, &why)) {
		f->in_place = true;
		return true;
	}
	f->in_place = !file_exists(f->temp); /* and only the sync failed */
	if (why.sys != ENOTEMPTY && why.sys != EEXIST && why.sys != ENOTDIR)
		return err_move(e, &why);
	err_set(e, ERR_PRECONDITION_FAILED, "%s was taken while it was forked to", path);
	return err_field(e, "workspace_path", path);
}

static void keep(char **slot, const char *value)
{
	free(*slot);
	*slot = mem_strdup(value);
}

/* Everything that the parent sets, and what is the child's own. */
static void inherit(struct fork *f)
{
	struct project *p = &f->child;

	fields_copy(&project_fields, p, &f->source);
	keep(&p->id, NULL);
	keep(&p->slug, NULL);
	keep(&p->created_at, NULL);
	keep(&p->updated_at, NULL);
	keep(&p->workspace_path, buf_z(&f->destination));
	keep(&p->parent_project_id, f->source.id);
	keep(&p->fork_base_snapshot_id, f->base.id);
}

static bool pick_slug(struct fork *f, struct err *e)
{
	own_buf struct buf base = {0}, slug = {0};

	if (f->want->slug) {
		keep(&f->child.slug, f->want->slug);
		return slug_free(f->h, &f->ctx, REC_PROJECT, f->want->slug, e);
	}
	slug_derive(&base, path_base(buf_view(&f->destination)));
	if (!slug_pick(f->h, &f->ctx, REC_PROJECT, buf_view(&base), &slug, e))
		return false;
	f->child.slug = buf_steal(&slug);
	return true;
}

/* The parent and the snapshot as they are now, under the lock that keeps them so. */
static bool still_there(struct fork *f, struct err *e)
{
	struct project now = {0};
	bool deleted;

	if (!record_load(f->h, REC_PROJECT, f->source.id, &now, e))
		return false;
	deleted = now.deleted_at;
	fields_fini(&project_fields, &now);
	if (!deleted && snapshot_exists(f->h, f->source.id, f->base.id))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "%s was deleted while it was forked",
		deleted ? "the project" : "the snapshot");
	return err_field(e, "project_slug", f->source.slug);
}

static bool store_child(struct fork *f, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;

	inherit(f);
	return lock_namespace(f->h, REC_PROJECT, &lock, e) && still_there(f, e) &&
	       pick_slug(f, e) &&
	       workspace_check_others(f->h, NULL, f->child.workspace_path, NULL, false, e) &&
	       put_in_place(f, e) && record_create(f->h, REC_PROJECT, &f->child, e);
}

static void note_events(const struct fork *f)
{
	const char *const born[] = {
		"parent_project_id", f->source.id, "fork_base_snapshot_id", f->base.id, NULL};
	const char *const forked[] = {
		"child_project_id", f->child.id, "fork_base_snapshot_id", f->base.id, NULL};

	event_note(f->h, &f->ctx, REC_PROJECT, f->child.id, "project.created", NULL, born);
	event_note(f->h, &f->ctx, REC_PROJECT, f->source.id, "project.forked", NULL, forked);
}

/* ---- taking it back ---- */

static bool clear_destination(const struct fork *f, struct err *e)
{
	const char *path = buf_z(&f->destination);

	if (f->temp && !f->in_place && !file_remove_tree(f->temp, e))
		return false;
	if (!f->in_place)
		return true;
	return file_remove_tree(path, e) && (!f->was_there || file_mkdir(path, f->was_mode, e));
}

static void take_back(const struct fork *f, struct err *e)
{
	own_err struct err second = {0};

	if (!clear_destination(f, &second))
		err_also(e, &second);
	if (f->made_base && !snapshot_untake(f->h, &f->base, &second))
		err_also(e, &second);
}

static bool work(struct fork *f, struct err *e)
{
	struct job_handle job = {0};
	bool ok;

	if (!job_begin(&job, f->h, "project.fork", f->source.id, f->want->argv, &f->ctx, e))
		return false;
	ok = take_base(f, e) && copy(f, e) && ctx_check(&f->ctx, e) && store_child(f, e);
	if (ok)
		note_events(f);
	else
		take_back(f, e);
	job_end(&job, &f->ctx, ok ? NULL : e);
	return ok;
}

static void fork_fini(struct fork *f)
{
	fields_fini(&project_fields, &f->source);
	fields_fini(&project_fields, &f->child);
	fields_fini(&snapshot_fields, &f->base);
	buf_fini(&f->destination);
	free(f->temp);
}

bool project_fork(struct home *h, const struct ctx *c, const struct project_fork *want,
	struct project *out, struct err *e)
{
	struct fork f = {.h = h, .ctx = *c, .want = want};
	bool ok = check_source(&f, e) && check_slug(&f, e) && check_destination(&f, e) &&
		  home_prepare(h, c, e) && work(&f, e);

	if (ok) {
		*out = f.child;
		f.child = (struct project){0};
	}
	fork_fini(&f);
	return ok;
}
