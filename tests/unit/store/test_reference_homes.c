/* Homes that the reference wrote open unchanged and show what it showed. */
#include "fixture.h"

#include "data/codec.h"
#include "store/bootstrap_file.h"
#include "store/events.h"
#include "store/home_prepare.h"
#include "store/profiles.h"
#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

#define NODE "01a20256-26e4-78c1-a61f-4daf7ae9c531"

static json_t *expected(const struct fixture *f, const char *name)
{
	own_buf struct buf path = {0}, text = {0}, home = {0};
	json_t *j = NULL;

	buf_printf(&path, "tests/data/reference-homes/%s/expect.json", name);
	must(file_read(buf_z(&path), &text, 1 << 20, e));
	buf_printf(&home, "%s/home", f->dir);
	replace_all(&text, "@HOME@", buf_z(&home));
	replace_all(&text, "@LIMA@", "/lima");
	replace_all(&text, "@WORK@", f->dir);
	must(json_read(buf_view(&text), buf_z(&path), &j, e));
	return j;
}

/* null, an empty list or map and an absent key are the same. */
static bool nothing(const json_t *j)
{
	const char *key;
	json_t *v;

	if (!j || json_is_null(j) || (json_is_array(j) && !json_array_size(j)))
		return true;
	if (!json_is_object(j))
		return false;
	json_object_foreach((json_t *)j, key, v) if (!nothing(v)) return false;
	return true;
}

static bool same(json_t *a, json_t *b)
{
	const char *key;
	json_t *v;

	if (nothing(a) && nothing(b))
		return true;
	if (!json_is_object(a) || !json_is_object(b))
		return a && b && json_equal(a, b);
	json_object_foreach(a, key, v) if (!same(v, json_object_get(b, key))) return false;
	json_object_foreach(b, key, v) if (!same(v, json_object_get(a, key))) return false;
	return true;
}

static void check_list(const struct fixture *f, enum record_type t, json_t *want)
{
	static const char *const observed[] = {
		"status", "last_runtime_observation", "last_reconciled_at", "updated_at"};
	own_records struct record_list l = {0};

	must(records_list(&f->home, &f->ctx, t, LIST_DELETED, &l, e));
	assert_int_equal(l.n, json_array_size(want));
	for (size_t i = 0; i < l.n; i++) {
		json_t *w = json_array_get(want, i);
		own_buf struct buf text = {0};
		struct json_out out = {.out = &text};
		own_json json_t *got = NULL;

		codec_to_json(record_fields(t), record_at(&l, i), &out);
		must(json_read(buf_view(&text), "record", &got, e));
		for (size_t k = 0; t == REC_NODE && k < countof(observed); k++) {
			json_object_del(got, observed[k]);
			json_object_del(w, observed[k]);
		}
		if (!same(got, w))
			fail_msg("%s\n%s", buf_z(&text), json_dumps(w, 0));
	}
}

static void shows_what_the_reference_showed(void **state)
{
	struct fixture f;
	own_json json_t *want = NULL;

	(void)state;
	fixture_reference(&f, "small");
	want = expected(&f, "small");
	check_list(&f, REC_PROJECT, json_object_get(want, "projects"));
	check_list(&f, REC_NODE, json_object_get(want, "nodes"));
	check_list(&f, REC_ENVIRONMENT, json_object_get(want, "environments"));
	assert_int_equal(f.notices, 0);
	fixture_end(&f);
}

static void reads_write_nothing(void **state)
{
	static const enum record_type types[] = {REC_PROJECT, REC_NODE, REC_ENVIRONMENT};
	struct fixture f;
	own_buf struct buf before = {0}, after = {0};
	own_strv struct strv names = {0};
	struct node n = {0};
	struct bootstrap b = {0};
	struct event_list events = {0};

	(void)state;
	fixture_reference(&f, "small");
	tree_marks(f.home.path, &before);
	fixture_open(&f);
	for (size_t i = 0; i < countof(types); i++) {
		own_records struct record_list l = {0};

		must(records_list(&f.home, &f.ctx, types[i], LIST_DELETED, &l, e));
	}
	must(record_find(&f.home, &f.ctx, REC_NODE, "api-copy", &n, e));
	assert_string_equal(n.id, NODE);
	must(bootstrap_load(&f.home, NODE, &b, e));
	assert_true(b.completed);
	assert_string_equal(b.bootstrap_commands.v[0], "./script/setup");
	assert_int_equal(b.n_steps, 0);
	must(events_read(&f.home, REC_NODE, NODE, &events, e));
	assert_int_equal(events.n, 4);
	must(profile_names(&f.home, &names, e));
	assert_int_equal(names.n, 2);
	slug_free(&f.home, &f.ctx, REC_PROJECT, "new", NULL);
	tree_marks(f.home.path, &after);
	assert_string_equal(buf_z(&before), buf_z(&after));
	event_list_fini(&events);
	bootstrap_fini(&b);
	fields_fini(&node_fields, &n);
	fixture_end(&f);
}

static void preparing_touches_no_record(void **state)
{
	static const char *const kept[] = {"projects", "nodes", "environment-configs",
		"_config/agent-profiles", "_index/projects"};
	struct fixture f;
	own_buf struct buf before = {0}, after = {0}, path = {0};

	(void)state;
	fixture_reference(&f, "small");
	for (size_t i = 0; i < countof(kept); i++)
		tree_marks(home_path(&f.home, &path, "%s", kept[i]), &before);
	must(home_prepare(&f.home, &f.ctx, e));
	for (size_t i = 0; i < countof(kept); i++)
		tree_marks(home_path(&f.home, &path, "%s", kept[i]), &after);
	assert_string_equal(buf_z(&before), buf_z(&after));
	fixture_end(&f);
}

static bool set_seeded(void *rec, void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	((struct node *)rec)->workspace_seeded = false;
	return true;
}

static void an_update_changes_its_lines_only(void **state)
{
	struct fixture f;
	own_buf struct buf before = {0}, after = {0}, path = {0}, odd = {0};
	struct node n = {0};

	(void)state;
	fixture_reference(&f, "small");
	must(home_prepare(&f.home, &f.ctx, e));
	get_file(&f, "nodes/" NODE "/node.yaml", &odd);
	buf_puts(&odd, "# kept: é\nmine:   {a:   1}   # too\n");
	put_file(&f, "nodes/" NODE "/node.yaml", buf_z(&odd));
	must(record_update(&f.home, REC_NODE, NODE, set_seeded, NULL, &n, e));
	get_file(&f, "nodes/" NODE "/node.yaml", &after);
	buf_str(&before, buf_view(&odd));
	replace_all(&before, "workspace_seeded: true", "workspace_seeded: false");
	buf_printf(&path, "updated_at: %s", n.updated_at);
	replace_all(&before, "updated_at: 2026-11-22T08:18:54.790130544Z", buf_z(&path));
	assert_string_equal(buf_z(&before), buf_z(&after));
	fields_fini(&node_fields, &n);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_the_reference_showed),
		cmocka_unit_test(reads_write_nothing),
		cmocka_unit_test(preparing_touches_no_record),
		cmocka_unit_test(an_update_changes_its_lines_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
