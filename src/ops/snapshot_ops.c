#include "ops/snapshot_ops.h"

#include "base/mem.h"
#include "base/num.h"
#include "ops/workspace.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/events.h"
#include "store/fresh_id.h"
#include "store/home_prepare.h"
#include "tree/capture.h"

static void note_event(
	const struct home *h, const struct ctx *c, const struct snapshot *s, const char *type)
{
	const char *const fields[] = {
		"snapshot_id", s->id, "kind", s->kind, "label", s->label, NULL};

	event_note(h, c, REC_PROJECT, s->project_id, type, NULL, fields);
}

/* ---- taking one ---- */

static struct ignore *excludes(const struct home *h)
{
	struct ignore *g = ignore_new();

	for (size_t i = 0; i < h->config.snapshot_excludes.n; i++)
		ignore_add(g, str_z(h->config.snapshot_excludes.v[i]));
	return g;
}

static void describe(const struct home *h, const struct project *p, const char *kind,
	const char *label, struct snapshot *s)
{
	struct buf root = {0};

	s->id = s->id ? s->id : fresh_id();
	s->project_id = mem_strdup(p->id);
	s->kind = mem_strdup(kind);
	clock_stamp(&s->created_at);
	s->workspace_path = mem_strdup(p->workspace_path);
	s->label = mem_strdup(label);
	snapshot_path(h, p->id, s->id, CAPTURE_TREE, &root);
	s->tree_root = buf_steal(&root);
}

static void head_of(const struct snapshot *s, struct strmap *head)
{
	strmap_set(head, "id", s->id);
	strmap_set(head, "project_id", s->project_id);
	strmap_set(head, "kind", s->kind);
	strmap_set(head, "created_at", s->created_at);
	strmap_set(head, "workspace_path", s->workspace_path);
	if (s->label)
		strmap_set(head, "label", s->label);
}

static void notice(
	const struct ctx *c, enum level level, const struct mentions *m, const char *what)
{
	own_buf struct buf text = {0};

	if (!m->n)
		return;
	num_count(&text, m->n);
	buf_printf(&text, " %s: ", what);
	mentions_text(m, &text);
	ctx_notice(c, level, "%s", buf_z(&text));
}

static void tell_totals(const struct ctx *c, const struct capture_totals *t)
{
	own_buf struct buf text = {0};

	num_count(&text, t->files);
	buf_puts(&text, " files, ");
	num_bytes(&text, t->bytes);
	if (t->linked) {
		buf_puts(&text, "; ");
		num_count(&text, t->linked);
		buf_puts(&text, " unchanged since the snapshot before");
	}
	ctx_progress(c, &(struct progress){.step = "snapshot",
				.state = STEP_DONE,
				.unit = UNIT_BYTES,
				.done = t->bytes,
				.total = t->bytes,
				.message = buf_view(&text)});
	notice(c, LEVEL_WARN, &t->special, "not in the snapshot, being sockets, fifos or devices");
	notice(c, LEVEL_INFO, &t->twins,
		"with hard links to other names, each stored as a file of its own");
}

/* For the progress bar. A second snapshot is fast because it copies little: a look over the whole
 * tree first would be felt, and what the one before held is near enough. */
static uint64_t expected_bytes(const struct ctx *c, const struct project *p, const struct home *h,
	const struct capture_opts *o)
{
	own_survey struct survey look = {0};
	struct snapshot last = {0};
	uint64_t bytes = 0;

	if (!o->previous) {
		survey_tree(o->root, o->ignore, c, &look, NULL);
		return look.bytes;
	}
	if (snapshot_find(h, p, path_base(str_z(o->previous)).p, &last, NULL))
		bytes = (uint64_t)last.total_bytes;
	fields_fini(&snapshot_fields, &last);
	return bytes;
}

static void tell_begin(const struct ctx *c, const struct capture_opts *o)
{
	own_buf struct buf text = {0};

	buf_printf(&text, "reading %s", o->root);
	ctx_progress(c, &(struct progress){.step = "snapshot",
				.unit = o->expect_bytes ? UNIT_BYTES : UNIT_NONE,
				.total = o->expect_bytes,
				.message = buf_view(&text)});
}

static bool capture(const struct home *h, const struct ctx *c, const struct project *p,
	const char *into, struct snapshot *s, struct capture_totals *t, struct err *e)
{
	struct ignore *g = excludes(h);
	own_buf struct buf previous = {0};
	struct strmap head = {0};
	struct capture_opts o = {
		.root = s->workspace_path,
		.into = into,
		.ignore = g,
		.head = &head,
		.tree_root = s->tree_root,
		.excludes_in = h->config_path,
	};
	bool ok;

	head_of(s, &head);
	if (snapshot_newest_with(h, s->project_id, CAPTURE_CACHE, &previous))
		o.previous = buf_z(&previous);
	o.expect_bytes = expected_bytes(c, p, h, &o);
	tell_begin(c, &o);
	ok = capture_tree(&o, c, t, e);
	s->entry_count = (int64_t)t->entries;
	s->total_bytes = (int64_t)t->bytes;
	strmap_fini(&head);
	ignore_free(g);
	return ok;
}

