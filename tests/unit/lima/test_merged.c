/* Configurations are shortened from `limactl list --format '{{json .}}'` of Lima 2.2.0. */
#include "scratch.h"

#include "base/mem.h"
#include "lima/template.h"
#include "notices.h"

#define USER "\"user\":{\"home\":\"/home/me.guest\"}"
#define SSH(agent)                                                                                 \
	"\"ssh\":{\"forwardAgent\":" #agent ",\"forwardX11\":false,\"forwardX11Trusted\":false}"
#define MOUNT(at, point, w)                                                                        \
	"{\"location\":\"" at "\",\"mountPoint\":\"" point "\",\"writable\":" #w "}"
#define RULE(first, last, more)                                                                    \
	"{\"guestIP\":\"127.0.0.1\",\"guestPortRange\":[" #first "," #last                         \
	"],\"hostIP\":\"127.0.0.1\",\"hostPortRange\":[" #first "," #last "]" more "}"
#define LAST_RULE                                                                                  \
	"{\"guestIP\":\"0.0.0.0\",\"guestIPMustBeZero\":false,\"guestPortRange\":[1,65535],"       \
	"\"hostIP\":\"127.0.0.1\",\"hostPortRange\":[1,65535],\"ignore\":true}"

static const struct merged_case {
	const char *name, *config;
	bool mounted;
	const char *refused, *cause, *fix, *told; /* refused NULL: fine */
} cases[] = {
	{"nothing added", "{" USER "," SSH(false) "}"},
	{"our ports, dead rules behind the last",
		"{\"portForwards\":[" RULE(1024, 65535, "") "," LAST_RULE
							    "," RULE(80, 80, "") "]}"},
	{"the workspace", "{\"mounts\":[" MOUNT("/src/api", "/src/api", true) "]}",
		.mounted = true},
	{"a shared directory, with the guest's ~",
		"{" USER ",\"mounts\":[" MOUNT("/data/shared", "/home/me.guest/Shared", false) "]}",
		.told = "the VM shares /data/shared as /home/me.guest/Shared (read-only), as "
			"shared_dirs says\n"},
	{"a shared directory that became writable",
		"{" USER ",\"mounts\":[" MOUNT("/data/shared", "/home/me.guest/Shared", true) "]}",
		.refused =
			"SCRATCH/_config/default.yaml, line 2 mounts /data/shared of the host at "
			"/home/me.guest/Shared (writable)",
		.fix = "remove it there, or allow it in config.yaml: shared_dirs: [{host: "
		       "/data/shared, guest: /home/me.guest/Shared, writable: true}]"},
	{"a mount of a copy node", "{\"mounts\":[" MOUNT("/src/api", "/src/api", true) "]}",
		.refused = "SCRATCH/_config/override.yaml, line 2 mounts /src/api of the host at "
			   "/src/api (writable)",
		.fix = "remove it there, or allow it in config.yaml: shared_dirs: [{host: "
		       "/src/api, "
		       "guest: /src/api, writable: true}]"},
	{"a workspace made read-only", "{\"mounts\":[" MOUNT("/src/api", "/src/api", false) "]}",
		.mounted = true,
		.refused = "SCRATCH/_config/override.yaml, line 2 mounts /src/api of the host at "
			   "/src/api (read-only)",
		.cause = "the workspace /src/api would not be mounted writable at the same path"},
	{"plain mode has no mounts", "{\"plain\":true}", .mounted = true,
		.refused = "the workspace /src/api would not be mounted writable at the same path: "
			   "`plain: true` leaves out all mounts"},
	{"the agent", "{" SSH(true) "}",
		.refused = "SCRATCH/_config/override.yaml, line 5 switches ssh.forwardAgent on",
		.fix = "remove it there: nothing in codelima's settings allows it"},
	{"files, disks and sockets",
		"{\"copyToHost\":[{\"guest\":\"/etc/x\",\"host\":\"/tmp/x\"}],\"additionalDisks\":"
		"[{\"name\":\"data\"}],\"portForwards\":[{\"guestSocket\":\"/run/"
		"a\",\"hostSocket\":"
		"\"/lima/api/sock/a.sock\"}]}",
		.refused = "SCRATCH/_config/default.yaml, line 4 copies to the host the guest's "
			   "/etc/x",
		.cause = "the instance's own lima.yaml opens the host's socket "
			 "/lima/api/sock/a.sock\n"
			 "SCRATCH/_config/default.yaml, line 6 attaches the disk data"},
	{"a playbook that Lima runs on the host",
		"{\"provision\":[{\"mode\":\"system\",\"script\":\"x\"},{\"mode\":\"ansible\","
		"\"playbook\":\"/etc/site.yaml\"}]}",
		.refused = "SCRATCH/_config/default.yaml, line 9 runs on this computer the "
			   "playbook /etc/site.yaml",
		.fix = "remove it there: nothing in codelima's settings allows it"},
	{"extra ports and networks are told in one line",
		"{\"portForwards\":[" RULE(3000, 3001, "") "," RULE(1024, 65535,
			"") "," LAST_RULE "],\"networks\":[{\"lima\":\"shared\",\"interface\":"
			    "\"lima0\"},{\"socket\":\"/s\","
			    "\"interface\":\"lima1\"}]}",
		.told = "beside what codelima asked for, Lima's configuration adds ports 3000-3001 "
			"→ "
			"127.0.0.1:3000-3001; networks shared, lima1\n"},
};

