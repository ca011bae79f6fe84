#include "store/record_list.h"

#include "base/mem.h"
#include "base/num.h"
#include "store/builtin.h"
#include "store/record_scan.h"
#include "store/record_text.h"
#include "tree/parts.h"

static void skip(struct record_list *out, const struct ctx *c, const struct err *why)
{
	out->skipped++;
	ctx_notice(c, LEVEL_WARN, "%s is skipped: %s", record_word(out->type), buf_z(&why->msg));
}

/* What the threads make of one record. */
struct read_record {
	bool there;
	struct err *why; /* when it cannot be read or parsed */
};

struct reading {
	const struct record_scan *scan;
	struct record_list *out;    /* its v has room for all */
	struct read_record *result; /* one per id */
};

static void read_part(size_t from, size_t to, void *arg)
{
	struct reading *r = arg;
	own_scan struct record_scan s = {0};
	enum record_scan_got got;

	record_scan_part(&s, r->scan, from, to);
	for (;;) {
		struct err why = {0};
		size_t i;

		got = record_scan_next(&s, &why);
		if (got == SCAN_END)
			break;
		i = s.at - 1;
		if (got == SCAN_RECORD &&
			record_parse(s.type, s.text, s.path, s.id, record_at(r->out, i), &why)) {
			r->result[i].there = true;
			continue;
		}
		r->result[i].why = mem_alloc(sizeof(why));
		*r->result[i].why = why;
	}
}

/* Moves them together, in the order of the folder, and tells of the bad ones. */
static void gather(struct reading *r, const struct ctx *c)
{
	size_t size = record_fields(r->out->type)->size;

	for (size_t i = 0; i < r->scan->n; i++) {
		struct err *why = r->result[i].why;

		if (r->result[i].there)
			memmove(record_at(r->out, r->out->n++), record_at(r->out, i), size);
		if (!why)
			continue;
		skip(r->out, c, why);
		err_fini(why);
		free(why);
	}
}

static void scan_all(struct record_scan *s, const struct ctx *c, struct record_list *out)
{
	own_mem struct read_record *result = mem_alloc(s->n * sizeof(*result));
	struct reading r = {s, out, result};

	out->v = mem_alloc(s->n * record_fields(s->type)->size);
	parts_do(s->n, read_part, &r);
	gather(&r, c);
	s->at = s->n; /* what is left has names that are no ids */
	for (;;) {
		own_err struct err why = {0};

		if (record_scan_next(s, &why) == SCAN_END)
			break;
		skip(out, c, &why);
	}
}

struct order {
	int64_t seconds;
	uint32_t nanos;
	const char *id;
	size_t at;
};

static int by_creation(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->seconds != y->seconds)
		return x->seconds < y->seconds ? -1 : 1;
	if (x->nanos != y->nanos)
		return x->nanos < y->nanos ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Times are compared as times: their texts cut trailing zeros. */
static void sort_records(struct record_list *l)
{
	size_t size = record_fields(l->type)->size;
	own_mem struct order *keys = mem_alloc(l->n * sizeof(*keys));
	char *sorted = mem_alloc(l->n * size);

	for (size_t i = 0; i < l->n; i++) {
		const void *rec = record_at(l, i);

		keys[i].id = record_get(l->type, rec, SLOT_ID);
		keys[i].at = i;
		time_parse(str_z(record_get(l->type, rec, SLOT_CREATED)), &keys[i].seconds,
			&keys[i].nanos);
	}
	if (l->n)
		qsort(keys, l->n, sizeof(*keys), by_creation);
	for (size_t i = 0; i < l->n; i++)
		memcpy(sorted + i * size, record_at(l, keys[i].at), size);
	free(l->v);
	l->v = sorted;
}

static bool slug_listed(const struct record_list *l, const char *slug)
{
	for (size_t i = 0; i < l->n; i++)
		if (z_eq(record_get(l->type, record_at(l, i), SLOT_SLUG), slug))
			return true;
	return false;
}

/* Told apart from stored ones by nothing: a fresh home must look like a used one. */
static void add_builtins(struct record_list *l)
{
	for (size_t i = 0; i < BUILTIN_ENVIRONMENTS; i++) {
		struct environment fresh = {0};

		if (slug_listed(l, builtin_environments[i].slug))
			continue;
		fields_copy(&environment_fields, &fresh, &builtin_environments[i]);
		l->v = mem_array(l->v, l->n + 1, sizeof(fresh));
		memcpy(record_at(l, l->n++), &fresh, sizeof(fresh));
	}
}

static void drop_deleted(struct record_list *l)
{
	size_t kept = 0, size = record_fields(l->type)->size;

	for (size_t i = 0; i < l->n; i++) {
		void *rec = record_at(l, i);

		if (record_get(l->type, rec, SLOT_DELETED))
			fields_fini(record_fields(l->type), rec);
		else
			memmove(record_at(l, kept++), rec, size);
	}
	l->n = kept;
}

bool records_list(const struct home *h, const struct ctx *c, enum record_type t, unsigned flags,
	struct record_list *out, struct err *e)
{
	own_scan struct record_scan s = {0};

	*out = (struct record_list){.type = t};
	if (!record_scan_open(&s, h, t, e))
		return false;
	scan_all(&s, flags & LIST_QUIET ? NULL : c, out);
	if (t == REC_ENVIRONMENT && !h->schema && !(flags & LIST_STORED))
		add_builtins(out);
	if (!(flags & LIST_DELETED))
		drop_deleted(out);
	sort_records(out);
	return true;
}

void *record_at(const struct record_list *l, size_t i)
{
	return (char *)l->v + i * record_fields(l->type)->size;
}

void record_list_fini(struct record_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		fields_fini(record_fields(l->type), record_at(l, i));
	free(l->v);
	*l = (struct record_list){.type = l->type};
}