bool snapshot_take(const struct home *h, const struct ctx *c, const struct project *p,
	const char *kind, const char *label, struct snapshot *out, struct err *e)
{
	own_snapshot_draft struct snapshot_draft d = {0};
	struct capture_totals t = {0};
	struct snapshot s = {.id = mem_strdup(out->id)};
	bool ok;

	describe(h, p, kind, label, &s);
	ok = snapshot_begin(&d, h, s.project_id, s.id, e) && capture(h, c, p, d.dir, &s, &t, e) &&
	     snapshot_publish(&d, &s, e);
	if (ok) {
		tell_totals(c, &t);
		note_event(h, c, &s, "project.snapshot.created");
		fields_fini(&snapshot_fields, out);
		*out = s;
	} else {
		snapshot_draft_drop(&d); /* it uses the ids of s */
		fields_fini(&snapshot_fields, &s);
	}
	capture_totals_fini(&t);
	return ok;
}

static bool check_label(const char *label, struct err *e)
{
	if (label && !*label)
		return err_set(e, ERR_INVALID_ARGUMENT, "--label is empty");
	if (label && strlen(label) > LABEL_MAX)
		return err_set(
			e, ERR_INVALID_ARGUMENT, "--label is longer than %d bytes", LABEL_MAX);
	return true;
}

static bool create_as_job(const struct home *h, const struct ctx *c, const struct project *p,
	const char *label, const struct strv *argv, struct snapshot *out, struct err *e)
{
	struct ctx mine = *c;
	struct job_handle job = {0};
	bool ok;

	if (!job_begin(&job, h, "snapshot", p->id, argv, &mine, e))
		return false;
	ok = snapshot_take(h, &mine, p, SNAPSHOT_MANUAL, label, out, e);
	job_end(&job, &mine, ok ? NULL : e);
	return ok;
}

bool project_snapshot_create(struct home *h, const struct ctx *c, const char *project,
	const char *label, const struct strv *argv, struct snapshot *out, struct err *e)
{
	struct project p = {0};
	bool ok;

	if (!check_label(label, e) || !record_find_live(h, c, REC_PROJECT, project, &p, e))
		return false;
	ok = workspace_usable(h, p.workspace_path, e) && home_prepare(h, c, e) &&
	     create_as_job(h, c, &p, label, argv, out, e);
	if (!ok)
		err_field(e, "project_slug", p.slug);
	fields_fini(&project_fields, &p);
	return ok;
}

/* ---- the others ---- */

bool project_snapshot_list(const struct home *h, const struct ctx *c, const char *project,
	struct snapshot_list *out, struct err *e)
{
	struct project p = {0};
	bool ok;

	if (!record_find(h, c, REC_PROJECT, project, &p, e))
		return false;
	ok = snapshots_list(h, c, p.id, out, e);
	fields_fini(&project_fields, &p);
	return ok;
}

bool project_snapshot_show(const struct home *h, const struct ctx *c, const char *project,
	const char *ref, struct snapshot *out, struct err *e)
{
	struct project p = {0};
	bool ok;

	if (!record_find(h, c, REC_PROJECT, project, &p, e))
		return false;
	ok = snapshot_find(h, &p, ref, out, e);
	fields_fini(&project_fields, &p);
	return ok;
}

/* A child anywhere: that a snapshot is of another project does not keep an edited record from
 * naming it. */
static bool no_live_forks(const struct home *h, const struct ctx *c, const char *id, struct err *e)
{
	own_records struct record_list l = {0};
	const struct project *child;

	if (!records_list(h, c, REC_PROJECT, LIST_QUIET, &l, e))
		return false;
	for (size_t i = 0; i < l.n; i++) {
		child = (const struct project *)l.v + i;
		if (!z_eq(child->fork_base_snapshot_id, id))
			continue;
		err_set(e, ERR_PRECONDITION_FAILED,
			"snapshot %s is what project %s was forked from", id, child->slug);
		err_field(e, "id", id);
		err_field(e, "project_slug", child->slug);
		err_field(e, "project_id", child->id);
		return err_fix(e, "codelima project delete %s", child->slug);
	}
	return true;
}

/* Under the namespace lock no fork of it can come to be. */
static bool hide_unused(const struct home *h, const struct ctx *c, const char *project_id,
	const char *id, char **hidden, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;

	return lock_namespace(h, REC_PROJECT, &lock, e) && no_live_forks(h, c, id, e) &&
	       snapshot_hide(h, project_id, id, hidden, e);
}

/* It is deleted already: what stays of it only takes room. */
static void remove_content(const struct ctx *c, const char *hidden)
{
	own_err struct err why = {0};

	if (!snapshot_remove_hidden(hidden, &why))
		ctx_notice(c, LEVEL_WARN,
			"what the snapshot held could not all be removed, and goes with the "
			"project's next snapshot: %s",
			buf_z(&why.msg));
}

bool project_snapshot_delete(struct home *h, const struct ctx *c, const char *project,
	const char *ref, struct snapshot *out, struct err *e)
{
	own_mem char *hidden = NULL;

	if (!project_snapshot_show(h, c, project, ref, out, e))
		return false;
	if (home_prepare(h, c, e) && hide_unused(h, c, out->project_id, out->id, &hidden, e)) {
		note_event(h, c, out, "project.snapshot.deleted");
		remove_content(c, hidden);
		return true;
	}
	fields_fini(&snapshot_fields, out);
	return false;
}

bool snapshot_untake(const struct home *h, const struct ctx *c, const char *project_id,
	const char *id, struct err *e)
{
	own_mem char *hidden = NULL;
	own_err struct err used = {0};

	if (!snapshot_exists(h, project_id, id) || !no_live_forks(h, c, id, &used))
		return true;
	return hide_unused(h, c, project_id, id, &hidden, e) && snapshot_remove_hidden(hidden, e);
}