static int setup(void **state)
{
	if (scratch_make(state))
		return -1;
	put_dir("_config");
	put_file("_config/override.yaml",
		"mounts:\n- location: /src/api\n  writable: true\nssh:\n"
		"  forwardAgent: true\n",
		0600);
	put_file("_config/default.yaml",
		"mounts:\n- location: /data/shared\ncopyToHost:\n"
		"- {guest: /etc/x, host: /tmp/x}\nadditionalDisks:\n- data\nprovision:\n"
		"- script: x\n- mode: ansible\n  playbook: /etc/site.yaml\n",
		0600);
	put_file("_config/base.yaml", "not: [yaml\n", 0600);
	return 0;
}

/* SCRATCH in an expected text is the test's directory. */
static void same_text(const char *name, const struct buf *got, const char *expected)
{
	own_buf struct buf b = {0};
	struct str rest = str_z(expected);

	if (!expected)
		return;
	for (size_t at; rest.n; rest = str_from(rest, at + strlen("SCRATCH"))) {
		at = str_find_str(rest, STR("SCRATCH"));
		buf_add(&b, rest.p, at);
		buf_puts(&b, at < rest.n ? scratch : "");
	}
	if (!str_eq(buf_view(&b), buf_view(got)))
		fail_msg("%s: <%s>, expected <%s>", name, buf_z(got), buf_z(&b));
}

static void check(const struct merged_case *t)
{
	static const struct port_rules ports = {.v = {{1024, 65535, 1024, 65535}}, .n = 1};
	struct shared_dir shared = {.host = (char[]){"/data/shared"}};
	struct template_want want = {.mounted = t->mounted,
		.workspace = "/src/api",
		.ports = &ports,
		.shared_dirs = &shared,
		.n_shared_dirs = 1};
	own_json json_t *config = NULL;
	own_err struct err e = {0};
	own_buf struct buf said = {0};

	assert_true(json_read(str_z(t->config), t->name, &config, NULL));
	if (merged_check(config, &want, scratch, &keeping_ctx, &e) != !t->refused)
		fail_msg("%s: <%s>", t->name, buf_z(&e.msg));
	assert_int_equal(e.kind, t->refused ? ERR_PRECONDITION_FAILED : ERR_NONE);
	same_text(t->name, &e.msg, t->refused);
	same_text(t->name, &e.cause, t->cause);
	same_text(t->name, &e.fix, t->fix);
	assert_string_equal(take_told(&said), t->told ? t->told : "");
}

static void merged_configurations(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		check(&cases[i]);
}

static void no_configuration(void **state)
{
	(void)state;
	struct template_want want = {0};
	own_err struct err e = {0};

	assert_false(merged_check(NULL, &want, scratch, &keeping_ctx, &e));
	assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(merged_configurations, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(no_configuration, setup, scratch_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
