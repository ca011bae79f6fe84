#include "store/record_names.h"

#include "base/mem.h"
#include "store/record_list.h"
#include "store/record_scan.h"
#include "store/record_text.h"

/* The key whose value tells records of a type apart. */
static const struct str note_keys[REC_TYPES] = {
	[REC_PROJECT] = {"workspace_path: ", 16},
	[REC_NODE] = {"guest_workspace_path: ", 22},
};

/* A slug as we make them, which needs no quotes. */
static bool plain_slug(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			    (s.p[i] == '-' && i)))
			return false;
	return s.n && !str_eq(s, STR("null"));
}

static bool plain_path(struct str s)
{
	return s.n && s.p[0] == '/' && str_find(s, ' ') == s.n;
}

static bool value_of(struct str line, struct str key, struct str *value)
{
	*value = str_from(line, key.n);
	return str_starts(line, key);
}

/* One line that begins in the first column. False: it leaves a doubt. */
static bool take_line(const struct record_scan *s, struct str line, struct record_name *out)
{
	struct str value, *to;

	if (value_of(line, STR("id: "), &value))
		to = &out->id;
	else if (value_of(line, STR("slug: "), &value))
		to = &out->slug;
	else if (note_keys[s->type].n && value_of(line, note_keys[s->type], &value))
		to = &out->note;
	else
		return line.p[0] >= 'a' && line.p[0] <= 'z' && !str_starts(line, STR("id")) &&
		       !str_starts(line, STR("slug")) && !str_starts(line, STR("deleted_at"));
	if (to->n)
		return false;
	*to = value;
	return true;
}

/* True: this is a live record's name, beyond doubt. */
static bool glance(const struct record_scan *s, struct record_name *out)
{
	struct str rest = s->text, line;

	*out = (struct record_name){0};
	while (str_split(&rest, '\n', &line)) {
		bool inner = !line.n || line.p[0] == ' ' || line.p[0] == '#' ||
			     str_starts(line, STR("- "));

		if (!inner && !take_line(s, line, out))
			return false;
	}
	if (!plain_path(out->note))
		out->note = (struct str){0};
	return plain_slug(out->slug) && str_eqz(out->id, s->id);
}

union any_record {
	struct project project;
	struct node node;
	struct environment environment;
};

static struct record_name name_of(enum record_type t, const void *rec)
{
	return (struct record_name){
		.slug = str_z(record_get(t, rec, SLOT_SLUG)),
		.id = str_z(record_get(t, rec, SLOT_ID)),
	};
}

static void parse_and_take(const struct record_scan *s,
	void (*take)(void *arg, const struct record_name *name), void *arg)
{
	union any_record rec;
	struct record_name name;

	memset(&rec, 0, sizeof(rec));
	if (!record_parse(s->type, s->text, s->path, s->id, &rec, NULL))
		return;
	name = name_of(s->type, &rec);
	if (!record_get(s->type, &rec, SLOT_DELETED) && name.slug.n)
		take(arg, &name);
	fields_fini(record_fields(s->type), &rec);
}

/* Few, and some of them may not be stored: as the list has them. */
static bool environment_names(const struct home *h,
	void (*take)(void *arg, const struct record_name *name), void *arg, struct err *e)
{
	own_records struct record_list l = {0};

	if (!records_list(h, NULL, REC_ENVIRONMENT, LIST_QUIET, &l, e))
		return false;
	for (size_t i = 0; i < l.n; i++) {
		struct record_name name = name_of(REC_ENVIRONMENT, record_at(&l, i));

		if (name.slug.n)
			take(arg, &name);
	}
	return true;
}

bool record_names(const struct home *h, enum record_type t,
	void (*take)(void *arg, const struct record_name *name), void *arg, struct err *e)
{
	own_scan struct record_scan s = {0};
	enum record_scan_got got;

	if (t == REC_ENVIRONMENT)
		return environment_names(h, take, arg, e);
	if (!record_scan_open(&s, h, t, e))
		return false;
	while ((got = record_scan_next(&s, NULL)) != SCAN_END) {
		struct record_name name;

		if (got == SCAN_RECORD && glance(&s, &name))
			take(arg, &name);
		else if (got == SCAN_RECORD)
			parse_and_take(&s, take, arg);
	}
	return true;
}
