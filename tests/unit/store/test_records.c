/* Creating, finding, changing and listing records; hostile and old ones. */
#include "fixture.h"

#include <sys/wait.h>

#include "data/codec.h"
#include "store/record_find.h"
#include "store/record_index.h"
#include "store/record_list.h"
#include "store/record_store.h"

#define ID(n) "01a20256-0000-7000-8000-00000000000" n

static void add_project(const struct fixture *f, const char *id, const char *slug)
{
	struct project p = {.id = mem_strdup(id),
		.slug = mem_strdup(slug),
		.workspace_path = mem_strdup("/nowhere"),
		.default_lima_template = mem_strdup("template:default")};

	must(record_create(&f->home, REC_PROJECT, &p, e));
	fields_fini(&project_fields, &p);
}

static void created_and_found(void **state)
{
	static const struct {
		const char *ref;
		const char *id; /* NULL: not found */
		enum err_kind kind;
	} t[] = {
		{"api", ID("1"), ERR_NONE},
		{ID("2"), ID("2"), ERR_NONE},
		{"00000002", ID("2"), ERR_NONE},
		{"01a20256", NULL, ERR_INVALID_ARGUMENT},
		{"0000000", NULL, ERR_NOT_FOUND},
		{"nothing", NULL, ERR_NOT_FOUND},
		{"../api", NULL, ERR_NOT_FOUND},
		{"", NULL, ERR_NOT_FOUND},
		{ID("9"), NULL, ERR_NOT_FOUND},
		{"deadbeef", ID("3"), ERR_NONE},
	};
	struct fixture f;

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	add_project(&f, ID("2"), "web");
	add_project(&f, ID("3"), "deadbeef");
	for (size_t i = 0; i < countof(t); i++) {
		own_err struct err why = {0};
		struct project p = {0};
		bool ok = record_find(&f.home, &f.ctx, REC_PROJECT, t[i].ref, &p, &why);

		if (ok != (t[i].id != NULL) || why.kind != t[i].kind)
			fail_msg("%s: %s", t[i].ref, buf_z(&why.msg));
		if (ok)
			assert_string_equal(p.id, t[i].id);
		fields_fini(&project_fields, &p);
	}
	fixture_end(&f);
}

static bool set_deleted(void *rec, void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	((struct project *)rec)->deleted_at = mem_strdup("2026-12-01T00:00:00Z");
	return true;
}

static bool set_slug(void *rec, void *arg, struct err *e)
{
	struct project *p = rec;

	(void)e;
	free(p->slug);
	p->slug = mem_strdup(arg);
	return true;
}

static void live_beats_deleted(void **state)
{
	struct fixture f;
	struct project p = {0};
	own_err struct err why = {0};

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	must(record_update(&f.home, REC_PROJECT, ID("1"), set_deleted, NULL, NULL, e));
	must(slug_free(&f.home, &f.ctx, REC_PROJECT, "api", e));
	must(record_find(&f.home, &f.ctx, REC_PROJECT, "api", &p, e));
	fields_fini(&project_fields, &p);
	assert_false(record_find_live(&f.home, &f.ctx, REC_PROJECT, "api", &p, &why));
	assert_int_equal(why.kind, ERR_PRECONDITION_FAILED);
	add_project(&f, ID("2"), "api");
	assert_false(slug_free(&f.home, &f.ctx, REC_PROJECT, "api", &why));
	must(record_find_live(&f.home, &f.ctx, REC_PROJECT, "api", &p, e));
	assert_string_equal(p.id, ID("2"));
	fields_fini(&project_fields, &p);
	must(record_update(&f.home, REC_PROJECT, ID("2"), set_deleted, NULL, NULL, e));
	assert_false(record_find(&f.home, &f.ctx, REC_PROJECT, "api", &p, &why));
	assert_int_equal(why.kind, ERR_INVALID_ARGUMENT);
	assert_true(str_find_str(buf_view(&why.cause), STR(ID("1") " (deleted)")) < why.cause.n);
	fixture_end(&f);
}

static void slugs_are_picked(void **state)
{
	struct fixture f;
	own_buf struct buf out = {0};

	(void)state;
	fixture_prepared(&f);
	must(slug_pick(&f.home, &f.ctx, REC_PROJECT, STR("api"), &out, e));
	assert_string_equal(buf_z(&out), "api");
	add_project(&f, ID("1"), "api");
	add_project(&f, ID("2"), "api-2");
	must(slug_pick(&f.home, &f.ctx, REC_PROJECT, STR("api"), &out, e));
	assert_string_equal(buf_z(&out), "api-3");
	fixture_end(&f);
}

