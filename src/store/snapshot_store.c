#include "store/snapshot_store.h"

#include <errno.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/num.h"
#include "data/codec.h"
#include "model/id.h"
#include "os/file.h"
#include "os/proc.h"
#include "tree/capture.h"

#define SUMMARY "summary.json"
#define SUMMARY_MAX (1u << 20)

const char *snapshot_path(const struct home *h, const char *project_id, const char *id,
	const char *rel, struct buf *out)
{
	return home_path(
		h, out, "projects/%s/snapshots/%s%s%s", project_id, id, *rel ? "/" : "", rel);
}

bool snapshot_exists(const struct home *h, const char *project_id, const char *id)
{
	own_buf struct buf path = {0};

	return file_exists(snapshot_path(h, project_id, id, CAPTURE_MANIFEST, &path));
}

static const char *folder(const struct home *h, const char *project_id, struct buf *out)
{
	return home_path(h, out, "projects/%s/snapshots", project_id);
}

/* ---- reading ---- */

static char *member(const struct strmap *head, const char *key)
{
	return mem_strdup(strmap_get(head, key));
}

static int64_t number(const struct strmap *head, const char *key)
{
	int64_t v = 0;

	return strmap_get(head, key) && num_i64(str_z(strmap_get(head, key)), &v) ? v : 0;
}

/* Ours stand behind the entries, the reference's before them. */
static bool read_head(const char *path, struct strmap *head, struct err *e)
{
	struct manifest_in *m = manifest_open(path, head, e);
	struct manifest_entry en;
	int got = 0;

	while (m && !(strmap_get(head, "entry_count") && strmap_get(head, "total_bytes")) &&
		(got = manifest_next(m, &en, e)) > 0)
		;
	manifest_close(m);
	return m && got >= 0;
}

static bool from_manifest(const char *path, struct snapshot *s, struct err *e)
{
	struct strmap head = {0};
	bool ok = read_head(path, &head, e);

	if (ok)
		*s = (struct snapshot){.id = member(&head, "id"),
			.project_id = member(&head, "project_id"),
			.kind = member(&head, "kind"),
			.created_at = member(&head, "created_at"),
			.workspace_path = member(&head, "workspace_path"),
			.entry_count = number(&head, "entry_count"),
			.total_bytes = number(&head, "total_bytes"),
			.label = member(&head, "label")};
	strmap_fini(&head);
	return ok;
}

static bool from_summary(const struct home *h, const char *project_id, const char *id,
	struct snapshot *s, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	return file_read(snapshot_path(h, project_id, id, SUMMARY, &path), &text, SUMMARY_MAX, e) &&
	       codec_read_json(&snapshot_fields, s, buf_view(&text), buf_z(&path), e);
}

/* The home may have been moved since the record was written. */
static void place(const struct home *h, struct snapshot *s)
{
	struct buf root = {0};

	snapshot_path(h, s->project_id, s->id, CAPTURE_TREE, &root);
	free(s->tree_root);
	s->tree_root = buf_steal(&root);
}

static bool load(const struct home *h, const char *project_id, const char *id, struct snapshot *s,
	struct err *e)
{
	own_buf struct buf manifest = {0};

	snapshot_path(h, project_id, id, CAPTURE_MANIFEST, &manifest);
	if (!from_summary(h, project_id, id, s, NULL) && !from_manifest(buf_z(&manifest), s, e))
		return false;
	if (z_eq(s->id, id) && z_eq(s->project_id, project_id)) {
		place(h, s);
		return true;
	}
	fields_fini(&snapshot_fields, s);
	err_set(e, ERR_METADATA_CORRUPTION, "%s is of another snapshot", buf_z(&manifest));
	return err_field(e, "path", buf_z(&manifest));
}

