/* limactl_call and its kin against small programs that behave as limactl may. */
#include "scratch.h"

#include <signal.h>

#include "base/mem.h"
#include "lima/actions.h"
#include "lima/limactl.h"
#include "notices.h"
#include "os/clock.h"
#include "os/proc.h"

static struct config config;
static struct limactl lima;

static int setup(void **state)
{
	if (scratch_make(state))
		return -1;
	config = (struct config){0};
	strmap_set(&config.deadlines, "slow", "300ms");
	lima = (struct limactl){.binary = mem_strdup(in_scratch("limactl")),
		.lima_home = mem_strdup(scratch),
		.config = &config};
	strv_add(&lima.env, "SSH_AUTH_SOCK");
	strv_addf(&lima.env, "LIMA_HOME=%s", scratch);
	return 0;
}

static int teardown(void **state)
{
	limactl_fini(&lima);
	strmap_fini(&config.deadlines);
	buf_fini(&told);
	return scratch_drop(state);
}

static void stand_in(const char *script)
{
	own_buf struct buf b = {0};

	buf_printf(&b, "#!/bin/sh\n%s\n", script);
	put_file("limactl", b.p, 0755);
}

/* `words` are cut at spaces. */
static bool call(
	const char *words, const char *kind, struct buf *out, const struct run *more, struct err *e)
{
	own_strv struct strv args = {0};
	struct str rest = str_z(words), word;

	while (str_split(&rest, ' ', &word))
		strv_addn(&args, word);
	return limactl_call(&lima, &keeping_ctx, kind, &args, out, more, e);
}

static void arguments_and_environment(void **state)
{
	(void)state;
	own_buf struct buf out = {0}, expected = {0};

	proc_setenv("SSH_AUTH_SOCK", "/tmp/agent");
	stand_in("printf '<%s>' \"$@\"; echo \" $LIMA_HOME ${SSH_AUTH_SOCK:-off}\"; cat");
	assert_true(call("start -y api", "start", &out, NULL, NULL));
	buf_printf(&expected, "<start><--log-format><json><-y><api> %s off\n", scratch);
	assert_string_equal(out.p, expected.p);
	buf_clear(&out);
	assert_true(call("template copy --fill x -", "template_copy", &out, NULL, NULL));
	assert_true(str_starts(
		buf_view(&out), STR("<template><copy><--log-format><json><--fill><x><->")));
	proc_setenv("SSH_AUTH_SOCK", NULL);
}

