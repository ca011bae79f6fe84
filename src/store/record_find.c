#include "store/record_find.h"

#include "base/escape.h"
#include "base/mem.h"
#include "model/id.h"
#include "model/slug.h"
#include "os/file.h"
#include "store/record_index.h"
#include "store/record_list.h"
#include "store/record_store.h"

/* What a REF hit: indexes into a list, live ones alone when there are any. */
struct hits {
	size_t *at;
	size_t n;
	bool live;
};

static void hits_add(struct hits *hits, size_t i, bool live)
{
	if (live && !hits->live) {
		hits->live = true;
		hits->n = 0;
	}
	if (live == hits->live) {
		hits->at = mem_array(hits->at, hits->n + 1, sizeof(*hits->at));
		hits->at[hits->n++] = i;
	}
}

static void hits_collect(struct hits *hits, const struct record_list *l, const char *ref)
{
	for (size_t i = 0; i < l->n; i++) {
		const void *rec = record_at(l, i);

		if (z_eq(record_get(l->type, rec, SLOT_SLUG), ref) ||
			id_matches(str_z(ref), str_z(record_get(l->type, rec, SLOT_ID))))
			hits_add(hits, i, !record_get(l->type, rec, SLOT_DELETED));
	}
}

static bool ambiguous(
	const struct record_list *l, const struct hits *hits, const char *ref, struct err *e)
{
	own_buf struct buf shown = {0};

	escape_text(&shown, str_z(ref));
	err_set(e, ERR_INVALID_ARGUMENT, "\"%s\" names %zu %ss", buf_z(&shown), hits->n,
		record_word(l->type));
	err_field(e, "query", ref);
	for (size_t i = 0; i < hits->n; i++) {
		const void *rec = record_at(l, hits->at[i]);

		err_cause(e, "%s %s%s", record_get(l->type, rec, SLOT_SLUG),
			record_get(l->type, rec, SLOT_ID), hits->live ? "" : " (deleted)");
	}
	return err_fix(e, "give more of the id");
}

static bool nothing_found(enum record_type t, const char *ref, struct err *e)
{
	own_buf struct buf shown = {0};

	escape_text(&shown, str_z(ref));
	err_set(e, ERR_NOT_FOUND, "there is no %s \"%s\"", record_word(t), buf_z(&shown));
	err_field(e, "query", ref);
	return err_fix(e, "codelima %s list", record_types[t].group);
}

union any_record {
	struct project project;
	struct node node;
	struct environment environment;
};

/* Is this record there, but unreadable, or was it a moment ago? Then e says why. */
static bool is_broken(
	const struct home *h, enum record_type t, const char *id, const char *ref, struct err *e)
{
	own_err struct err why = {0};
	union any_record rec;

	memset(&rec, 0, sizeof(rec));
	if (record_load(h, t, id, &rec, &why)) {
		bool meant = z_eq(record_get(t, &rec, SLOT_SLUG), ref) ||
			     id_matches(str_z(ref), str_z(id));

		fields_fini(record_fields(t), &rec);
		return meant && !err_set(e, ERR_INTERNAL, "%s %s could not be read a moment ago",
					record_word(t), id);
	}
	return why.kind != ERR_NOT_FOUND && !err_move(e, &why);
}

/* What a list skipped over is there, but broken: say so, not "not found". */
static bool broken_hit(const struct home *h, enum record_type t, const char *ref, struct err *e)
{
	own_buf struct buf path = {0}, id = {0};
	own_strv struct strv names = {0};

	if (index_lookup(h, t, ref, &id) && is_broken(h, t, buf_z(&id), ref, e))
		return true;
	file_list(home_path(h, &path, "%s", record_types[t].folder), &names, NULL);
	for (size_t i = 0; i < names.n; i++)
		if (id_matches(str_z(ref), str_z(names.v[i])) &&
			is_broken(h, t, names.v[i], ref, e))
			return true;
	return false;
}

static bool find_in_all(const struct home *h, const struct ctx *c, enum record_type t,
	const char *ref, void *rec, struct err *e)
{
	own_records struct record_list l = {0};
	struct hits hits = {0};
	bool ok = false;

	if (!records_list(h, c, t, LIST_DELETED | LIST_QUIET, &l, e))
		return false;
	hits_collect(&hits, &l, ref);
	if (hits.n == 1) {
		fields_copy(record_fields(t), rec, record_at(&l, hits.at[0]));
		ok = true;
	} else if (hits.n > 1) {
		ambiguous(&l, &hits, ref, e);
	} else if (!l.skipped || !broken_hit(h, t, ref, e)) {
		nothing_found(t, ref, e);
	}
	free(hits.at);
	return ok;
}

/* The index answers alone only where no id can match too. */
static bool could_be_id_piece(struct str ref)
{
	for (size_t i = 0; i < ref.n; i++)
		if (!strchr("0123456789abcdef-", ref.p[i]))
			return false;
	return ref.n >= 8;
}

