/* Opening and preparing homes. */
#include "fixture.h"

#include "store/builtin.h"
#include "store/command_files.h"
#include "store/config_file.h"
#include "store/home_prepare.h"
#include "store/profiles.h"
#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

static void missing_home_shows_what_a_fresh_one_holds(void **state)
{
	struct fixture f;
	own_records struct record_list fresh = {0}, later = {0};
	own_strv struct strv names = {0}, names_later = {0};
	struct profile p = {0};

	(void)state;
	fixture_new(&f);
	assert_false(f.home.exists);
	assert_string_equal(f.home.config.default_agent_profile, "codex-cli");
	assert_string_equal(f.home.config.default_template, "template:default");
	assert_string_equal(f.home.config.snapshot_excludes.v[1], ".git");
	must(records_list(&f.home, &f.ctx, REC_ENVIRONMENT, 0, &fresh, e));
	must(profile_names(&f.home, &names, e));
	must(profile_load(&f.home, "claude-code", &p, e));
	assert_string_equal(p.launch_command, "claude");
	assert_false(file_exists(f.home.path));
	must(home_prepare(&f.home, &f.ctx, e));
	fixture_open(&f);
	assert_true(f.home.exists);
	must(records_list(&f.home, &f.ctx, REC_ENVIRONMENT, 0, &later, e));
	must(profile_names(&f.home, &names_later, e));
	assert_true(strv_eq(&names, &names_later));
	assert_int_equal(fresh.n, 2);
	assert_int_equal(later.n, 2);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < environment_fields.n; k++)
			assert_true(fields_equal(&environment_fields.f[k], record_at(&fresh, i),
				record_at(&later, i)));
	fields_fini(&profile_fields, &p);
	fixture_end(&f);
}

static void preparing_twice_changes_nothing(void **state)
{
	struct fixture f;
	own_buf struct buf before = {0}, after = {0};

	(void)state;
	fixture_prepared(&f);
	tree_marks(f.home.path, &before);
	must(home_prepare(&f.home, &f.ctx, e));
	fixture_open(&f);
	must(home_prepare(&f.home, &f.ctx, e));
	tree_marks(f.home.path, &after);
	assert_string_equal(buf_z(&before), buf_z(&after));
	fixture_end(&f);
}

static void modes_are_private(void **state)
{
	struct fixture f;
	own_buf struct buf path = {0};
	struct file_stat st;

	(void)state;
	fixture_prepared(&f);
	assert_true(file_stat(f.home.path, &st));
	assert_int_equal(st.mode, 0700);
	assert_true(file_stat(home_path(&f.home, &path, "_config"), &st));
	assert_int_equal(st.mode, 0700);
	assert_true(file_stat(f.home.config_path, &st));
	assert_int_equal(st.mode, 0600);
	fixture_end(&f);
}

static void newer_schema_is_refused(void **state)
{
	struct fixture f;
	own_buf struct buf before = {0}, after = {0};
	struct home h = {0};
	own_err struct err why = {0};

	(void)state;
	fixture_prepared(&f);
	put_file(&f, "_config/schema", "2\n");
	tree_marks(f.home.path, &before);
	assert_false(home_prepare(&f.home, &f.ctx, &why));
	assert_int_equal(why.kind, ERR_PRECONDITION_FAILED);
	assert_false(home_open(&h, f.home.path, &why));
	home_fini(&h);
	tree_marks(f.home.path, &after);
	assert_string_equal(buf_z(&before), buf_z(&after));
	put_file(&f, "_config/schema", "one\n");
	assert_false(home_open(&h, f.home.path, &why));
	assert_int_equal(why.kind, ERR_METADATA_CORRUPTION);
	home_fini(&h);
	fixture_end(&f);
}

static bool mark_deleted(void *rec, void *arg, struct err *e)
{
	(void)e;
	((struct environment *)rec)->deleted_at = mem_strdup(arg);
	return true;
}

static void config_by_hand_in_a_new_home(void **state)
{
	struct fixture f;
	struct profile p = {0};

	(void)state;
	fixture_new(&f);
	put_file(&f, "_config/config.yaml", "default_template: template:debian\n");
	fixture_open(&f);
	must(profile_load(&f.home, "codex-cli", &p, e));
	fields_fini(&profile_fields, &p);
	must(home_prepare(&f.home, &f.ctx, e));
	must(profile_load(&f.home, "claude-code", &p, e));
	assert_string_equal(f.home.config.default_template, "template:debian");
	fields_fini(&profile_fields, &p);
	fixture_end(&f);
}

static void deleted_builtins_stay_deleted(void **state)
{
	struct fixture f;
	own_records struct record_list l = {0};
	own_strv struct strv names = {0};
	own_buf struct buf path = {0};
	char when[] = "2026-02-01T00:00:00Z";

	(void)state;
	fixture_prepared(&f);
	must(record_update(
		&f.home, REC_ENVIRONMENT, builtin_environments[0].id, mark_deleted, when, NULL, e));
	must(profile_delete(&f.home, "claude-code", e));
	/* As if the first writing command had been killed just before its end. */
	must(file_unlink(home_path(&f.home, &path, "_config/schema"), e));
	fixture_open(&f);
	must(home_prepare(&f.home, &f.ctx, e));
	must(records_list(&f.home, &f.ctx, REC_ENVIRONMENT, 0, &l, e));
	assert_int_equal(l.n, 1);
	must(profile_names(&f.home, &names, e));
	assert_int_equal(names.n, 1);
	fixture_end(&f);
}

