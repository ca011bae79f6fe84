#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/codec.h"

struct share {
	char *host;
	bool writable;
};

struct size {
	char *memory;
	int64_t cpus;
};

struct thing {
	char *id, *slug, *note, *state;
	bool seeded;
	int64_t count;
	struct strv commands;
	struct strmap environment;
	struct lists overrides;
	struct size size;
	struct share *shares;
	size_t n_shares;
	char *shown;
};

static const struct field share_rows[] = {
	{"host", F_STR, offsetof(struct share, host), F_ID, NULL},
	{"writable", F_BOOL, offsetof(struct share, writable), 0, NULL},
};
static const struct fields share_fields = {"share", share_rows, 2, sizeof(struct share)};

static const struct field size_rows[] = {
	{"memory", F_STR, offsetof(struct size, memory), F_OPT, NULL},
	{"cpus", F_INT, offsetof(struct size, cpus), F_OPT, NULL},
};
static const struct fields size_fields = {"size", size_rows, 2, sizeof(struct size)};

static const struct field thing_rows[] = {
	{"id", F_STR, offsetof(struct thing, id), F_ID, NULL},
	{"slug", F_STR, offsetof(struct thing, slug), 0, NULL},
	{"note", F_STR, offsetof(struct thing, note), F_OPT, NULL},
	{"state", F_STR, offsetof(struct thing, state), F_OPT | F_YAML, NULL},
	{"commands", F_LIST, offsetof(struct thing, commands), 0, NULL},
	{"seeded", F_BOOL, offsetof(struct thing, seeded), 0, NULL},
	{"count", F_INT, offsetof(struct thing, count), F_OPT, NULL},
	{"environment", F_MAP, offsetof(struct thing, environment), F_OPT, NULL},
	{"overrides", F_LISTS, offsetof(struct thing, overrides), F_OPT, NULL},
	{"size", F_REC, offsetof(struct thing, size), F_OPT, &size_fields},
	FIELD_RECS(struct thing, "shares", shares, F_OPT, share_fields),
	{"shown", F_STR, offsetof(struct thing, shown), F_SHOWN, NULL},
};
static const struct fields thing_fields = {
	"thing", thing_rows, countof(thing_rows), sizeof(struct thing)};

static const char full[] = "id: 01a2\n"
			   "slug: api\n"
			   "note: 'a: b'\n"
			   "state: failed\n"
			   "commands:\n"
			   "    - ./script/setup\n"
			   "    - 'echo \"done: yes\" # kept'\n"
			   "seeded: true\n"
			   "count: -7\n"
			   "environment:\n"
			   "    A: \"1\"\n"
			   "    B: |\n"
			   "        x\n"
			   "        y\n"
			   "overrides:\n"
			   "    start:\n"
			   "        - '{{binary}} start'\n"
			   "    stop: []\n"
			   "    bootstrap: false\n"
			   "size:\n"
			   "    memory: 4GiB\n"
			   "    cpus: 2\n"
			   "shares:\n"
			   "    - host: /x\n"
			   "      writable: false\n"
			   "    - host: /y z\n"
			   "      writable: true\n";

static void load(struct thing *t, const char *text)
{
	own_err struct err e = {0};

	if (!codec_read_yaml(&thing_fields, t, str_z(text), "t.yaml", &e))
		fail_msg("%s", buf_z(&e.msg));
}

static void test_round(void **state)
{
	struct thing t = {0};
	own_buf struct buf b = {0};

	(void)state;
	load(&t, full);
	assert_string_equal(t.slug, "api");
	assert_int_equal(t.count, -7);
	assert_string_equal(strmap_get(&t.environment, "B"), "x\ny\n");
	assert_true(lists_get(&t.overrides, "bootstrap")->off);
	assert_int_equal(lists_get(&t.overrides, "stop")->line, 18);
	assert_int_equal(t.n_shares, 2);
	assert_string_equal(t.shares[1].host, "/y z");
	codec_to_yaml(&thing_fields, &t, &b);
	assert_string_equal(buf_z(&b), full);
	fields_fini(&thing_fields, &t);
}

static void test_least(void **state)
{
	struct thing t = {0};
	own_buf struct buf b = {0};

	(void)state;
	load(&t, "{id: x, unknown: [1, {a: b}], note: null, size: ~, shares: }\n");
	assert_null(t.note);
	codec_to_yaml(&thing_fields, &t, &b);
	assert_string_equal(buf_z(&b), "id: x\nslug: \"\"\ncommands: []\nseeded: false\n");
	fields_fini(&thing_fields, &t);
}

