/* Bases are shortened outputs of `limactl template copy [--fill]` of Lima 2.2.0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/yaml.h"
#include "lima/template.h"
#include "notices.h"
#include "os/proc.h"

#define TAIL                                                                                       \
	"containerd:\n  system: false\n  user: false\n"                                            \
	"ssh:\n  loadDotSSHPubKeys: false\n  forwardAgent: false\n  forwardX11: false\n"           \
	"  forwardX11Trusted: false\n"                                                             \
	"upgradePackages: false\n"
#define LAST_RULE "- guestIP: 0.0.0.0\n  guestIPMustBeZero: false\n  proto: any\n  ignore: true\n"
#define RULE(first, last)                                                                          \
	"- guestIP: 127.0.0.1\n  guestPortRange: [" #first ", " #last "]\n"                        \
	"  hostIP: 127.0.0.1\n  hostPortRange: [" #first ", " #last "]\n  proto: any\n"
#define SCRIPT                                                                                     \
	"- mode: system\n  script: |\n    #!/bin/sh\n    # codelima-home: 0190-ab\n"               \
	"    name=$LIMA_CIDATA_NAME\n    [ -n \"$name\" ] || exit 0\n"                             \
	"    printf '%s\\n' \"$name\" >/etc/hostname\n"                                            \
	"    printf '%s' \"$name\" >/proc/sys/kernel/hostname\n"                                   \
	"    grep -qw -- \"$name\" /etc/hosts ||\n"                                                \
	"      printf '127.0.1.1 %s\\n' \"$name\" >>/etc/hosts\n"

static const struct port_rules default_ports = {.v = {{1024, 65535, 1024, 65535}}, .n = 1};

static const struct template_case {
	const char *name, *filled, *plain, *defaults, *override;
	const char *workspace;
	bool containerd, no_ports, resources;
	const char *expected, *told;
} cases[] = {
	{.name = "numbers and mounts of any base go, comments stay",
		.filled = "# the base\nos: Linux\nimages: # two\n- location: /a.img # local\n"
			  "  arch: x86_64\ncpus: 2\nmemory: 4GiB\ndisk: 100GiB\nmounts:\n"
			  "- location: /home/me\n  mountPoint: /home/me\nplain: false\n",
		.plain = "base:\n- template:_images/x\n- template:_default/mounts\n",
		.expected = "# the base\nos: Linux\nimages: # two\n- location: /a.img # local\n"
			    "  arch: x86_64\nplain: false\nmounts: []\n" TAIL
			    "portForwards:\n" RULE(1024, 65535) LAST_RULE "provision:\n" SCRIPT},
	{.name = "a mounted workspace, whatever its name",
		.filled = "images: []\n",
		.plain = "images: []\n",
		.workspace = "/src/a {{b}} 'c\"",
		.no_ports = true,
		.expected = "images: []\nmounts:\n"
			    "- location: \"/src/a {{\\\"{{\\\"}}b}} 'c\\\"\"\n"
			    "  mountPoint: \"/src/a {{\\\"{{\\\"}}b}} 'c\\\"\"\n"
			    "  writable: true\n" TAIL "portForwards:\n" LAST_RULE
			    "provision:\n" SCRIPT},
	{.name = "what opens the host goes, with a notice for what the base itself asked",
		.filled = "images: []\nadditionalDisks:\n- name: data\nmounts:\n- location: /d\n"
			  "copyToHost:\n- guest: /etc/x\n  host: /tmp/x\nportForwards:\n"
			  "- guestPort: 5000\n  hostPort: 5001\n"
			  "- guestSocket: /run/d.sock\n  hostSocket: /lima/sock/d.sock\n",
		.plain = "mounts:\n- location: \"~\"\n- location: /d\nadditionalDisks:\n- data\n"
			 "copyToHost:\n- guest: /etc/x\n  host: \"/tmp/x\"\nssh:\n"
			 "  forwardAgent: true\n  forwardX11: yes\nportForwards:\n"
			 "- guestPort: 5000\n  hostPort: 5001\n"
			 "- guestSocket: /run/d.sock\n  hostSocket: d.sock\n",
		.no_ports = true,
		.expected =
			"images: []\nportForwards:\n- guestPort: 5000\n  hostPort: 5001\n" LAST_RULE
			"mounts: []\n" TAIL "provision:\n" SCRIPT,
		.told = "left out of the template: mounts (~, /d): a node sees nothing of the host "
			"but its workspace\n"
			"left out of the template: copyToHost (/tmp/x): a guest writes no file of "
			"the host\n"
			"left out of the template: additionalDisks (data): a disk would be shared "
			"with other VMs\n"
			"left out of the template: sockets of the host in portForwards\n"
			"switched off in the template: ssh.forwardAgent\n"
			"switched off in the template: ssh.forwardX11\n"},
	{.name = "a playbook, which Lima runs on the host, goes, whoever added it",
		.filled = "provision:\n- mode: user\n  script: echo kept\n- mode: ansible\n"
			  "  playbook: site.yaml\n- playbook: mine.yaml\n  mode: \"ansible\"\n",
		.plain = "base: other.yaml\n",
		.defaults = "provision:\n- mode: ansible\n  playbook: mine.yaml\n",
		.no_ports = true,
		.expected = "provision:\n- mode: user\n  script: echo kept\n" SCRIPT
			    "mounts: []\n" TAIL "portForwards:\n" LAST_RULE,
		.told = "left out of the template: provision (mode ansible, playbook site.yaml): "
			"Lima would run it on this computer\n"},
	{.name = "entries of the person's files are dropped: Lima merges them again",
		.filled = "images: []\nprovision:\n- mode: user\n  script: \"#!/bin/sh\\necho "
			  "o\\n\"\n"
			  "- mode: system\n  script: \"#!/bin/sh\\necho lh\\n\"\n"
			  "- mode: system\n  script: \"#!/bin/sh\\necho me\\n\"\nportForwards:\n"
			  "- guestIP: 127.0.0.1\n  guestPort: 80\n  hostPort: 8080\n  proto: any\n",
		.plain = "provision:\n- script: |\n    #!/bin/sh\n    echo {{.Name}}\n",
		.defaults = "provision:\n- script: |\n    #!/bin/sh\n    echo {{.User}}\n"
			    "portForwards:\n- guestPort: 80\n  hostPort: 8080\n",
		.override = "provision:\n- mode: user\n  script: |\n    #!/bin/sh\n    echo o\n",
		.no_ports = true,
		.expected = "images: []\nprovision:\n- script: |\n    #!/bin/sh\n"
			    "    echo {{.Name}}\n" SCRIPT "mounts: []\n" TAIL
			    "portForwards:\n" LAST_RULE},
	{.name = "a made-up MAC address is not shared",
		.filled = "networks:\n- lima: user-v2\n  macAddress: 52:55:55:9c:0b:b4\n"
			  "- lima: shared\n  macAddress: 52:55:55:00:00:01\n",
		.plain = "networks:\n- lima: user-v2\n- lima: shared\n"
			 "  macAddress: 52:55:55:00:00:01\n",
		.no_ports = true,
		.expected = "networks:\n- lima: user-v2\n- lima: shared\n"
			    "  macAddress: 52:55:55:00:00:01\nmounts: []\n" TAIL
			    "portForwards:\n" LAST_RULE "provision:\n" SCRIPT},
	{.name = "numbers in the template, and containerd",
		.filled =
			"containerd:\n  system: true\n  user: true\n  archives:\n  - location: /n\n"
			"ssh: null\nprovision: ~\n",
		.plain = "{}\n",
		.containerd = true,
		.no_ports = true,
		.resources = true,
		.expected = "cpus: 3\nmemory: 6GiB\ndisk: 30GiB\nmounts: []\ncontainerd:\n"
			    "  system: false\n  user: true\nssh:\n  loadDotSSHPubKeys: false\n"
			    "  forwardAgent: false\n  forwardX11: false\n"
			    "  forwardX11Trusted: false\nupgradePackages: false\n"
			    "portForwards:\n" LAST_RULE "provision:\n" SCRIPT},
};

static bool build(const struct template_case *t, bool tcg, struct buf *out, struct err *e)
{
	static const struct port_rules off = {.n = 0};
	struct resources res = {.cpus = 3, .memory = (char[]){"6GiB"}, .disk = (char[]){"30GiB"}};
	struct template_want want = {.mounted = t->workspace,
		.workspace = t->workspace,
		.home_id = "0190-ab",
		.containerd = t->containerd,
		.ports = t->no_ports ? &off : &default_ports,
		.resources = t->resources ? &res : NULL,
		.tcg = tcg,
		.override_yaml = str_z(t->override)};

	return template_build(
		str_z(t->filled), str_z(t->plain), str_z(t->defaults), &want, &keeping_ctx, out, e);
}

/* The same YAML: how far it is indented is the editor's business. */
static void same_yaml(const char *name, const char *got, const char *expected)
{
	own_yaml struct yaml_doc a = {0}, b = {0};

	assert_true(yaml_parse(&a, str_z(got), "got", NULL));
	assert_true(yaml_parse(&b, str_z(expected), "expected", NULL));
	if (!yaml_same(a.root, b.root))
		fail_msg("%s:\n%s\nexpected:\n%s", name, got, expected);
}