static void lima_home_and_moved_profiles(void **state)
{
	struct fixture f;
	own_buf struct buf want = {0};

	(void)state;
	fixture_new(&f);
	put_file(&f, "_config/config.yaml",
		"metadata_root: /somewhere/else\n"
		"agent_profiles_dir: /somewhere/else/_config/agent-profiles\n"
		"lima_home: ~/lima\n");
	fixture_open(&f);
	home_path(&f.home, &want, "_config/agent-profiles");
	assert_string_equal(f.home.config.agent_profiles_dir, buf_z(&want));
	assert_string_equal(f.home.config.metadata_root, f.home.path);
	buf_clear(&want);
	buf_printf(&want, "%s/lima", f.dir);
	assert_string_equal(f.home.config.lima_home, buf_z(&want));
	proc_setenv("LIMA_HOME", "/from/env");
	fixture_open(&f);
	assert_string_equal(f.home.config.lima_home, "/from/env");
	proc_setenv("LIMA_HOME", NULL);
	put_file(&f, "_config/config.yaml", "agent_profiles_dir: /srv/profiles\n");
	fixture_open(&f);
	assert_string_equal(f.home.config.agent_profiles_dir, "/srv/profiles");
	fixture_end(&f);
}

static void config_shapes(void **state)
{
	struct fixture f;
	const struct config *c;

	(void)state;
	fixture_new(&f);
	put_file(&f, "_config/config.yaml",
		"# mine\n"
		"snapshot:\n  excludes: node_modules\n"
		"ports: off\n"
		"deadlines: {start: 45m}\n"
		"resources:\n  memory: 8G\n"
		"setup_commands: echo hi\n"
		"shared_dirs:\n  - host: /srv/data\n    writable: true\n  - {host: /srv/b, guest: "
		"/b}\n");
	fixture_open(&f);
	c = &f.home.config;
	assert_int_equal(c->snapshot_excludes.n, 1);
	assert_string_equal(c->snapshot_excludes.v[0], "node_modules");
	assert_string_equal(c->ports.v[0], "off");
	assert_string_equal(strmap_get(&c->deadlines, "start"), "45m");
	assert_string_equal(c->resources.memory, "8G");
	assert_int_equal(c->n_shared_dirs, 2);
	assert_string_equal(c->shared_dirs[0].host, "/srv/data");
	assert_true(c->shared_dirs[0].writable);
	assert_string_equal(c->shared_dirs[1].guest, "/b");
	assert_string_equal(lists_get(&c->lima_commands, "bootstrap")->list.v[0], "echo hi");
	fixture_end(&f);
}

static void bad_settings(void **state)
{
	static const struct {
		const char *text;
		bool opens;
	} t[] = {
		{"a: [\n", false},
		{"lima_commands: 3\n", false},
		{"ports: [80]\n", true},
		{"deadlines: {start: soon}\n", true},
		{"resources: {memory: 1}\naccelerator: maybe\n", true},
		{"resources: {disk: big}\n", true},
		{"lima_commands: {strat: [x]}\n", true},
		{"lima_commands: {start: ['{{binary}} {{bogus}}']}\n", true},
		{"lima_commands: {start: false}\n", true},
	};
	struct fixture f;

	(void)state;
	fixture_new(&f);
	for (size_t i = 0; i < countof(t); i++) {
		own_err struct err why = {0};
		struct home h = {0};

		put_file(&f, "_config/config.yaml", t[i].text);
		assert_int_equal(home_open(&h, f.home.path, &why), t[i].opens);
		assert_non_null(h.config.lima_home);
		if (t[i].opens) {
			assert_false(home_prepare(&h, &f.ctx, &why));
			assert_int_equal(why.kind, ERR_INVALID_ARGUMENT);
		} else {
			assert_int_equal(why.kind, ERR_METADATA_CORRUPTION);
		}
		home_fini(&h);
	}
	fixture_end(&f);
}

static void own_config_is_read_back(void **state)
{
	struct fixture f;
	own_buf struct buf text = {0};
	struct command_level levels[LEVEL_COUNT] = {{0}};

	(void)state;
	fixture_prepared(&f);
	get_file(&f, "_config/config.yaml", &text);
	fixture_open(&f);
	assert_int_equal(f.home.config.lima_commands.n, ACT_COUNT);
	levels[0].lists = &f.home.config.lima_commands;
	for (int a = 0; a < ACT_COUNT; a++) {
		struct command_list list;

		commands_effective(levels, (enum action)a, &list);
		assert_true(list.builtin);
		strv_fini(&list.commands);
	}
	assert_true(str_starts(buf_view(&text), STR("metadata_root: ")));
	fixture_end(&f);
}

