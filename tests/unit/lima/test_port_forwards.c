#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "lima/port_forwards.h"

#define OURS(first, last)                                                                          \
	"- guestIP: 127.0.0.1\n  guestPortRange: [" #first ", " #last "]\n"                        \
	"  hostIP: 127.0.0.1\n  hostPortRange: [" #first ", " #last "]\n  proto: any\n"
#define LAST "- guestIP: 0.0.0.0\n  guestIPMustBeZero: false\n  proto: any\n  ignore: true\n"

static const struct port_rules off = {.n = 0}, one = {.v = {{3000, 3010, 3000, 3010}}, .n = 1};

static const struct {
	const char *name, *stored;
	const struct port_rules *ports;
	const char *expected; /* NULL: as it was */
} cases[] = {
	{"the same", "# mine\nportForwards:\n" OURS(3000, 3010) LAST "plain: false\n", &one, NULL},
	{"others", "# mine\nportForwards:\n" OURS(1024, 65535) LAST "plain: false\n", &one,
		"# mine\nplain: false\nportForwards:\n" OURS(3000, 3010) LAST},
	{"none", "portForwards:\n" OURS(1024, 65535) OURS(8080, 8080) LAST, &off,
		"portForwards:\n" LAST},
	{"the base's own rules stay",
		"portForwards:\n- guestPort: 80\n  hostPort: 8080\n" OURS(1024, 65535) LAST, &one,
		"portForwards:\n- {guestPort: 80, hostPort: 8080}\n" OURS(3000, 3010) LAST},
	{"a template that is not ours", "portForwards:\n- guestPort: 80\n", &one, NULL},
	{"one without rules", "images: []\n", &one, NULL},
};

/* The same YAML: how far it is indented is the editor's business. */
static bool is_same_yaml(const char *got, const char *expected)
{
	own_yaml struct yaml_doc a = {0}, b = {0};

	return yaml_parse(&a, str_z(got), "got", NULL) &&
	       yaml_parse(&b, str_z(expected), "expected", NULL) && yaml_same(a.root, b.root);
}

static void renews(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		own_buf struct buf out = {0};
		own_err struct err e = {0};

		if (!port_forwards_renew(str_z(cases[i].stored), cases[i].ports, &out, &e))
			fail_msg("%s: %s", cases[i].name, buf_z(&e.msg));
		if (!cases[i].expected)
			assert_string_equal(buf_z(&out), cases[i].stored);
		else if (!is_same_yaml(buf_z(&out), cases[i].expected))
			fail_msg("%s:\n%s", cases[i].name, buf_z(&out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(renews)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