static void templates(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		own_buf struct buf out = {0}, said = {0};
		own_err struct err e = {0};

		if (!build(&cases[i], false, &out, &e))
			fail_msg("%s: %s", cases[i].name, buf_z(&e.msg));
		same_yaml(cases[i].name, out.p, cases[i].expected);
		assert_string_equal(take_told(&said), cases[i].told ? cases[i].told : "");
	}
}

static void comments_stay(void **state)
{
	(void)state;
	own_buf struct buf out = {0};

	assert_true(build(&cases[0], false, &out, NULL));
	assert_true(str_starts(buf_view(&out),
		STR("# the base\nos: Linux\nimages: # two\n- location: /a.img # local\n"
		    "  arch: x86_64\nplain: false\n")));
}

static void emulation(void **state)
{
	(void)state;
	static const struct template_case t = {
		.filled =
			"vmOpts:\n  qemu:\n    cpuType: null\nimages:\n- location: /i\n  kernel:\n"
			"    location: /k\n    cmdline: root=LABEL=root rw\n- location: /j\n"
			"  kernel:\n    location: /k\n    cmdline: a no_timer_check b\n- location: "
			"/l\n",
		.plain = "{}"};
	own_buf struct buf out = {0}, cpu = {0};

	assert_true(build(&t, true, &out, NULL));
	buf_printf(&cpu, "cpuType:\n      %s: max\n", proc_arch());
	assert_non_null(strstr(out.p, cpu.p));
	assert_non_null(strstr(out.p, "cmdline: root=LABEL=root rw no_timer_check}"));
	assert_non_null(strstr(out.p, "cmdline: a no_timer_check b}"));
}