static bool find_by_index(const struct home *h, enum record_type t, const char *ref, void *rec)
{
	own_buf struct buf id = {0};

	if (could_be_id_piece(str_z(ref)) || !index_lookup(h, t, ref, &id) ||
		!record_load(h, t, buf_z(&id), rec, NULL))
		return false;
	if (z_eq(record_get(t, rec, SLOT_SLUG), ref) && !record_get(t, rec, SLOT_DELETED))
		return true;
	fields_fini(record_fields(t), rec);
	return false;
}

static bool project_here(
	const struct home *h, const struct ctx *c, struct project *out, struct err *e)
{
	own_records struct record_list l = {0};
	const struct project *best = NULL;
	own_mem char *cwd = file_cwd(e);

	if (!cwd || !records_list(h, c, REC_PROJECT, LIST_QUIET, &l, e))
		return false;
	for (size_t i = 0; i < l.n; i++) {
		const struct project *p = record_at(&l, i);

		if (p->workspace_path && file_is_in(cwd, p->workspace_path) &&
			(!best || file_is_in(p->workspace_path, best->workspace_path)))
			best = p;
	}
	if (best) {
		fields_copy(&project_fields, out, best);
		return true;
	}
	err_set(e, ERR_NOT_FOUND, "no project's workspace holds the current directory");
	err_field(e, "query", ".");
	return err_fix(e, "codelima project create --workspace .");
}

static bool node_here(const struct home *h, const struct ctx *c, struct node *out, struct err *e)
{
	own_records struct record_list l = {0};
	struct project p = {0};
	struct hits hits = {0};
	bool ok = false;

	if (!project_here(h, c, &p, e) || !records_list(h, c, REC_NODE, LIST_QUIET, &l, e)) {
		fields_fini(&project_fields, &p);
		return false;
	}
	for (size_t i = 0; i < l.n; i++)
		if (z_eq(((const struct node *)record_at(&l, i))->project_id, p.id))
			hits_add(&hits, i, true);
	if (hits.n == 1) {
		fields_copy(&node_fields, out, record_at(&l, hits.at[0]));
		ok = true;
	} else if (hits.n) {
		ambiguous(&l, &hits, ".", e);
		err_fix(e, "name the node");
	} else {
		err_set(e, ERR_NOT_FOUND, "project %s has no node", p.slug);
		err_field(e, "query", ".");
		err_fix(e, "codelima node create --project %s", p.slug);
	}
	free(hits.at);
	fields_fini(&project_fields, &p);
	return ok;
}

bool record_find(const struct home *h, const struct ctx *c, enum record_type t, const char *ref,
	void *rec, struct err *e)
{
	if (z_eq(ref, ".") && t == REC_PROJECT)
		return project_here(h, c, rec, e);
	if (z_eq(ref, ".") && t == REC_NODE)
		return node_here(h, c, rec, e);
	return find_by_index(h, t, ref, rec) || find_in_all(h, c, t, ref, rec, e);
}

static bool is_live(enum record_type t, void *rec, struct err *e)
{
	if (!record_get(t, rec, SLOT_DELETED))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "%s %s is deleted", record_word(t),
		record_get(t, rec, SLOT_SLUG));
	err_field(e, "id", record_get(t, rec, SLOT_ID));
	err_field(e, "slug", record_get(t, rec, SLOT_SLUG));
	fields_fini(record_fields(t), rec);
	return false;
}

bool record_find_live(const struct home *h, const struct ctx *c, enum record_type t,
	const char *ref, void *rec, struct err *e)
{
	return record_find(h, c, t, ref, rec, e) && is_live(t, rec, e);
}

bool record_again(const struct home *h, enum record_type t, void *rec, struct err *e)
{
	own_mem char *id = mem_strdup(record_get(t, rec, SLOT_ID));

	fields_fini(record_fields(t), rec);
	return record_load(h, t, id, rec, e) && is_live(t, rec, e);
}

static const void *holder(const struct record_list *l, const char *slug)
{
	for (size_t i = 0; i < l->n; i++) {
		const void *rec = record_at(l, i);

		if (z_eq(record_get(l->type, rec, SLOT_SLUG), slug))
			return rec;
		if (l->type == REC_NODE &&
			z_eq(((const struct node *)rec)->lima_instance_name, slug))
			return rec;
	}
	return NULL;
}

bool slug_free(const struct home *h, const struct ctx *c, enum record_type t, const char *slug,
	struct err *e)
{
	own_records struct record_list l = {0};
	const void *rec;

	if (!records_list(h, c, t, LIST_QUIET, &l, e))
		return false;
	rec = holder(&l, slug);
	if (!rec)
		return true;
	err_set(e, ERR_PRECONDITION_FAILED, "slug %s is taken by %s %s", slug, record_word(t),
		record_get(t, rec, SLOT_ID));
	err_field(e, "slug", slug);
	return err_field(e, "id", record_get(t, rec, SLOT_ID));
}

bool slug_pick(const struct home *h, const struct ctx *c, enum record_type t, struct str base,
	struct buf *out, struct err *e)
{
	own_records struct record_list l = {0};

	if (!records_list(h, c, t, LIST_QUIET, &l, e))
		return false;
	buf_clear(out);
	buf_str(out, base);
	for (unsigned i = 2; holder(&l, buf_z(out)); i++)
		slug_numbered(out, base, i);
	return true;
}
