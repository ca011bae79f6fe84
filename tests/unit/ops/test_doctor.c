/* What doctor says of this machine, of Lima and of homes in every state; and that
 * it never writes. */
#include "../lima/scratch.h"

#include <sys/time.h>

#include "base/mem.h"
#include "ops/doctor.h"
#include "os/proc.h"
#include "store/home_prepare.h"
#include "store/record_store.h"

static struct ctx nobody;

#define must(call)                                                                                 \
	do {                                                                                       \
		struct err must_e = {0}, *const e = &must_e;                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s", #call, buf_z(&must_e.msg));                             \
		err_fini(&must_e);                                                                 \
	} while (0)

static const char *home_dir(void)
{
	return in_scratch("home");
}

/* A machine of its own: a limactl and an ssh, a home directory, nothing else. */
static int machine(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	put_dir("bin");
	put_file("bin/limactl", "#!/bin/sh\necho limactl version 2.2.0\n", 0755);
	put_file("bin/ssh", "#!/bin/sh\n", 0755);
	proc_setenv("PATH", in_scratch("bin"));
	proc_setenv("HOME", scratch);
	proc_setenv("CODELIMA_HOME", NULL);
	proc_setenv("CODELIMA_LIMACTL", NULL);
	proc_setenv("CODELIMA_ACCEL", NULL);
	proc_setenv("LIMA_HOME", in_scratch("lima"));
	return 0;
}

static void prepared(struct home *h)
{
	must(home_open(h, home_dir(), e));
	must(home_prepare(h, &nobody, e));
}

static void made(struct home *h, enum record_type t, void *rec)
{
	own_lock struct lock lock = LOCK_NONE;

	must(lock_namespace(h, t, &lock, e));
	must(record_create(h, t, rec, e));
}

/* A project in a workspace that is there, and a node of it; the node's id is kept. */
static char node_id[64], project_id[64];

static void node_made(struct home *h, const char *life)
{
	struct project p = {.slug = mem_strdup("api"),
		.workspace_path = mem_strdup(in_scratch("work")),
		.agent_profile_name = mem_strdup("codex-cli")};
	struct node n = {.slug = mem_strdup("api-node"),
		.lima_instance_name = mem_strdup("api-node"),
		.lifecycle_state = mem_strdup(life)};

	put_dir("work");
	made(h, REC_PROJECT, &p);
	n.project_id = mem_strdup(p.id);
	made(h, REC_NODE, &n);
	snprintf(node_id, sizeof(node_id), "%s", n.id);
	snprintf(project_id, sizeof(project_id), "%s", p.id);
	fields_fini(&project_fields, &p);
	fields_fini(&node_fields, &n);
}

static const struct check *find(const struct checks *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (z_eq(l->v[i].name, name))
			return &l->v[i];
	fail_msg("no check is called %s", name);
	return NULL;
}

static void expect_in(
	const struct checks *l, const char *name, const char *status, const char *words)
{
	const struct check *k = find(l, name);

	if (!z_eq(k->status, status) || !strstr(k->message, words))
		fail_msg("%s: wanted [%s] …%s…, got [%s] %s", name, status, words, k->status,
			k->message);
}

/* Doctor once, one check looked at. */
static void expect(const char *name, const char *status, const char *words)
{
	struct checks l = {0};

	doctor_run(home_dir(), &nobody, &l);
	expect_in(&l, name, status, words);
	checks_fini(&l);
}

static void in_home(const char *name, const char *text)
{
	own_buf struct buf path = {0};

	buf_printf(&path, "home/%s", name);
	put_file(buf_z(&path), text, 0600);
}

/* Every file below dir with what a write would change. */
static void listing(const char *dir, struct buf *out)
{
	own_strv struct strv names = {0};

	assert_true(file_list(dir, &names, NULL));
	for (size_t i = 0; i < names.n; i++) {
		own_buf struct buf path = {0};
		struct file_stat st;

		assert_true(file_lstat(path_join(&path, dir, names.v[i]), &st));
		buf_printf(out, "%s %d %o %llu %llu %lld.%u\n", buf_z(&path), (int)st.type, st.mode,
			(unsigned long long)st.size, (unsigned long long)st.ino,
			(long long)st.mtime_s, st.mtime_ns);
		if (st.type == FILE_DIR)
			listing(buf_z(&path), out);
	}
}

static void test_no_home_yet(void **state)
{
	struct checks l = {0};

	(void)state;
	doctor_run(home_dir(), &nobody, &l);
	expect_in(&l, "home", "ok", "not there yet");
	expect_in(&l, "config", "ok", "defaults");
	expect_in(&l, "lima_home", "ok", "not there yet");
	assert_int_equal(checks_failed(&l), proc_is_root());
	checks_fini(&l);
	assert_false(file_exists(home_dir()));
	assert_false(file_exists(in_scratch("lima")));
}

static void test_sound_home_and_no_write(void **state)
{
	own_buf struct buf before = {0}, after = {0};
	struct home h = {0};
	struct checks l = {0};

	(void)state;
	prepared(&h);
	listing(home_dir(), &before);
	doctor_run(home_dir(), &nobody, &l);
	listing(home_dir(), &after);
	assert_string_equal(buf_z(&before), buf_z(&after));
	static const char *const fine[] = {"home", "config", "lima_home", "ssh", "permissions",
		"temp_files", "corrupt", "incomplete", "vms", "stale", "index", "jobs",
		"lima_defaults", "socket_path"};
	for (size_t i = 0; i < countof(fine); i++)
		expect_in(&l, fine[i], "ok", "");
	checks_fini(&l);
	home_fini(&h);
}

static void test_what_is_told_always(void **state)
{
	(void)state;
	struct checks l = {0};

	check_standing(&l, "x", NULL, "a standing fact");
	assert_false(checks_warned(&l));
	check_warn(&l, "y", NULL, "a fault");
	assert_true(checks_warned(&l));
	checks_fini(&l);
	expect("host_loopback", "warn", "192.168.5.2");
	expect("user", proc_is_root() ? "fail" : "ok", "root");
}

static void test_homes_that_cannot_be_used(void **state)
{
	struct home h = {0};

	(void)state;
	put_file("home", "not a directory", 0600);
	expect("home", "fail", "no directory");
	expect("config", "fail", "not read");
	expect("lima_home", "ok", "");
	assert_true(file_unlink(home_dir(), NULL));

	prepared(&h);
	home_fini(&h);
	in_home("_config/schema", "99\n");
	expect("home", "fail", "layout version 99");
	expect("config", "ok", "");
	in_home("_config/schema", "what\n");
	expect("home", "fail", "_config/schema");
}

static void test_home_that_cannot_be_written(void **state)
{
	struct home h = {0};

	(void)state;
	if (proc_is_root())
		skip();
	prepared(&h);
	home_fini(&h);
	assert_int_equal(chmod(in_scratch("home/nodes"), 0500), 0);
	expect("home", "fail", "home/nodes");
	assert_int_equal(chmod(in_scratch("home/nodes"), 0000), 0);
	expect("home", "fail", "home/nodes");
	expect("corrupt", "warn", "nodes");
	assert_int_equal(chmod(home_dir(), 0000), 0);
	expect("home", "fail", "");
	assert_int_equal(chmod(home_dir(), 0700), 0);
	assert_int_equal(chmod(in_scratch("home/nodes"), 0700), 0);
	expect("home", "ok", "");
}

static void test_config_that_does_not_parse(void **state)
{
	struct home h = {0};

	(void)state;
	prepared(&h);
	home_fini(&h);
	in_home("_config/config.yaml", "default_template: [\n");
	expect("config", "fail", "config.yaml");
	expect("home", "ok", "");
	expect("corrupt", "ok", "");
	in_home("_config/config.yaml", "accelerator: warp\n");
	expect("config", "fail", "accelerator");
}

static void test_home_that_others_can_read(void **state)
{
	struct home h = {0};
	struct checks l = {0};

	(void)state;
	prepared(&h);
	home_fini(&h);
	assert_int_equal(chmod(in_scratch("home/nodes"), 0755), 0);
	assert_int_equal(chmod(in_scratch("home/_config/config.yaml"), 0644), 0);
	doctor_run(home_dir(), &nobody, &l);
	expect_in(&l, "permissions", "warn", "nodes (0755)");
	expect_in(&l, "permissions", "warn", "_config/config.yaml (0644)");
	assert_non_null(strstr(find(&l, "permissions")->fix, "doctor --repair"));
	checks_fini(&l);
}

static void test_temporary_files(void **state)
{
	static const struct timeval old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
	struct home h = {0};

	(void)state;
	prepared(&h);
	home_fini(&h);
	in_home("_config/.config.yaml.0123456789abcdef.tmp", "half");
	expect("temp_files", "ok", ""); /* somebody may be writing it */
	assert_int_equal(
		utimes(in_scratch("home/_config/.config.yaml.0123456789abcdef.tmp"), old), 0);
	expect("temp_files", "warn", "_config/.config.yaml.0123456789abcdef.tmp");
}

static void test_corrupt_records(void **state)
{
	own_buf struct buf name = {0};
	struct home h = {0};

	(void)state;
	prepared(&h);
	node_made(&h, NULL);
	home_fini(&h);
	buf_printf(&name, "nodes/%s/node.yaml", node_id);
	in_home(buf_z(&name), "id: [\n");
	expect("corrupt", "warn", buf_z(&name));
	expect("index", "ok", ""); /* its entry may well be right */
	in_home("_config/agent-profiles/mine.yaml", "}{");
	expect("corrupt", "warn", "mine.yaml");
}

static void test_what_is_half_done(void **state)
{
	own_buf struct buf name = {0};
	struct home h = {0};

	(void)state;
	prepared(&h);
	node_made(&h, LIFE_PROVISIONING);
	home_fini(&h);
	expect("incomplete", "warn", "api-node is provisioning");
	expect("vms", "ok", ""); /* it has no VM yet */

	buf_printf(&name, "nodes/%s/claim.json", node_id);
	in_home(buf_z(&name),
		"{\"job_id\":\"j\",\"pid\":999999,\"start_time\":\"1\",\"operation\":\"start\"}\n");
	expect("incomplete", "warn", "its start died in the middle");

	put_dir("home/nodes/01890000-0000-7000-8000-000000000001");
	expect("incomplete", "warn", "000000000001 has no node.yaml");
}

static void test_nodes_and_their_vms(void **state)
{
	own_buf struct buf ours = {0};
	struct home h = {0};

	(void)state;
	prepared(&h);
	node_made(&h, NULL);
	buf_printf(&ours, "provision:\n- script: |\n    # codelima-home: %s\n", h.id);
	home_fini(&h);
	expect("vms", "warn", "api-node has no VM");
	put_dir("lima/api-node");
	expect("vms", "warn", "api-node is broken");
	put_file("lima/api-node/lima.yaml", "images: []\n", 0600);
	expect("vms", "ok", "");
	put_file("lima/api-node/lima.yaml",
		"provision:\n- script: |\n    # codelima-home: 0123-other\n", 0600);
	expect("vms", "warn", "belongs to another home");
	put_dir("lima/theirs"); /* somebody else's: none of our business */
	put_file("lima/theirs/lima.yaml", "images: []\n", 0600);
	put_file("lima/api-node/lima.yaml", buf_z(&ours), 0600);
	expect("vms", "ok", "");
	put_dir("lima/left");
	put_file("lima/left/lima.yaml", buf_z(&ours), 0600);
	expect("vms", "warn", "VM left was made by this home");
}

static void test_records_that_name_what_is_gone(void **state)
{
	own_buf struct buf name = {0};
	struct home h = {0};

	(void)state;
	prepared(&h);
	node_made(&h, NULL);
	home_fini(&h);
	expect("stale", "ok", "");
	assert_true(file_remove_tree(in_scratch("work"), NULL));
	expect("stale", "warn", "workspace");
	buf_printf(&name, "home/projects/%s", project_id);
	assert_true(file_remove_tree(in_scratch(buf_z(&name)), NULL));
	expect("stale", "warn", "api-node: its project");
}

static void test_index_drift(void **state)
{
	struct home h = {0};

	(void)state;
	prepared(&h);
	node_made(&h, NULL);
	home_fini(&h);
	expect("index", "ok", "");
	in_home("_index/projects/by-slug/gone", "01890000-0000-7000-8000-000000000009\n");
	expect("index", "warn", "projects/by-slug/gone");
	assert_true(file_unlink(in_scratch("home/_index/projects/by-slug/gone"), NULL));
	in_home("_index/nodes/by-instance/api-node", "01890000-0000-7000-8000-000000000009\n");
	expect("index", "warn", "nodes/by-instance/api-node");
	assert_true(file_unlink(in_scratch("home/_index/projects/by-slug/api"), NULL));
	expect("index", "warn", "project api has no entry");
}

static void test_lima_home(void **state)
{
	char longer[160];

	(void)state;
	put_file("lima", "a file", 0600);
	expect("lima_home", "fail", "no directory");
	snprintf(longer, sizeof(longer), "%s/%080d", scratch, 0);
	proc_setenv("LIMA_HOME", longer);
	expect("lima_home", "fail", "too long");
	snprintf(longer, sizeof(longer), "%s/%030d", scratch, 0);
	proc_setenv("LIMA_HOME", longer);
	expect("lima_home", "ok", "");
	expect("socket_path", "warn", "characters at most");
}

static void test_lima_defaults(void **state)
{
	(void)state;
	put_dir("lima/_config");
	put_file("lima/_config/default.yaml", "cpus: 4\nmounts: []\n", 0600);
	expect("lima_defaults", "ok", "");
	put_file("lima/_config/override.yaml",
		"mounts:\n- location: \"~\"\nssh:\n  forwardAgent: true\n", 0600);
	expect("lima_defaults", "warn", "override.yaml:2 mounts");
	expect("lima_defaults", "warn", "override.yaml:4 ssh.forwardAgent");
	put_file(
		"lima/_config/override.yaml", "provision:\n- mode: ansible\n  playbook: x\n", 0600);
	expect("lima_defaults", "warn", "override.yaml:2 provision with mode ansible");
	put_file("lima/_config/default.yaml", "mounts: {", 0600);
	expect("lima_defaults", "warn", "default.yaml");
}

static void test_limactl(void **state)
{
	(void)state;
	if (proc_is_root()) { /* it answers root nothing */
		expect("limactl", "warn", "root");
		return;
	}
	expect("limactl", "ok", "2.2.0");
	put_file("bin/limactl", "#!/bin/sh\necho limactl version 2.0.3\n", 0755);
	expect("limactl", "fail", "2.0.3 is too old");
	put_file("bin/limactl", "#!/bin/sh\necho hello\n", 0755);
	expect("limactl", "fail", "version");
	put_file("bin/limactl", "#!/bin/sh\necho broken >&2; exit 3\n", 0755);
	expect("limactl", "fail", "exit status 3 (broken)");
	assert_true(file_unlink(in_scratch("bin/limactl"), NULL));
	expect("limactl", "fail", "not on PATH");
}

static void test_ssh_and_qemu(void **state)
{
	(void)state;
	expect("ssh", "ok", "bin/ssh");
	if (z_eq(proc_os(), "linux"))
		expect("qemu", "warn", "qemu-system-");
	assert_true(file_unlink(in_scratch("bin/ssh"), NULL));
	expect("ssh", "fail", "no ssh");
}

static void test_why_vms_are_slow(void **state)
{
	struct home h = {0};

	(void)state;
	proc_setenv("CODELIMA_ACCEL", "tcg");
	expect("acceleration", "warn", "CODELIMA_ACCEL=tcg asks for it");
	proc_setenv("CODELIMA_ACCEL", "warp");
	expect("acceleration", "warn", "warp");
	proc_setenv("CODELIMA_ACCEL", NULL);
	if (!proc_kvm_usable())
		expect("acceleration", "warn", "/dev/kvm");
	prepared(&h);
	home_fini(&h);
	in_home("_config/config.yaml", "accelerator: tcg\n");
	expect("acceleration", "warn", "config.yaml asks for it");
}

/* Things of the wrong kind wherever something is expected. */
static void test_rubble(void **state)
{
	struct checks l = {0};

	(void)state;
	put_dir("home/_config/config.yaml");
	put_dir("home/_index/projects/by-slug/x");
	put_dir("home/nodes/01890000-0000-7000-8000-000000000001/node.yaml");
	put_dir("home/projects");
	assert_int_equal(
		mkfifo(in_scratch("home/projects/01890000-0000-7000-8000-000000000002"), 0600), 0);
	put_file("home/environment-configs", "a file", 0600);
	put_file("home/_index/nodes", "a file", 0600);
	assert_int_equal(symlink("/", in_scratch("home/_jobs")), 0);
	assert_int_equal(symlink("loop", in_scratch("home/loop")), 0);
	doctor_run(home_dir(), &nobody, &l);
	expect_in(&l, "config", "fail", "config.yaml");
	expect_in(&l, "corrupt", "warn", "node.yaml");
	assert_true(checks_failed(&l) && checks_warned(&l));
	for (size_t i = 0; i < l.n; i++)
		assert_true(*l.v[i].message != '\0');
	checks_fini(&l);
}

static void test_many_faults_one_line(void **state)
{
	char name[96];
	struct home h = {0};

	(void)state;
	prepared(&h);
	home_fini(&h);
	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "home/nodes/01890000-0000-7000-8000-00000000000%d", i);
		put_dir(name);
	}
	expect("incomplete", "warn", "; and 4 more");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, machine, scratch_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_home_yet),
		TEST(test_sound_home_and_no_write),
		TEST(test_what_is_told_always),
		TEST(test_homes_that_cannot_be_used),
		TEST(test_home_that_cannot_be_written),
		TEST(test_config_that_does_not_parse),
		TEST(test_home_that_others_can_read),
		TEST(test_temporary_files),
		TEST(test_corrupt_records),
		TEST(test_what_is_half_done),
		TEST(test_nodes_and_their_vms),
		TEST(test_records_that_name_what_is_gone),
		TEST(test_index_drift),
		TEST(test_lima_home),
		TEST(test_lima_defaults),
		TEST(test_limactl),
		TEST(test_ssh_and_qemu),
		TEST(test_why_vms_are_slow),
		TEST(test_rubble),
		TEST(test_many_faults_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