static void homes_that_are_none(void **state)
{
	struct fixture f;
	struct home h = {0};
	own_err struct err why = {0};
	own_buf struct buf path = {0};

	(void)state;
	fixture_new(&f);
	assert_false(home_open(&h, "", &why));
	home_fini(&h);
	buf_printf(&path, "%s/file", f.dir);
	must(file_replace(buf_z(&path), STR("x"), 0600, e));
	assert_false(home_open(&h, buf_z(&path), &why));
	assert_int_equal(why.kind, ERR_INVALID_ARGUMENT);
	home_fini(&h);
	proc_setenv("CODELIMA_HOME", "/from/env");
	must(home_open(&h, NULL, e));
	assert_string_equal(h.path, "/from/env");
	home_fini(&h);
	proc_setenv("CODELIMA_HOME", NULL);
	must(home_open(&h, NULL, e));
	assert_true(str_ends(str_z(h.path), STR("/.codelima")));
	home_fini(&h);
	fixture_end(&f);
}

static void profiles_change(void **state)
{
	struct fixture f;
	struct profile p = {.name = "mine", .launch_command = "run me"}, got = {0};
	own_err struct err why = {0};

	(void)state;
	fixture_prepared(&f);
	must(profile_create(&f.home, &p, e));
	assert_false(profile_create(&f.home, &p, &why));
	assert_int_equal(why.kind, ERR_PRECONDITION_FAILED);
	p.name = "../out";
	assert_false(profile_create(&f.home, &p, &why));
	assert_int_equal(why.kind, ERR_INVALID_ARGUMENT);
	assert_false(profile_load(&f.home, "../config", &got, &why));
	assert_int_equal(why.kind, ERR_NOT_FOUND);
	assert_string_equal(buf_z(&why.fix), "use one of: claude-code, codex-cli, mine");
	/* A copied file that still names its origin. */
	put_file(&f, "_config/agent-profiles/copy.yaml",
		"name: mine\nlaunch_command: other\nkeep_history: false\n");
	must(profile_load(&f.home, "copy", &got, e));
	assert_string_equal(got.name, "copy");
	assert_true(got.keep_history_off);
	fields_fini(&profile_fields, &got);
	must(profile_delete(&f.home, "copy", e));
	assert_false(profile_delete(&f.home, "copy", &why));
	fixture_end(&f);
}

static void commands_files(void **state)
{
	static const struct {
		const char *text;
		const char *bootstrap; /* NULL: refused */
		const char *line;
	} t[] = {
		{"lima_commands:\n  bootstrap: [a]\n", "a", NULL},
		{"bootstrap:\n  - a\nstart: '{{binary}} start {{instance_name}}'\n", "a", NULL},
		{"bootstrap: 'echo {{anything}}'\n", "echo {{anything}}", NULL},
		{"bootstrap: false\n", "", NULL},
		{"", "", NULL},
		{"# only\nbotstrap: [a]\n", NULL, "2"},
		{"start:\n- x\nstop:\n- '{{locator}}'\n", NULL, "3"},
		{"stop: false\n", NULL, "1"},
		{"- a\n", NULL, NULL},
		{"a: [", NULL, NULL},
	};
	struct fixture f;
	own_err struct err why = {0};
	struct lists l = {0};

	(void)state;
	fixture_new(&f);
	for (size_t i = 0; i < countof(t); i++) {
		own_buf struct buf path = {0};
		bool ok;

		put_file(&f, "cmds.yaml", t[i].text);
		ok = commands_load(home_path(&f.home, &path, "cmds.yaml"), &l, &why);
		if (ok != (t[i].bootstrap != NULL))
			fail_msg("%s: %s", t[i].text, buf_z(&why.msg));
		if (ok && *t[i].bootstrap)
			assert_string_equal(lists_get(&l, "bootstrap")->list.v[0], t[i].bootstrap);
		if (!ok)
			assert_int_equal(why.kind, ERR_INVALID_ARGUMENT);
		for (size_t k = 0; !ok && t[i].line && k < why.n_fields; k++)
			if (z_eq(why.fields[k].name, "line"))
				assert_string_equal(why.fields[k].value, t[i].line);
	}
	assert_false(commands_load("/nowhere/cmds.yaml", &l, &why));
	assert_int_equal(why.kind, ERR_INVALID_ARGUMENT);
	lists_fini(&l);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_home_shows_what_a_fresh_one_holds),
		cmocka_unit_test(preparing_twice_changes_nothing),
		cmocka_unit_test(modes_are_private),
		cmocka_unit_test(newer_schema_is_refused),
		cmocka_unit_test(config_by_hand_in_a_new_home),
		cmocka_unit_test(deleted_builtins_stay_deleted),
		cmocka_unit_test(lima_home_and_moved_profiles),
		cmocka_unit_test(config_shapes),
		cmocka_unit_test(bad_settings),
		cmocka_unit_test(own_config_is_read_back),
		cmocka_unit_test(homes_that_are_none),
		cmocka_unit_test(profiles_change),
		cmocka_unit_test(commands_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