/* Whatever the index says, the records are the truth. */
static void a_wrong_index_only_costs_time(void **state)
{
	static const char *const entries[] = {
		NULL, "", "x", ID("2") "\n", ID("9") "\n", "../../etc/passwd\n", ID("1")};
	struct fixture f;

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	add_project(&f, ID("2"), "web");
	for (size_t i = 0; i < countof(entries); i++) {
		struct project p = {0};
		own_buf struct buf path = {0};

		if (entries[i])
			put_file(&f, "_index/projects/by-slug/api", entries[i]);
		else
			must(file_unlink(
				home_path(&f.home, &path, "_index/projects/by-slug/api"), e));
		must(record_find(&f.home, &f.ctx, REC_PROJECT, "api", &p, e));
		assert_string_equal(p.id, ID("1"));
		fields_fini(&project_fields, &p);
	}
	fixture_end(&f);
}

static void the_index_follows(void **state)
{
	struct fixture f;
	own_buf struct buf id = {0};
	char other[] = "api-new";

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	assert_true(index_lookup(&f.home, REC_PROJECT, "api", &id));
	assert_string_equal(buf_z(&id), ID("1"));
	must(record_update(&f.home, REC_PROJECT, ID("1"), set_slug, other, NULL, e));
	assert_false(index_lookup(&f.home, REC_PROJECT, "api", &id));
	assert_true(index_lookup(&f.home, REC_PROJECT, "api-new", &id));
	must(record_update(&f.home, REC_PROJECT, ID("1"), set_deleted, NULL, NULL, e));
	assert_false(index_lookup(&f.home, REC_PROJECT, "api-new", &id));
	fixture_end(&f);
}

/* Each of these beside good records: one notice, the others listed, the lookup
 * says what is wrong. */