bool snapshot_ids(const struct home *h, const char *project_id, struct strv *out, struct err *e)
{
	own_buf struct buf dir = {0};
	own_strv struct strv names = {0};

	if (!file_list(folder(h, project_id, &dir), &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (id_valid(str_z(names.v[i])) && snapshot_exists(h, project_id, names.v[i]))
			strv_add(out, names.v[i]);
	return true;
}

bool snapshots_list(const struct home *h, const struct ctx *c, const char *project_id,
	struct snapshot_list *out, struct err *e)
{
	own_strv struct strv all = {0};

	if (!snapshot_ids(h, project_id, &all, e))
		return false;
	*out = (struct snapshot_list){.v = mem_alloc((all.n + 1) * sizeof(*out->v))};
	for (size_t i = 0; i < all.n; i++) {
		own_err struct err why = {0};

		if (load(h, project_id, all.v[i], &out->v[out->n], &why))
			out->n++;
		else
			ctx_notice(c, LEVEL_WARN, "snapshot %s is left out: %s", all.v[i],
				buf_z(&why.msg));
	}
	return true;
}

void snapshot_list_fini(struct snapshot_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		fields_fini(&snapshot_fields, &l->v[i]);
	free(l->v);
	*l = (struct snapshot_list){0};
}

bool snapshot_find(const struct home *h, const struct project *p, const char *ref,
	struct snapshot *out, struct err *e)
{
	own_strv struct strv all = {0};
	own_buf struct buf shown = {0};
	const char *hit = NULL;
	size_t hits = 0;

	if (!snapshot_ids(h, p->id, &all, e))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		if (!id_matches(str_z(ref), str_z(all.v[i])))
			continue;
		hit = all.v[i];
		hits++;
	}
	if (hits == 1)
		return load(h, p->id, hit, out, e);
	escape_text(&shown, str_z(ref));
	if (hits)
		err_set(e, ERR_INVALID_ARGUMENT, "\"%s\" names %zu snapshots of project %s",
			buf_z(&shown), hits, p->slug);
	else
		err_set(e, ERR_NOT_FOUND, "project %s has no snapshot \"%s\"", p->slug,
			buf_z(&shown));
	err_field(e, "query", ref);
	err_field(e, "project_slug", p->slug);
	return err_fix(e, "codelima project snapshot list %s", p->slug);
}

bool snapshot_newest_with(
	const struct home *h, const char *project_id, const char *rel, struct buf *out)
{
	own_strv struct strv all = {0};

	if (!snapshot_ids(h, project_id, &all, NULL))
		return false;
	for (size_t i = all.n; i-- > 0;)
		if (file_exists(snapshot_path(h, project_id, all.v[i], rel, out))) {
			snapshot_path(h, project_id, all.v[i], "", out);
			return true;
		}
	return false;
}

/* ---- what is neither there nor gone ---- */

/* ".ID.PID.START": whose it is, so that nobody else takes it for a dead one's. */
static char *hidden_path(const struct home *h, const char *project_id, const char *id)
{
	struct buf b = {0};

	home_path(h, &b, "projects/%s/snapshots/.%s.", project_id, id);
	proc_tag(&b);
	return buf_steal(&b);
}

static bool owner_died(const char *name)
{
	struct str rest = str_z(name), part;

	return str_split(&rest, '.', &part) && part.n == 0 && str_split(&rest, '.', &part) &&
	       id_valid(part) && proc_tag_died(rest);
}

static void sweep(const struct home *h, const char *project_id)
{
	own_buf struct buf dir = {0}, path = {0};
	own_strv struct strv names = {0};

	file_list(folder(h, project_id, &dir), &names, NULL);
	for (size_t i = 0; i < names.n; i++)
		if (owner_died(names.v[i]))
			file_remove_tree(path_join(&path, buf_z(&dir), names.v[i]), NULL);
}

bool snapshot_begin(struct snapshot_draft *d, const struct home *h, const char *project_id,
	const char *id, struct err *e)
{
	own_buf struct buf dir = {0};
	struct buf final = {0};

	sweep(h, project_id);
	*d = (struct snapshot_draft){.home = h, .project_id = project_id, .id = id};
	if (!file_mkdirs(folder(h, project_id, &dir), 0700, e))
		return false;
	d->dir = hidden_path(h, project_id, id);
	snapshot_path(h, project_id, id, "", &final);
	d->final = buf_steal(&final);
	if (file_mkdir(d->dir, 0700, e))
		return true;
	snapshot_draft_drop(d);
	return false;
}

static bool write_summary(const char *dir, const struct snapshot *s, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	struct json_out j = {.out = &text};

	codec_to_json(&snapshot_fields, s, &j);
	buf_putc(&text, '\n');
	return file_swap(path_join(&path, dir, SUMMARY), buf_view(&text), 0600, e);
}

bool snapshot_publish(struct snapshot_draft *d, const struct snapshot *s, struct err *e)
{
	if (!write_summary(d->dir, s, e) || !file_sync_fs(d->dir, e) ||
		!file_rename(d->dir, d->final, e))
		return false;
	free(d->dir);
	d->dir = NULL;
	return true;
}

void snapshot_draft_drop(struct snapshot_draft *d)
{
	if (d->dir)
		file_remove_tree(d->dir, NULL);
	free(d->dir);
	free(d->final);
	*d = (struct snapshot_draft){0};
}

bool snapshot_hide(
	const struct home *h, const char *project_id, const char *id, char **hidden, struct err *e)
{
	own_mem char *to = hidden_path(h, project_id, id);
	own_buf struct buf from = {0};

	sweep(h, project_id);
	if (!file_rename(snapshot_path(h, project_id, id, "", &from), to, e))
		return false;
	*hidden = steal(&to);
	return true;
}

bool snapshot_remove_hidden(const char *hidden, struct err *e)
{
	return file_remove_tree(hidden, e);
}