static void test_forgiving(void **state)
{
	struct thing t = {0};

	(void)state;
	load(&t, "id: 12\ncommands: echo hi\noverrides: {start: one, bootstrap: off, stop: "
		 "}\nseeded: yes\n");
	assert_string_equal(t.id, "12");
	assert_int_equal(t.commands.n, 1);
	assert_string_equal(t.commands.v[0], "echo hi");
	assert_string_equal(lists_get(&t.overrides, "start")->list.v[0], "one");
	assert_true(lists_get(&t.overrides, "bootstrap")->off);
	assert_int_equal(lists_get(&t.overrides, "stop")->list.n, 0);
	assert_true(t.seeded);
	fields_fini(&thing_fields, &t);
}

/* A second file on top of the first: what it does not name stays. */
static void test_layers(void **state)
{
	struct thing t = {0};

	(void)state;
	load(&t, "id: a\nslug: one\ncommands: [x, y]\nsize: {cpus: 2}\n");
	load(&t, "slug: two\ncommands: [z]\nid: null\nsize: {memory: 1GiB}\n");
	assert_string_equal(t.id, "a");
	assert_string_equal(t.slug, "two");
	assert_int_equal(t.commands.n, 1);
	assert_int_equal(t.size.cpus, 2);
	assert_string_equal(t.size.memory, "1GiB");
	fields_fini(&thing_fields, &t);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"slug: x\n", "t.yaml:1: id is missing"},
		{"", "t.yaml: id is missing"},
		{"- a\n", "t.yaml:1: thing must be a map"},
		{"id: x\nslug: [a]\n", "t.yaml:2: slug must be text"},
		{"id: x\nseeded: 1\n", "t.yaml:2: seeded must be true or false"},
		{"id: x\nseeded: 'true'\n", "t.yaml:2: seeded must be true or false"},
		{"id: x\ncount: 99999999999999999999\n", "t.yaml:2: count must be a whole number"},
		{"id: x\ncount: '1'\n", "t.yaml:2: count must be a whole number"},
		{"id: x\ncommands: {a: b}\n", "t.yaml:2: commands must be a list of texts"},
		{"id: x\ncommands:\n  - a\n  - [b]\n",
			"t.yaml:4: commands must be a list of texts"},
		{"id: x\nenvironment: [a]\n",
			"t.yaml:2: environment must be a map of names to texts"},
		{"id: x\nenvironment: {A: [b]}\n", "t.yaml:2: A must be text"},
		{"id: x\noverrides: [a]\n", "t.yaml:2: overrides must be a map of names to lists"},
		{"id: x\noverrides:\n  start: {a: b}\n", "t.yaml:3: start must be a list of texts"},
		{"id: x\nsize: 4\n", "t.yaml:2: size must be a map"},
		{"id: x\nshares: {a: b}\n", "t.yaml:2: shares must be a list"},
		{"id: x\nshares:\n  - /x\n", "t.yaml:3: shares must be a list of maps"},
		{"id: x\nshares:\n  - host: /x\n  - writable: true\n", "t.yaml:4: host is missing"},
		{"id: [\n",
			"t.yaml:2: did not find expected node content while parsing a flow node"},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		struct thing t = {0};
		own_err struct err e = {0};

		assert_false(codec_read_yaml(&thing_fields, &t, str_z(rows[i].text), "t.yaml", &e));
		assert_string_equal(buf_z(&e.msg), rows[i].why);
		assert_int_equal(e.kind, ERR_METADATA_CORRUPTION);
		assert_memory_equal(&t, &(struct thing){0}, sizeof(t));
	}
}

static void test_json(void **state)
{
	static const char want[] =
		"{\"id\":\"01a2\",\"slug\":\"api\",\"note\":\"a: "
		"b\",\"commands\":[\"./script/setup\","
		"\"echo \\\"done: yes\\\" # kept\"],\"seeded\":true,\"count\":-7,"
		"\"environment\":{\"A\":\"1\",\"B\":\"x\\ny\\n\"},"
		"\"overrides\":{\"start\":[\"{{binary}} start\"],\"stop\":[],\"bootstrap\":false},"
		"\"size\":{\"memory\":\"4GiB\",\"cpus\":2},\"shares\":[{\"host\":\"/"
		"x\",\"writable\":false},"
		"{\"host\":\"/y z\",\"writable\":true}],\"shown\":\"now\"}";
	struct thing t = {0}, back = {0};
	own_buf struct buf b = {0}, yaml = {0};
	struct json_out j = {.out = &b};

	(void)state;
	load(&t, full);
	t.shown = mem_strdup("now");
	codec_to_json(&thing_fields, &t, &j);
	assert_string_equal(buf_z(&b), want);
	assert_true(codec_read_json(&thing_fields, &back, buf_view(&b), "t.json", NULL));
	back.state = mem_strdup("failed");
	codec_to_yaml(&thing_fields, &back, &yaml);
	assert_string_equal(buf_z(&yaml), full);
	assert_false(codec_read_json(
		&thing_fields, &back, STR("{\"id\": \"x\", \"seeded\": 1}"), "t.json", NULL));
	assert_null(back.id);
	fields_fini(&thing_fields, &t);
}

