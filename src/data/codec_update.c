#include "data/codec_update.h"

#include "base/mem.h"
#include "data/codec_yaml.h"
#include "data/yamledit.h"

/* As deep as records nest, with the name of a list or an entry behind. */
#define MAX_PATH 8

struct update {
	struct yamledit ed;
	const char *path[MAX_PATH + 1];
	size_t depth;
	struct err *e;
};

static void update_fini(struct update *u)
{
	yamledit_close(&u->ed);
}

static bool update_map(struct update *u, const struct fields *t, const void *old, const void *rec);

static void enter(struct update *u, const char *key)
{
	if (u->depth == MAX_PATH)
		abort(); /* the tables' own nesting, never data's */
	u->path[u->depth++] = key;
	u->path[u->depth] = NULL;
}

static bool leave(struct update *u, bool ok)
{
	u->path[--u->depth] = NULL;
	return ok;
}

static bool remove_key(struct update *u, const char *key)
{
	enter(u, key);
	return leave(u, yamledit_remove(&u->ed, u->path, u->e));
}

static bool update_strmap(struct update *u, const struct strmap *old, const struct strmap *m)
{
	bool ok = true;

	for (size_t i = 0; ok && i < old->keys.n; i++)
		if (!strmap_get(m, old->keys.v[i]))
			ok = remove_key(u, old->keys.v[i]);
	for (size_t i = 0; ok && i < m->keys.n; i++) {
		if (z_eq(strmap_get(old, m->keys.v[i]), m->values.v[i]))
			continue;
		enter(u, m->keys.v[i]);
		ok = leave(u, yamledit_set(&u->ed, u->path, str_z(m->values.v[i]), u->e));
	}
	return ok;
}

static bool update_entry(struct update *u, const struct list_entry *le)
{
	enter(u, le->name);
	if (le->off)
		return leave(u, yamledit_set_plain(&u->ed, u->path, "false", u->e));
	return leave(u, yamledit_set_list(&u->ed, u->path, &le->list, u->e));
}

static bool update_lists(struct update *u, const struct lists *old, const struct lists *l)
{
	bool ok = true;

	for (size_t i = 0; ok && i < old->n; i++)
		if (!lists_get(l, old->v[i].name))
			ok = remove_key(u, old->v[i].name);
	for (size_t i = 0; ok && i < l->n; i++) {
		const struct list_entry *was = lists_get(old, l->v[i].name);

		if (!was || was->off != l->v[i].off || !strv_eq(&was->list, &l->v[i].list))
			ok = update_entry(u, &l->v[i]);
	}
	return ok;
}

/* The lines of a record written whole, without the key and its indentation. */
static void items_of(struct str text, struct buf *out)
{
	struct str line;

	str_split(&text, '\n', &line);
	while (str_split(&text, '\n', &line)) {
		buf_str(out, str_from(line, line.n < 4 ? line.n : 4));
		buf_putc(out, '\n');
	}
}

/* An array of records is written anew as a whole. */
static bool update_recs(struct update *u, const struct field *f, const void *rec)
{
	struct field alone = *f;
	own_buf struct buf text = {0}, items = {0};

	if (fields_empty(f, rec))
		return yamledit_set_list(&u->ed, u->path, &(struct strv){0}, u->e);
	alone.flags &= ~(unsigned)F_OPT;
	codec_to_yaml(&(struct fields){.f = &alone, .n = 1}, rec, &text);
	items_of(buf_view(&text), &items);
	return yamledit_set_yaml(&u->ed, u->path, buf_view(&items), u->e);
}

static bool set_field(struct update *u, const struct field *f, const void *old, const void *rec)
{
	const void *was = (const char *)old + f->offset, *m = (const char *)rec + f->offset;
	char number[24];

	switch (f->type) {
	case F_STR:
		return yamledit_set(&u->ed, u->path, str_z(*(char *const *)m), u->e);
	case F_BOOL:
		return yamledit_set_plain(
			&u->ed, u->path, *(const bool *)m ? "true" : "false", u->e);
	case F_INT:
		snprintf(number, sizeof(number), "%lld", (long long)*(const int64_t *)m);
		return yamledit_set_plain(&u->ed, u->path, number, u->e);
	case F_LIST:
		return yamledit_set_list(&u->ed, u->path, m, u->e);
	case F_MAP:
		return update_strmap(u, was, m);
	case F_LISTS:
		return update_lists(u, was, m);
	case F_REC:
		return update_map(u, f->sub, was, m);
	case F_RECS:
		return update_recs(u, f, rec);
	case F_TYPES:
		break;
	}
	return true;
}

/* Maps lose their entries one by one, so that unknown ones stay. */
static bool is_map(const struct field *f)
{
	return f->type == F_MAP || f->type == F_LISTS || f->type == F_REC;
}

static bool update_map(struct update *u, const struct fields *t, const void *old, const void *rec)
{
	bool ok = true;

	for (size_t i = 0; ok && i < t->n; i++) {
		const struct field *f = &t->f[i];

		if (f->flags & F_SHOWN || fields_equal(f, old, rec))
			continue;
		enter(u, f->name);
		if (f->flags & F_OPT && fields_empty(f, rec) && !is_map(f))
			ok = yamledit_remove(&u->ed, u->path, u->e);
		else
			ok = set_field(u, f, old, rec);
		leave(u, ok);
	}
	return ok;
}

/* What the file says, identity or not: a file of comments is filled. */
static bool read_old(const struct fields *t, void *old, struct update *u, const char *name)
{
	own_mem struct field *f = mem_array(NULL, t->n + 1, sizeof(*f));
	struct fields loose = *t;

	memcpy(f, t->f, t->n * sizeof(*f));
	for (size_t i = 0; i < t->n; i++)
		f[i].flags &= ~(unsigned)F_ID;
	loose.f = f;
	return codec_from_yaml(&loose, old, u->ed.doc.root, name, u->e);
}

bool codec_yaml_update(const struct fields *t, const void *rec, struct str text, const char *name,
	struct buf *out, struct err *e)
{
	__attribute__((cleanup(update_fini))) struct update u = {.e = e};
	void *old;
	bool ok;

	if (!yamledit_open(&u.ed, text, name, e))
		return false;
	old = mem_alloc(t->size);
	ok = read_old(t, old, &u, name) && update_map(&u, t, old, rec);
	fields_fini(t, old);
	free(old);
	if (ok)
		buf_str(out, buf_view(&u.ed.text));
	return ok;
}