static void a_chosen_cpu_type_stays(void **state)
{
	(void)state;
	own_buf struct buf text = {0}, out = {0};
	struct template_case t = {.plain = "{}"};

	buf_printf(&text, "vmOpts:\n  qemu:\n    cpuType:\n      %s: Haswell\n", proc_arch());
	t.filled = text.p;
	assert_true(build(&t, true, &out, NULL));
	assert_true(str_starts(buf_view(&out), buf_view(&text)));
}

static void no_template(void **state)
{
	(void)state;
	static const struct template_case bad[] = {
		{.filled = "", .plain = ""},
		{.filled = "- a\n", .plain = ""},
		{.filled = "just a word", .plain = ""},
		{.filled = "images: [\n", .plain = ""},
		{.filled = "a: &a [*a]\n", .plain = ""},
		{.filled = "images: 5\n", .plain = ""},
		{.filled = "cpus: 1\ncpus: 2\n", .plain = ""},
		{.filled = "ssh: 5\n", .plain = ""},
		{.filled = "images: []\n", .plain = ": :\n\t"},
		{.filled = "images: []\n", .plain = "{}", .defaults = "a: [b"},
		{.filled = "images: []\n", .plain = "{}", .override = "a: [b"},
	};

	for (size_t i = 0; i < countof(bad); i++) {
		own_buf struct buf out = {0}, said = {0};
		own_err struct err e = {0};

		if (build(&bad[i], false, &out, &e))
			fail_msg("<%s> was taken:\n%s", bad[i].filled, out.p);
		assert_true(e.msg.n > 0);
		assert_int_equal(out.n, 0);
		take_told(&said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates),
		cmocka_unit_test(comments_stay),
		cmocka_unit_test(emulation),
		cmocka_unit_test(a_chosen_cpu_type_stays),
		cmocka_unit_test(no_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
