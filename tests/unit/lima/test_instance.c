/* Instance directories as Lima leaves them, with processes that are and are not Lima's. */
#include "scratch.h"

#include <errno.h>
#include <signal.h>

#include "base/mem.h"
#include "lima/instance.h"
#include "lima/limactl.h"
#include "os/clock.h"
#include "os/proc.h"

static int started[8];
static size_t n_started;

static int setup(void **state)
{
	n_started = 0;
	if (scratch_make(state))
		return -1;
	put_dir("api");
	put_file("api/lima.yaml", "provision:\n- script: |\n    # codelima-home: 0190-ab\n", 0600);
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < n_started; i++) {
		int status;

		proc_signal(started[i], SIGKILL);
		spawn_wait(started[i], &status, NULL);
	}
	return scratch_drop(state);
}

/* `sh -c 'read x' WORDS…` shows these words on its command line, as limactl and QEMU do. */
static int stand_in(const char *a, const char *b)
{
	const char *argv[] = {"sh", "-c", "while :; do sleep 60; done", a, b, NULL};
	struct spawn s = {.argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL, .err = SPAWN_NULL};
	int pid;

	assert_true(spawn(&s, &pid, NULL));
	started[n_started++] = pid;
	return pid;
}

static void put_pid(const char *name, int pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d\n", pid);
	put_file(name, text, 0600);
}

static enum vm_status status_of(const char *name)
{
	struct instance i = {0};
	struct observation o = {0};
	enum vm_status s;

	assert_true(instance_read(scratch, name, &i, NULL));
	s = i.status;
	instance_observe(scratch, name, &o);
	assert_string_equal(o.status, vm_status_word(s));
	assert_int_equal(o.exists, s != VM_MISSING);
	fields_fini(&observation_fields, &o);
	instance_fini(&i);
	return s;
}

static void states(void **state)
{
	(void)state;
	assert_int_equal(status_of("nobody"), VM_MISSING);
	assert_int_equal(status_of(""), VM_MISSING);
	assert_int_equal(status_of(".."), VM_MISSING);
	assert_int_equal(status_of("api/../api"), VM_MISSING);
	assert_int_equal(status_of("api"), VM_STOPPED);
	put_dir("empty");
	assert_int_equal(status_of("empty"), VM_BROKEN);
	put_pid("api/ha.pid", stand_in("hostagent", "api"));
	assert_int_equal(status_of("api"), VM_BROKEN);
	put_pid("api/qemu.pid", stand_in("-name", "lima-api"));
	assert_int_equal(status_of("api"), VM_RUNNING);
}

static void others_processes_do_not_count(void **state)
{
	(void)state;
	put_pid("api/ha.pid", proc_self());
	put_pid("api/qemu.pid", stand_in("-name", "lima-web"));
	assert_int_equal(status_of("api"), VM_STOPPED);
	put_pid("api/ha.pid", stand_in("hostagent", "web"));
	assert_int_equal(status_of("api"), VM_STOPPED);
}

static void pid_files_may_hold_anything(void **state)
{
	(void)state;
	static const char *const odd[] = {
		"", "\n", "x", "-1", "0", "1", "99999999999999999999", "4194303", "12 34", "0x10"};

	for (size_t i = 0; i < countof(odd); i++) {
		put_file("api/ha.pid", odd[i], 0600);
		put_file("api/qemu.pid", odd[i], 0600);
		assert_int_equal(status_of("api"), VM_STOPPED);
	}
}

/* What cannot be read is not what is not there. */
static void an_unreadable_pid_file(void **state)
{
	struct instance i = {0};
	struct observation o = {0};
	own_err struct err e = {0};

	(void)state;
	put_dir("api/ha.pid");
	assert_false(instance_read(scratch, "api", &i, &e));
	assert_int_equal(e.sys, EISDIR);
	instance_observe(scratch, "api", &o);
	assert_string_equal(o.status, "unknown");
	assert_true(o.exists);
	fields_fini(&observation_fields, &o);
}

static void a_driver_inside_the_hostagent(void **state)
{
	(void)state;
	int pid = stand_in("hostagent", "api");

	put_pid("api/ha.pid", pid);
	put_pid(z_eq(proc_os(), "linux") ? "api/qemu.pid" : "api/vz.pid", pid);
	assert_int_equal(status_of("api"), VM_RUNNING);
}

static void home_id_in_any_style(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *id;
	} cases[] = {
		{"script: |\n  #!/bin/sh\n  # codelima-home: 0190-ab\n  x\n", "0190-ab"},
		{"script: \"#!/bin/sh\\n# codelima-home: 0190-ab\\nx\\n\"\n", "0190-ab"},
		{"script: |\n  # codelima-home: \n", NULL},
		{"cpus: 2\n", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct instance in = {0};

		put_file("api/lima.yaml", cases[i].yaml, 0600);
		assert_true(instance_read(scratch, "api", &in, NULL));
		if (!z_eq(in.home_id, cases[i].id))
			fail_msg("%s: %s", cases[i].yaml, in.home_id);
		instance_fini(&in);
	}
}