static void broken_records_hide_nothing(void **state)
{
	own_buf struct buf deep = {0}, bomb = {0};
	struct fixture f;
	const char *texts[] = {"", "a: [", "slug: x\n", "id: " ID("2") "\n", "- 1\n",
		"id: " ID("7") "\nslug: x\nworkspace_path: /x\n", "id: \xff\n", "a: 1\na: 2\n",
		NULL, NULL};

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_putc(&deep, '[');
	buf_puts(&bomb, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 10; i++)
		buf_printf(&bomb, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i,
			i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	texts[8] = buf_z(&deep);
	texts[9] = buf_z(&bomb);
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	add_project(&f, ID("3"), "web");
	put_file(&f, "_index/projects/by-slug/broken", ID("2") "\n");
	for (size_t i = 0; i < countof(texts); i++) {
		own_records struct record_list l = {0};
		own_err struct err why = {0};
		struct project p = {0};
		static const char *const refs[] = {ID("2"), "00000002", "broken"};

		put_file(&f, "projects/" ID("2") "/project.yaml", texts[i]);
		f.notices = 0;
		must(records_list(&f.home, &f.ctx, REC_PROJECT, 0, &l, e));
		assert_int_equal(l.n, 2);
		assert_int_equal(l.skipped, 1);
		assert_int_equal(f.notices, 1);
		assert_true(str_find_str(buf_view(&f.last_notice), STR(ID("2") "/project.yaml")) <
			    f.last_notice.n);
		for (size_t k = 0; k < countof(refs); k++) {
			assert_false(record_find(&f.home, &f.ctx, REC_PROJECT, refs[k], &p, &why));
			assert_int_equal(why.kind, ERR_METADATA_CORRUPTION);
		}
		must(record_find(&f.home, &f.ctx, REC_PROJECT, "web", &p, e));
		fields_fini(&project_fields, &p);
	}
	fixture_end(&f);
}

/* As many as are read by several threads. */
static void a_long_list_is_whole(void **state)
{
	enum { MANY = 300, BAD = 6 };
	own_records struct record_list l = {0};
	struct fixture f;

	(void)state;
	fixture_prepared(&f);
	for (int i = 0; i < MANY; i++) {
		own_buf struct buf file = {0}, text = {0};

		buf_printf(&file, "projects/00000000-0000-7000-8000-%012d/project.yaml", i);
		buf_printf(&text, "id: 00000000-0000-7000-8000-%012d\nslug: n%d\n", i, i);
		buf_puts(&text, "workspace_path: /x\n");
		put_file(&f, file.p, i % (MANY / BAD) == 1 ? "a: [\n" : text.p);
	}
	f.notices = 0;
	must(records_list(&f.home, &f.ctx, REC_PROJECT, 0, &l, e));
	assert_int_equal(l.skipped, BAD);
	assert_int_equal(f.notices, BAD);
	assert_int_equal(l.n, MANY - BAD);
	for (size_t i = 1; i < l.n; i++)
		assert_true(strcmp(((struct project *)record_at(&l, i - 1))->id,
				    ((struct project *)record_at(&l, i))->id) < 0);
	fixture_end(&f);
}

static void odd_directories_hide_nothing(void **state)
{
	struct fixture f;
	own_records struct record_list l = {0};
	own_buf struct buf path = {0};

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	must(file_mkdirs(home_path(&f.home, &path, "projects/" ID("2")), 0700, e));
	put_file(&f, "projects/README/project.yaml", "a: [\n");
	put_file(&f, "projects/" ID("1") "/.project.yaml.0123.tmp", "half");
	put_file(&f, "projects/" ID("3"), "a file");
	must(file_mkdirs(home_path(&f.home, &path, "projects/" ID("4") "/project.yaml"), 0700, e));
	must(records_list(&f.home, &f.ctx, REC_PROJECT, 0, &l, e));
	assert_int_equal(l.n, 1);
	assert_int_equal(f.notices, 3); /* README's record, the file and the directory */
	fixture_end(&f);
}

static void old_shapes(void **state)
{
	static const struct {
		const char *file, *text, *key, *want;
	} t[] = {
		{"environment-configs/" ID("1") "/environment-config.yaml",
			"id: " ID("1") "\nslug: e\n# why\nenvironment_commands: make # here\n", "e",
			"id: " ID("1") "\nslug: e\n# why\nbootstrap_commands: make # here\n"},
		{"environment-configs/" ID("1") "/environment-config.yaml",
			"setup_commands:\n- make\nid: " ID("1") "\nslug: e\n", "e",
			"bootstrap_commands:\n- make\nid: " ID("1") "\nslug: e\n"},
		{"environment-configs/" ID("1") "/environment-config.yaml",
			"bootstrap_commands: [make]\nsetup_commands:\n- old\nid: " ID(
				"1") "\nslug: "
				     "e\n",
			"e", "bootstrap_commands: [make]\nid: " ID("1") "\nslug: e\n"},
	};
	struct fixture f;

	(void)state;
	fixture_prepared(&f);
	for (size_t i = 0; i < countof(t); i++) {
		struct environment env = {0};
		own_buf struct buf text = {0};

		put_file(&f, t[i].file, t[i].text);
		must(record_find(&f.home, &f.ctx, REC_ENVIRONMENT, t[i].key, &env, e));
		assert_int_equal(env.bootstrap_commands.n, 1);
		assert_string_equal(env.bootstrap_commands.v[0], "make");
		get_file(&f, t[i].file, &text);
		assert_string_equal(buf_z(&text), t[i].text);
		fields_fini(&environment_fields, &env);
	}
	fixture_end(&f);
}

#define OLD_NODE "id: " ID("1") "\nslug: n\nproject_id: " ID("2") "\nlima_instance_name: n\n"

static bool clear_lifecycle(void *rec, void *arg, struct err *e)
{
	struct node *n = rec;

	(void)arg;
	(void)e;
	free(n->lifecycle_state);
	n->lifecycle_state = NULL;
	return true;
}

static void old_node_status(void **state)
{
	struct fixture f;
	struct node n = {0};

	(void)state;
	fixture_prepared(&f);
	put_file(&f, "nodes/" ID("1") "/node.yaml", OLD_NODE "status: failed\n");
	must(record_load(&f.home, REC_NODE, ID("1"), &n, e));
	assert_string_equal(n.lifecycle_state, "failed");
	assert_int_equal(n.lima_commands.n, 0);
	fields_fini(&node_fields, &n);
	/* A status that is cleared does not come back. */
	must(record_update(&f.home, REC_NODE, ID("1"), clear_lifecycle, NULL, NULL, e));
	must(record_load(&f.home, REC_NODE, ID("1"), &n, e));
	assert_null(n.lifecycle_state);
	fields_fini(&node_fields, &n);
	put_file(&f, "nodes/" ID("1") "/node.yaml", OLD_NODE "status: running\n");
	must(record_load(&f.home, REC_NODE, ID("1"), &n, e));
	assert_null(n.lifecycle_state);
	fields_fini(&node_fields, &n);
	fixture_end(&f);
}

static bool clear_overrides(void *rec, void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	lists_fini(&((struct project *)rec)->lima_commands);
	return true;
}

static void old_project_commands(void **state)
{
	struct fixture f;
	struct project p = {0};
	own_buf struct buf text = {0};

	(void)state;
	fixture_prepared(&f);
	put_file(&f, "projects/" ID("1") "/project.yaml",
		"id: " ID("1") "\nslug: p\nworkspace_path: /p\nenvironment_commands: make\n");
	must(record_load(&f.home, REC_PROJECT, ID("1"), &p, e));
	assert_string_equal(lists_get(&p.lima_commands, "bootstrap")->list.v[0], "make");
	assert_int_equal(p.environment_configs.n, 0);
	fields_fini(&project_fields, &p);
	must(record_update(&f.home, REC_PROJECT, ID("1"), clear_overrides, NULL, NULL, e));
	get_file(&f, "projects/" ID("1") "/project.yaml", &text);
	assert_true(str_find_str(buf_view(&text), STR("make")) == text.n);
	fixture_end(&f);
}

static void example_block(void **state)
{
	struct fixture f;
	own_buf struct buf text = {0}, open = {0};
	struct project p = {0};
	struct str rest, line;

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	get_file(&f, "projects/" ID("1") "/project.yaml", &text);
	assert_true(str_find_str(buf_view(&text), STR("# lima_commands:\n")) < text.n);
	/* Uncommented, it parses and overrides nothing. */
	rest = buf_view(&text);
	while (str_split(&rest, '\n', &line)) {
		bool block =
			str_starts(line, STR("# lima_commands")) || str_starts(line, STR("#     "));

		buf_str(&open, block ? str_from(line, 2) : line);
		buf_putc(&open, '\n');
	}
	must(codec_read_yaml(&project_fields, &p, buf_view(&open), "project.yaml", e));
	assert_int_equal(p.lima_commands.n, ACT_COUNT);
	for (int a = 0; a < ACT_COUNT; a++) {
		const struct command_level levels[LEVEL_COUNT] = {
			{NULL, NULL}, {&p.lima_commands, NULL}, {NULL, NULL}};
		struct command_list list;

		commands_effective(levels, (enum action)a, &list);
		assert_true(list.builtin);
		strv_fini(&list.commands);
	}
	fields_fini(&project_fields, &p);
	fixture_end(&f);
}

static void order_is_by_time(void **state)
{
	static const char *const times[] = {"2026-11-22T08:18:50.03037953Z",
		"2026-11-22T08:18:50.030379531Z", "2026-11-22T08:18:50.1Z", "2026-11-22T08:18:51Z",
		"2026-11-22T10:18:52+02:00"};
	struct fixture f;
	own_records struct record_list l = {0};

	(void)state;
	fixture_prepared(&f);
	for (size_t i = countof(times); i-- > 0;) {
		own_buf struct buf id = {0};
		struct project p = {.slug = mem_strdup("p"), .workspace_path = mem_strdup("/p")};

		buf_printf(&id, "01a20256-0000-7000-8000-00000000000%zu", 9 - i);
		p.id = mem_strdup(buf_z(&id));
		p.created_at = mem_strdup(times[i]);
		must(record_create(&f.home, REC_PROJECT, &p, e));
		fields_fini(&project_fields, &p);
	}
	must(records_list(&f.home, &f.ctx, REC_PROJECT, 0, &l, e));
	for (size_t i = 0; i < countof(times); i++)
		assert_string_equal(((struct project *)record_at(&l, i))->created_at, times[i]);
	fixture_end(&f);
}

static void here(void **state)
{
	struct fixture f;
	own_buf struct buf outer = {0}, inner = {0};
	struct project p = {0};
	struct node n = {0};
	own_err struct err why = {0};
	own_mem char *old = file_cwd(NULL);

	(void)state;
	fixture_prepared(&f);
	buf_printf(&outer, "%s/w", f.dir);
	buf_printf(&inner, "%s/w/in", f.dir);
	must(file_mkdirs(buf_z(&inner), 0755, e));
	p = (struct project){.id = mem_strdup(ID("2")),
		.slug = mem_strdup("inner"),
		.workspace_path = mem_strdup(buf_z(&inner))};
	must(record_create(&f.home, REC_PROJECT, &p, e));
	fields_fini(&project_fields, &p);
	p = (struct project){.id = mem_strdup(ID("1")),
		.slug = mem_strdup("outer"),
		.workspace_path = mem_strdup(buf_z(&outer))};
	must(record_create(&f.home, REC_PROJECT, &p, e));
	fields_fini(&project_fields, &p);
	assert_int_equal(chdir(buf_z(&inner)), 0);
	must(record_find(&f.home, &f.ctx, REC_PROJECT, ".", &p, e));
	assert_string_equal(p.slug, "inner");
	fields_fini(&project_fields, &p);
	assert_false(record_find(&f.home, &f.ctx, REC_NODE, ".", &n, &why));
	assert_int_equal(why.kind, ERR_NOT_FOUND);
	n = (struct node){.slug = mem_strdup("n"),
		.project_id = mem_strdup(ID("2")),
		.lima_instance_name = mem_strdup("n")};
	must(record_create(&f.home, REC_NODE, &n, e));
	fields_fini(&node_fields, &n);
	must(record_find(&f.home, &f.ctx, REC_NODE, ".", &n, e));
	assert_string_equal(n.slug, "n");
	fields_fini(&node_fields, &n);
	assert_int_equal(chdir(f.dir), 0);
	assert_false(record_find(&f.home, &f.ctx, REC_PROJECT, ".", &p, &why));
	assert_int_equal(chdir(old), 0);
	fixture_end(&f);
}

static bool append_config(void *rec, void *arg, struct err *e)
{
	(void)e;
	strv_add(&((struct project *)rec)->environment_configs, arg);
	return true;
}

/* Processes that change one record at once lose none of their changes. */
static void contention(void **state)
{
	enum { PROCESSES = 4, TIMES = 25 };
	struct fixture f;
	struct project p = {0};
	pid_t pids[PROCESSES];

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			bool ok = true;

			for (int k = 0; k < TIMES; k++) {
				char name[16];

				snprintf(name, sizeof(name), "e%d-%d", i, k);
				ok = ok && record_update(&f.home, REC_PROJECT, ID("1"),
						   append_config, name, NULL, NULL);
			}
			_exit(ok ? 0 : 1);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	must(record_load(&f.home, REC_PROJECT, ID("1"), &p, e));
	assert_int_equal(p.environment_configs.n, PROCESSES * TIMES);
	fields_fini(&project_fields, &p);
	fixture_end(&f);
}

/* A writer that is killed at any moment leaves the old or the new record. */
static void killed_writers(void **state)
{
	struct fixture f;

	(void)state;
	fixture_prepared(&f);
	add_project(&f, ID("1"), "api");
	for (int i = 0; i < 60; i++) {
		struct project p = {0};
		pid_t pid = fork();

		if (pid == 0) {
			for (int k = 0;; k++) {
				char name[16];

				snprintf(name, sizeof(name), "e%d", k);
				record_update(&f.home, REC_PROJECT, ID("1"), append_config, name,
					NULL, NULL);
			}
		}
		usleep((useconds_t)(i * 300));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		must(record_load(&f.home, REC_PROJECT, ID("1"), &p, e));
		assert_string_equal(p.slug, "api");
		fields_fini(&project_fields, &p);
	}
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(created_and_found),
		cmocka_unit_test(live_beats_deleted),
		cmocka_unit_test(slugs_are_picked),
		cmocka_unit_test(a_wrong_index_only_costs_time),
		cmocka_unit_test(the_index_follows),
		cmocka_unit_test(broken_records_hide_nothing),
		cmocka_unit_test(a_long_list_is_whole),
		cmocka_unit_test(odd_directories_hide_nothing),
		cmocka_unit_test(old_shapes),
		cmocka_unit_test(old_node_status),
		cmocka_unit_test(old_project_commands),
		cmocka_unit_test(example_block),
		cmocka_unit_test(order_is_by_time),
		cmocka_unit_test(here),
		cmocka_unit_test(contention),
		cmocka_unit_test(killed_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