static void words_of_the_tool_become_plain_text(void **state)
{
	(void)state;
	own_buf struct buf said = {0};
	own_err struct err e = {0};

	stand_in("echo to stdout\n"
		 "echo '{\"level\":\"info\",\"msg\":\"Starting\",\"time\":\"x\"}' >&2\n"
		 "echo 'Downloading the image' >&2\n"
		 "echo '{\"level\":\"warning\",\"msg\":\"odd\",\"error\":\"no \\u001b[31m\"}' >&2\n"
		 "echo '{\"level\":\"info\", broken' >&2\n"
		 "echo '{\"level\":\"fatal\",\"msg\":\"exiting\"}' >&2; exit 3");
	assert_false(call("start api", "start", NULL, NULL, &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_string_equal(e.msg.p, "limactl start failed with exit status 3");
	assert_string_equal(str_trim(buf_view(&e.cause)).p,
		"Starting\nDownloading the image\nwarning: odd: no \x1b[31m\n"
		"{\"level\":\"info\", broken\nfatal: exiting");
	assert_string_equal(e.fields[0].name, "command");
	take_told(&said);
	assert_non_null(strstr(said.p, "log to stdout\n"));
	assert_non_null(strstr(said.p, "log warning: odd: no \x1b[31m\n"));
	assert_null(strstr(said.p, "\"level\":\"fatal\""));
}

static size_t count_lines(struct str s)
{
	size_t n = 0;

	for (struct str line; str_split(&s, '\n', &line);)
		n += line.n > 0;
	return n;
}

static void only_the_last_messages_are_the_cause(void **state)
{
	(void)state;
	own_err struct err e = {0};

	stand_in("i=0; while [ $i -lt 500 ]; do i=$((i+1)); "
		 "echo \"{\\\"level\\\":\\\"info\\\",\\\"msg\\\":\\\"line $i\\\"}\" >&2; done; "
		 "exit 1");
	assert_false(call("create", "create", NULL, NULL, &e));
	assert_int_equal(count_lines(buf_view(&e.cause)), 20);
	assert_true(str_starts(buf_view(&e.cause), STR("line 481\n")));
}

static void one_that_hangs(void **state)
{
	(void)state;
	own_err struct err e = {0};
	int64_t start = clock_mono_ms();

	stand_in("echo '{\"level\":\"info\",\"msg\":\"waiting\"}' >&2; exec sleep 60");
	assert_false(call("start api", "slow", NULL, NULL, &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_true(clock_mono_ms() - start < 5000);
	assert_non_null(strstr(e.cause.p, "waiting"));
	assert_null(strstr(e.cause.p, "level"));
}

static void one_that_floods(void **state)
{
	(void)state;
	own_buf struct buf out = {0};
	own_err struct err e = {0};

	stand_in("head -c 100000000 /dev/zero; exit 0");
	assert_false(call("list", "list", &out, NULL, &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_true(out.n <= 16u << 20);
}

static volatile sig_atomic_t cancelled;

static bool cancel_soon(void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	cancelled = SIGINT;
	return true;
}

static void cancelled_while_it_runs(void **state)
{
	(void)state;
	struct ctx c = {.cancel = &cancelled};
	struct run more = {.on_tick = cancel_soon, .tick_ms = 20};
	own_strv struct strv args = {0};
	own_err struct err e = {0};

	cancelled = 0;
	stand_in("exec sleep 60");
	strv_add(&args, "start");
	assert_false(limactl_call(&lima, &c, "start", &args, NULL, &more, &e));
	assert_int_equal(e.kind, ERR_INTERRUPTED);
}

static void versions(void **state)
{
	(void)state;
	static const struct {
		const char *script, *version; /* NULL: DependencyUnavailable */
		bool enough;
	} cases[] = {
		{"echo limactl version 2.2.0", "2.2.0", true},
		{"echo limactl version 2.1.0-beta.1", "2.1.0-beta.1", true},
		{"echo limactl version v3.0.0-12-gabc", "3.0.0-12-gabc", true},
		{"echo limactl version 10.0", "10.0", true},
		{"echo limactl version 2.0.3", "2.0.3", false},
		{"echo limactl version 1.2.1", "1.2.1", false},
		{"echo limactl version HEAD-abc", NULL, false},
		{"echo", NULL, false},
		{"echo hello", NULL, false},
		{"head -c 9000000 /dev/urandom", NULL, false},
		{"echo 'limactl: must not run as the root user' >&2; exit 1", NULL, false},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		own_buf struct buf v = {0};
		own_err struct err e = {0};

		stand_in(cases[i].script);
		if (limactl_version(&lima, &keeping_ctx, &v, &e) != !!cases[i].version)
			fail_msg("%s", cases[i].script);
		if (cases[i].version)
			assert_string_equal(v.p, cases[i].version);
		else
			assert_int_equal(e.kind, ERR_DEPENDENCY_UNAVAILABLE);
		err_fini(&e);
		assert_int_equal(limactl_check_version(&lima, &keeping_ctx, &e), cases[i].enough);
		assert_int_equal(e.kind, cases[i].enough ? ERR_NONE : ERR_DEPENDENCY_UNAVAILABLE);
	}
}

static void inspecting(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		bool ok, found;
	} cases[] = {
		{"echo '{\"name\":\"api\",\"status\":\"Running\",\"config\":{}}'", true, true},
		{"echo '{\"name\":\"api-2\"}'", true, false},
		{"echo '{\"name\":\"api-2\"}'; echo '{\"name\":\"api\"}'", true, true},
		{"echo 'No instance matching api found.' >&2; exit 1", true, false},
		{"exit 0", true, false},
		{"echo garbage", false, false},
		{"echo '{\"name\":'", false, false},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		own_json json_t *j = NULL;
		own_err struct err e = {0};

		stand_in(cases[i].script);
		if (limactl_inspect(&lima, &keeping_ctx, "api", &j, &e) != cases[i].ok ||
			!!j != cases[i].found)
			fail_msg("%s: %s", cases[i].script, buf_z(&e.msg));
		if (!cases[i].ok)
			assert_int_equal(e.kind, ERR_DEPENDENCY_UNAVAILABLE);
	}
}

static void a_list_that_fails_is_no_missing_instance(void **state)
{
	(void)state;
	own_json json_t *j = NULL;
	own_err struct err e = {0};

	put_dir("api");
	stand_in("echo broken >&2; exit 1");
	assert_false(limactl_inspect(&lima, &keeping_ctx, "api", &j, &e));
	assert_int_equal(e.kind, ERR_DEPENDENCY_UNAVAILABLE);
}

static void command_list_of(enum action a, struct command_list *l)
{
	const struct command_level none[LEVEL_COUNT] = {{NULL, NULL}};

	commands_effective(none, a, l);
}

static void built_in_actions(void **state)
{
	(void)state;
	struct resources res = {.cpus = 3, .memory = (char[]){"6GiB"}, .disk = (char[]){"512MiB"}};
	static const struct action_vars v = {.instance_name = "api",
		.template_path = "/x y/t.yaml",
		.source_path = "/s",
		.copy_target = "api:/t",
		.recursive = true};
	static const struct {
		enum action a;
		const char *expected;
	} cases[] = {
		{ACT_CREATE, "<create><-y><--name><api><--cpus=3><--memory=6><--disk=0.5>"
			     "</x y/t.yaml>"},
		{ACT_START, "<start><-y><api>"},
		{ACT_DELETE, "<delete><-f><api>"},
		{ACT_COPY, "<copy><-r></s><api:/t>"},
	};

	stand_in("n=$1; shift 3; printf '<%s>' \"$n\" \"$@\"");
	for (size_t i = 0; i < countof(cases); i++) {
		struct command_list l = {0};
		own_buf struct buf out = {0};

		command_list_of(cases[i].a, &l);
		assert_true(action_run(
			&lima, &keeping_ctx, cases[i].a, &l, &v, &res, &out, NULL, NULL));
		assert_string_equal(out.p, cases[i].expected);
		strv_fini(&l.commands);
	}
}

static void a_persons_own_commands(void **state)
{
	(void)state;
	static const struct action_vars v = {.instance_name = "it's $(id)"};
	struct command_list l = {.file = "/p/project.yaml"};
	own_buf struct buf out = {0};
	own_err struct err e = {0};

	stand_in("printf '<%s>' \"$@\"");
	strv_add(&l.commands, "echo first");
	strv_add(
		&l.commands, "x={{instance_name}}; {{binary}} go \"$x\" '{{instance_name}}' | cat");
	assert_true(action_run(&lima, &keeping_ctx, ACT_START, &l, &v, NULL, &out, NULL, NULL));
	assert_string_equal(out.p, "<go><it's $(id)><it's $(id)>");
	strv_add(&l.commands, "echo why >&2; exit 9");
	strv_add(&l.commands, "echo never");
	assert_false(action_run(&lima, &keeping_ctx, ACT_START, &l, &v, NULL, &out, NULL, &e));
	assert_string_equal(e.msg.p, "the start command failed with exit status 9");
	assert_non_null(strstr(e.cause.p, "why\n"));
	assert_non_null(
		strstr(e.cause.p, "this is command 3 of lima_commands.start in /p/project.yaml"));
	strv_fini(&l.commands);
}

static void guest_scripts(void **state)
{
	(void)state;
	static const struct action_vars v = {.target_path = "/a b/c", .target_parent = "/a b"};
	struct command_list l = {0};
	own_buf struct buf script = {0};

	command_list_of(ACT_SEED_PREPARE, &l);
	strv_add(&l.commands, "echo {{target_path}}");
	assert_true(action_guest_script(&lima, &l, &v, &script, NULL));
	assert_string_equal(script.p, "sudo rm -rf '/a b/c' && sudo mkdir -p '/a b' && sudo chown "
				      "\"$(id -un)\":\"$(id -gn)\" '/a b' && echo '/a b/c'");
	strv_fini(&l.commands);
}

static void finding_it(void **state)
{
	(void)state;
	struct limactl l = {0};
	own_err struct err e = {0};

	proc_setenv("CODELIMA_LIMACTL", "/nowhere/limactl");
	assert_false(limactl_open(&l, &config, &e));
	assert_int_equal(e.kind, ERR_DEPENDENCY_UNAVAILABLE);
	assert_true(e.fix.n > 0);
	proc_setenv("CODELIMA_LIMACTL", lima.binary);
	stand_in("exit 0");
	proc_setenv("CODELIMA_ACCEL", "tcg");
	err_fini(&e);
	if (proc_is_root()) {
		assert_false(limactl_open(&l, &config, &e));
		assert_int_equal(e.kind, ERR_DEPENDENCY_UNAVAILABLE);
	} else {
		assert_true(limactl_open(&l, &config, &e));
		assert_true(l.tcg);
		proc_setenv("CODELIMA_ACCEL", "warp");
		limactl_fini(&l);
		assert_false(limactl_open(&l, &config, &e));
		assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
	}
	proc_setenv("CODELIMA_ACCEL", NULL);
	proc_setenv("CODELIMA_LIMACTL", NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(arguments_and_environment),
		TEST(words_of_the_tool_become_plain_text),
		TEST(only_the_last_messages_are_the_cause),
		TEST(one_that_hangs),
		TEST(one_that_floods),
		TEST(cancelled_while_it_runs),
		TEST(versions),
		TEST(inspecting),
		TEST(a_list_that_fails_is_no_missing_instance),
		TEST(built_in_actions),
		TEST(a_persons_own_commands),
		TEST(guest_scripts),
		TEST(finding_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