static void test_show(void **state)
{
	struct thing t = {0};
	own_buf struct buf b = {0};

	(void)state;
	load(&t, "{id: x, state: failed}\n");
	t.shown = mem_strdup("running (failed: step 3)");
	codec_show_yaml(&thing_fields, &t, &b);
	assert_string_equal(buf_z(&b), "id: x\nslug: \"\"\ncommands: []\nseeded: false\nshown: "
				       "'running (failed: step 3)'\n");
	fields_fini(&thing_fields, &t);
}

static void updated(const struct thing *t, const char *before, const char *after)
{
	own_buf struct buf b = {0};
	own_err struct err e = {0};

	if (!codec_yaml_update(&thing_fields, t, str_z(before), "t.yaml", &b, &e))
		fail_msg("%s", buf_z(&e.msg));
	assert_string_equal(buf_z(&b), after);
}

static void test_unchanged(void **state)
{
	static const char *const texts[] = {
		full,
		"{id: x}",
		"# c\r\nid:   x # the id\r\ncommands: echo hi\r\nextra: [1]\r\n",
		"\xEF\xBB\xBFid: x\n...\n",
		"id: x\nseeded: no\ncount: 007\nnote: ~\nsize: {}\nshares: []\n",
	};

	(void)state;
	for (size_t i = 0; i < countof(texts); i++) {
		struct thing t = {0};

		load(&t, texts[i]);
		updated(&t, texts[i], texts[i]);
		fields_fini(&thing_fields, &t);
	}
}

static void test_update(void **state)
{
	static const char before[] = "# mine\n"
				     "id: x   # never\n"
				     "mine: [1, 2]   # unknown key\n"
				     "slug: 'old'\n"
				     "note: gone\n"
				     "commands:\n"
				     "- 'a'   # first\n"
				     "- b\n"
				     "\n"
				     "overrides:\n"
				     "  start: [x]\n"
				     "  stop:\n"
				     "  - y\n"
				     "size: {cpus: 2, mine: 1}\n"
				     "shares:\n"
				     "- host: /x\n"
				     "# end\n";
	static const char after[] = "# mine\n"
				    "id: x   # never\n"
				    "mine: [1, 2]   # unknown key\n"
				    "slug: new\n"
				    "commands:\n"
				    "- 'a'   # first\n"
				    "- c\n"
				    "\n"
				    "overrides:\n"
				    "  start: [x]\n"
				    "  bootstrap: false\n"
				    "size: {mine: 1, memory: 1GiB}\n"
				    "shares:\n"
				    "- host: /x\n"
				    "  writable: false\n"
				    "- host: /y\n"
				    "  writable: true\n"
				    "seeded: true\n"
				    "environment:\n"
				    "  A: b\n"
				    "# end\n";
	struct thing t = {0};

	(void)state;
	load(&t, before);
	free(t.slug);
	t.slug = mem_strdup("new");
	free(t.note);
	t.note = NULL;
	strv_remove(&t.commands, 1);
	strv_add(&t.commands, "c");
	t.seeded = true;
	strmap_set(&t.environment, "A", "b");
	strv_clear(&lists_get(&t.overrides, "stop")->list);
	free(lists_get(&t.overrides, "stop")->name);
	lists_get(&t.overrides, "start")[1].name = mem_strdup("bootstrap");
	lists_get(&t.overrides, "bootstrap")->off = true;
	t.size.cpus = 0;
	t.size.memory = mem_strdup("1GiB");
	t.shares = mem_array(t.shares, 2, sizeof(*t.shares));
	t.shares[1] = (struct share){mem_strdup("/y"), true};
	t.n_shares = 2;
	updated(&t, before, after);
	fields_fini(&thing_fields, &t);
}

/* A file of comments only, and one that no longer can hold what it should. */
static void test_update_odd(void **state)
{
	struct thing t = {0};
	own_buf struct buf b = {0};
	own_err struct err e = {0};

	(void)state;
	load(&t, "{id: x, slug: s}");
	updated(&t, "# nothing yet\n", "# nothing yet\nid: x\nslug: s\n");
	assert_false(codec_yaml_update(&thing_fields, &t, STR("id: [\n"), "t.yaml", &b, &e));
	assert_false(codec_yaml_update(&thing_fields, &t, STR("slug: {a: b}\n"), "t.yaml", &b, &e));
	assert_int_equal(e.kind, ERR_METADATA_CORRUPTION);
	free(t.slug);
	t.slug = mem_strdup("not \xFF UTF-8");
	assert_false(codec_yaml_update(&thing_fields, &t, STR("id: x\n"), "t.yaml", &b, &e));
	assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
	assert_int_equal(b.n, 0);
	fields_fini(&thing_fields, &t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_forgiving),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_update_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
