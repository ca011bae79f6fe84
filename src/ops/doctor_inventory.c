#include "ops/doctor_inventory.h"

#include "base/mem.h"
#include "os/file.h"
#include "store/bootstrap_file.h"
#include "store/profiles.h"

struct notice_catcher {
	struct sink sink;
	struct finding *to;
};

static void catch_notice(struct sink *s, enum level level, struct str text)
{
	struct notice_catcher *k = (struct notice_catcher *)s;

	(void)level;
	finding_add(k->to, "%.*s", STRF(text));
}

static void load_profiles(struct inventory *v)
{
	own_err struct err e = {0};

	if (!profile_names(v->h, &v->profiles, &e))
		finding_add(&v->corrupt, "%s", buf_z(&e.msg));
	for (size_t i = 0; i < v->profiles.n; i++) {
		own_err struct err why = {0};
		struct profile p = {0};

		if (!profile_load(v->h, v->profiles.v[i], &p, &why))
			finding_add(&v->corrupt, "%s", buf_z(&why.msg));
		fields_fini(&profile_fields, &p);
	}
}

static void load_bootstrap(struct inventory *v, const struct node *n)
{
	own_buf struct buf path = {0};
	own_err struct err why = {0};
	struct bootstrap b = {0};

	if (n->deleted_at || !file_exists(home_path(v->h, &path, "nodes/%s/bootstrap.json", n->id)))
		return;
	if (!bootstrap_load(v->h, n->id, &b, &why))
		finding_add(&v->corrupt, "%s", buf_z(&why.msg));
	bootstrap_fini(&b);
}

void inventory_load(struct inventory *v)
{
	struct notice_catcher k = {.sink = {.notice = catch_notice}, .to = &v->corrupt};
	struct ctx c = *v->ctx;

	c.sink = &k.sink;
	for (int t = 0; t < REC_TYPES; t++) {
		own_err struct err e = {0};

		if (!records_list(v->h, &c, (enum record_type)t, LIST_DELETED | LIST_STORED,
			    &v->of[t], &e))
			finding_add(&v->corrupt, "%s", buf_z(&e.msg));
	}
	load_profiles(v);
	for (size_t i = 0; i < v->of[REC_NODE].n; i++)
		load_bootstrap(v, inventory_node(v, i));
}

const void *inventory_find(const struct inventory *v, enum record_type t, enum record_slot slot,
	const char *value, bool live)
{
	for (size_t i = 0; value && i < v->of[t].n; i++) {
		const void *rec = record_at(&v->of[t], i);

		if (z_eq(record_get(t, rec, slot), value) &&
			!(live && record_get(t, rec, SLOT_DELETED)))
			return rec;
	}
	return NULL;
}

const struct node *inventory_node(const struct inventory *v, size_t i)
{
	return record_at(&v->of[REC_NODE], i);
}

const struct node *inventory_instance(const struct inventory *v, const char *instance)
{
	for (size_t i = 0; i < v->of[REC_NODE].n; i++) {
		const struct node *n = inventory_node(v, i);

		if (!n->deleted_at && z_eq(n->lima_instance_name, instance))
			return n;
	}
	return NULL;
}

void inventory_fini(struct inventory *v)
{
	for (int t = 0; t < REC_TYPES; t++)
		record_list_fini(&v->of[t]);
	strv_fini(&v->profiles);
	finding_fini(&v->corrupt);
}