static void observation_of_a_stopped_one(void **state)
{
	(void)state;
	struct observation o = {0};

	put_dir("a.b_c");
	put_file("a.b_c/lima.yaml", "", 0600);
	instance_observe(scratch, "a.b_c", &o);
	assert_string_equal(o.name, "a.b_c");
	assert_string_equal(o.hostname, "lima-a-b-c");
	assert_string_equal(o.dir, in_scratch("a.b_c"));
	fields_fini(&observation_fields, &o);
}

static void ready_when_the_hostagent_says_so(void **state)
{
	(void)state;
	assert_true(instance_ready(scratch, "api")); /* no word to go by */
	put_file("api/ha.stdout.log", "{\"status\":{\"sshLocalPort\":45835}}\n", 0600);
	assert_false(instance_ready(scratch, "api"));
	put_file("api/ha.stdout.log",
		"{\"status\":{\"sshLocalPort\":45835}}\n"
		"{\"time\":\"x\",\"status\":{\"running\":true,\"sshLocalPort\":45835}}\n"
		"{\"status\":{\"running\":true,\"portForward\":{}}}\n",
		0600);
	assert_true(instance_ready(scratch, "api"));
}

static void expectations(void **state)
{
	(void)state;
	own_err struct err e = {0};

	assert_true(instance_expect(scratch, "api", 1u << VM_STOPPED | 1u << VM_RUNNING, "x", &e));
	assert_false(instance_expect(scratch, "web", 1u << VM_STOPPED, "limactl create", &e));
	assert_int_equal(e.kind, ERR_EXTERNAL_COMMAND_FAILED);
	assert_string_equal(e.msg.p, "limactl create ended well, but instance web is missing");
}

static void names(void **state)
{
	(void)state;
	own_strv struct strv got = {0};

	put_dir("_config");
	put_dir(".x");
	put_dir("web");
	put_file("file", "", 0600);
	assert_true(limactl_names(scratch, &got, NULL));
	assert_int_equal(got.n, 2);
	assert_string_equal(got.v[0], "api");
	assert_string_equal(got.v[1], "web");
	assert_true(limactl_names("/nowhere", &got, NULL));
	assert_int_equal(got.n, 0);
}

static void long_names(void **state)
{
	(void)state;
	own_err struct err e = {0};
	char name[128];
	size_t room;

	/* scratch + / + name + /ssh.sock.1234567890123456 + NUL is 108 bytes on Linux */
	room = (z_eq(proc_os(), "linux") ? 107 : 103) - strlen(scratch) - 2 - 25;
	snprintf(name, sizeof(name), "%0*d", (int)room, 0);
	assert_true(instance_name_fits(scratch, name, &e));
	snprintf(name, sizeof(name), "%0*d", (int)room + 1, 0);
	assert_false(instance_name_fits(scratch, name, &e));
	assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
	assert_non_null(strstr(e.fix.p, "slug such as "));
}

static void a_thousand_are_quick(void **state)
{
	(void)state;
	char name[64];
	int64_t start;

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		put_dir(name);
		snprintf(name, sizeof(name), "n%d/lima.yaml", i);
		assert_true(file_create(in_scratch(name), STR("x"), 0600, NULL));
	}
	start = clock_mono_us();
	for (int i = 0; i < 1000; i++) {
		struct observation o = {0};

		snprintf(name, sizeof(name), "n%d", i);
		instance_observe(scratch, name, &o);
		fields_fini(&observation_fields, &o);
	}
	/* Some 10 ms on an idle machine; sanitizers and neighbours take their part. */
	assert_true(clock_mono_us() - start < 500000);
	print_message("1,000 instances: %lld us\n", (long long)(clock_mono_us() - start));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(states, setup, teardown),
		cmocka_unit_test_setup_teardown(others_processes_do_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(pid_files_may_hold_anything, setup, teardown),
		cmocka_unit_test_setup_teardown(an_unreadable_pid_file, setup, teardown),
		cmocka_unit_test_setup_teardown(a_driver_inside_the_hostagent, setup, teardown),
		cmocka_unit_test_setup_teardown(home_id_in_any_style, setup, teardown),
		cmocka_unit_test_setup_teardown(observation_of_a_stopped_one, setup, teardown),
		cmocka_unit_test_setup_teardown(ready_when_the_hostagent_says_so, setup, teardown),
		cmocka_unit_test_setup_teardown(expectations, setup, teardown),
		cmocka_unit_test_setup_teardown(names, setup, teardown),
		cmocka_unit_test_setup_teardown(long_names, setup, teardown),
		cmocka_unit_test_setup_teardown(a_thousand_are_quick, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
