#include "ops/fork.h"

#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "base/num.h"
#include "model/slug.h"
#include "ops/snapshot_ops.h"
#include "ops/workspace.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/events.h"
#include "store/fork_notes.h"
#include "store/fresh_id.h"
#include "store/home_prepare.h"
#include "tree/capture.h"
#include "tree/materialise.h"

struct fork {
	struct home *h;
	struct ctx ctx; /* the job's */
	const struct project_fork *want;
	struct project source, child;
	struct snapshot base;
	struct buf destination;
	bool was_there;	       /* as an empty directory, */
	struct file_stat root; /* with this mode; else that of the new one, and its mtime */
	struct fork_note note; /* what is made; of a dead fork when that is gone on with */
	bool goes_on;
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

/* An empty directory that was there keeps its mode; else the workspace's own, which may be
 * gone when an old snapshot is forked. */
static void look_at_root(struct fork *f)
{
	struct file_stat st;

	f->was_there = file_stat(buf_z(&f->destination), &st);
	if (!file_stat(f->source.workspace_path, &f->root)) {
		f->root.mode = 0755;
		clock_now(&f->root.mtime_s, &f->root.mtime_ns);
	}
	if (f->was_there)
		f->root.mode = st.mode;
}

static bool check_destination(struct fork *f, struct err *e)
{
	const char *path;

	if (!workspace_destination(f->h, f->want->workspace, &f->destination, e))
		return false;
	path = buf_z(&f->destination);
	if (file_is_in(path, f->source.workspace_path)) {
		err_set(e, ERR_INVALID_ARGUMENT, "%s lies in the workspace that is forked, %s",
			path, f->source.workspace_path);
		err_field(e, "workspace_path", path);
		return err_fix(e, "choose a directory outside of it");
	}
	look_at_root(f);
	return workspace_check_others(f->h, &f->ctx, path, NULL, false, e);
}

/* ---- what forks that were killed left ---- */

#define MARK ".codelima-fork."

#define NAME_KEPT 200 /* of NAME_MAX */

/* ".NAME.codelima-fork.PID.START" beside the destination. */
static char *sibling(const char *destination)
{
	struct str dir = path_dir(str_z(destination)), base = path_base(str_z(destination));
	struct buf b = {0};

	if (base.n > NAME_KEPT)
		base.n = NAME_KEPT;
	buf_printf(&b, "%.*s/.%.*s" MARK, STRF(dir), STRF(base));
	proc_tag(&b);
	return buf_steal(&b);
}

static char *tree_name(const char *path)
{
	struct file_stat st;
	struct buf b = {0};

	if (!file_lstat(path, &st))
		return NULL;
	buf_printf(&b, "%" PRIu64 ":%" PRIu64, st.dev, st.ino);
	return buf_steal(&b);
}

static bool is_recorded(const struct record_list *projects, const struct fork_note *n)
{
	for (size_t i = 0; i < projects->n; i++) {
		const struct project *p = (const struct project *)projects->v + i;

		if (z_eq(p->fork_base_snapshot_id, n->snapshot_id) &&
			z_eq(p->workspace_path, n->destination))
			return true;
	}
	return false;
}

/* Its tree is whole and where it was to be, and only the record is missing. */
static bool lacks_record(const struct fork_note *n)
{
	own_mem char *there = tree_name(n->destination);

	return n->tree && z_eq(n->tree, there);
}

static bool is_wanted(const struct fork *f, const struct fork_note *n)
{
	return file_same(n->destination, f->want->workspace) &&
	       (!f->base.id || z_eq(f->base.id, n->snapshot_id));
}

static bool go_on_with(struct fork *f, struct fork_note *n, struct err *e)
{
	if (!f->base.id && !snapshot_find(f->h, &f->source, n->snapshot_id, &f->base, e))
		return false;
	buf_puts(&f->destination, n->destination);
	f->note = *n;
	*n = (struct fork_note){0};
	f->goes_on = f->in_place = true;
	ctx_notice(&f->ctx, LEVEL_WARN, "going on with a fork into %s that was killed",
		f->note.destination);
	return true;
}

static void take_back_dead(const struct fork *f, const struct fork_note *n)
{
	if (str_find_str(path_base(str_z(n->temp)), STR(MARK)) < path_base(str_z(n->temp)).n)
		file_remove_tree(n->temp, NULL);
	if (n->own_snapshot)
		snapshot_untake(f->h, &f->ctx, f->source.id, n->snapshot_id, NULL);
}

static bool mend(struct fork *f, struct err *e)
{
	own_fork_notes struct fork_notes dead = {0};
	own_records struct record_list projects = {0};

	fork_notes_dead(f->h, f->source.id, &dead);
	if (!dead.n)
		return true;
	if (!records_list(f->h, &f->ctx, REC_PROJECT, LIST_QUIET, &projects, e))
		return false;
	for (size_t i = 0; i < dead.n; i++) {
		struct fork_note *n = &dead.v[i];

		if (!is_recorded(&projects, n)) {
			if (lacks_record(n)) {
				if (is_wanted(f, n) && !f->goes_on && !go_on_with(f, n, e))
					return false;
				continue;
			}
			take_back_dead(f, n);
		}
		file_unlink(n->file, NULL);
	}
	return true;
}

/* ---- the work ---- */

/* Said before it is done, so that it can be taken back by another process. */
static bool note_plan(struct fork *f, struct err *e)
{
	f->note.destination = mem_strdup(buf_z(&f->destination));
	f->note.temp = sibling(f->note.destination);
	f->note.own_snapshot = !f->base.id;
	if (!f->base.id)
		f->base.id = fresh_id();
	f->note.snapshot_id = mem_strdup(f->base.id);
	return fork_note_write(f->h, f->source.id, &f->note, e);
}

static bool take_base(struct fork *f, struct err *e)
{
	return !f->note.own_snapshot ||
	       snapshot_take(f->h, &f->ctx, &f->source, SNAPSHOT_FORK_BASE, NULL, &f->base, e);
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

static bool copy(struct fork *f, struct err *e)
{
	own_buf struct buf manifest = {0}, tree = {0};
	struct materialise_totals totals;
	const struct materialise_opts o = {
		.manifest =
			snapshot_path(f->h, f->source.id, f->base.id, CAPTURE_MANIFEST, &manifest),
		.tree = snapshot_path(f->h, f->source.id, f->base.id, CAPTURE_TREE, &tree),
		.into = f->note.temp,
		.root = &f->root,
		.expect_bytes = (uint64_t)f->base.total_bytes,
	};

	ctx_step(&f->ctx, "copy", STEP_RUNNING, "into %s", buf_z(&f->destination));
	if (!file_mkdir(f->note.temp, 0700, e) || !materialise_tree(&o, &f->ctx, &totals, e) ||
		!file_sync_fs(f->note.temp, e))
		return false;
	tell_copied(f, &totals);
	f->note.tree = tree_name(f->note.temp);
	return fork_note_write(f->h, f->source.id, &f->note, e);
}

/* rename(2) puts a directory over an empty one, and over nothing else. */
static bool put_in_place(struct fork *f, struct err *e)
{
	const char *path = buf_z(&f->destination);
	own_err struct err why = {0};

	if (f->in_place)
		return true;
	if (file_rename(f->note.temp, path, &why)) {
		f->in_place = true;
		return true;
	}
	f->in_place = !file_exists(f->note.temp); /* and only the sync failed */
	if (why.sys != ENOTEMPTY && why.sys != EEXIST && why.sys != ENOTDIR)
		return err_move(e, &why);
	err_set(e, ERR_PRECONDITION_FAILED, "%s was taken while it was forked to", path);
	return err_field(e, "workspace_path", path);
}

/* Everything that the parent sets, and what is the child's own. */
static void inherit(struct fork *f)
{
	struct project *p = &f->child;

	fields_copy(&project_fields, p, &f->source);
	mem_set(&p->id, NULL);
	mem_set(&p->slug, NULL);
	mem_set(&p->created_at, NULL);
	mem_set(&p->updated_at, NULL);
	mem_set(&p->workspace_path, buf_z(&f->destination));
	mem_set(&p->parent_project_id, f->source.id);
	mem_set(&p->fork_base_snapshot_id, f->base.id);
}

static bool pick_slug(struct fork *f, struct err *e)
{
	own_buf struct buf base = {0}, slug = {0};

	if (f->want->slug) {
		mem_set(&f->child.slug, f->want->slug);
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

	if (!f->in_place)
		return !f->note.temp || file_remove_tree(f->note.temp, e);
	return file_remove_tree(path, e) && (!f->was_there || file_mkdir(path, f->root.mode, e));
}

/* On a fresh context: a Ctrl-C does not end this too. What could not be taken back stays noted,
 * for the next fork. */
static void take_back(const struct fork *f, struct err *e)
{
	struct ctx calm = ctx_fresh(&f->ctx, 0);
	own_err struct err second = {0};
	bool clean = clear_destination(f, &second);

	if (!clean)
		err_also(e, &second);
	if (f->note.own_snapshot &&
		!snapshot_untake(f->h, &calm, f->source.id, f->base.id, &second)) {
		err_also(e, &second);
		clean = false;
	}
	if (clean)
		fork_note_remove(f->h, f->source.id);
}

static bool make(struct fork *f, struct err *e)
{
	if (note_plan(f, e) && take_base(f, e) && copy(f, e) && ctx_check(&f->ctx, e) &&
		store_child(f, e)) {
		fork_note_remove(f->h, f->source.id);
		return true;
	}
	take_back(f, e);
	return false;
}

/* One that was killed: what it made is not taken back, as a person may have gone on with it. */
static bool finish_dead(struct fork *f, struct err *e)
{
	if (!store_child(f, e))
		return false;
	file_unlink(f->note.file, NULL);
	return true;
}

static bool work(struct fork *f, struct err *e)
{
	struct job_handle job = {0};
	bool ok;

	if (!job_begin(&job, f->h, "fork", f->source.id, f->want->argv, &f->ctx, e))
		return false;
	ok = f->goes_on ? finish_dead(f, e) : make(f, e);
	if (ok)
		note_events(f);
	job_end(&job, &f->ctx, ok ? NULL : e);
	return ok;
}

static void fork_fini(struct fork *f)
{
	fields_fini(&project_fields, &f->source);
	fields_fini(&project_fields, &f->child);
	fields_fini(&snapshot_fields, &f->base);
	buf_fini(&f->destination);
	fork_note_fini(&f->note);
}

bool project_fork(struct home *h, const struct ctx *c, const struct project_fork *want,
	struct project *out, struct err *e)
{
	struct fork f = {.h = h, .ctx = *c, .want = want};
	bool ok = check_source(&f, e) && check_slug(&f, e) && mend(&f, e) &&
		  (f.goes_on || check_destination(&f, e)) && home_prepare(h, c, e) && work(&f, e);

	if (ok) {
		*out = f.child;
		f.child = (struct project){0};
	}
	fork_fini(&f);
	return ok;
}
