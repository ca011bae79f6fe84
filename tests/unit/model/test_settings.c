/* Deadlines, sizes, resources, ports, guest paths. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/guest_path.h"
#include "model/ports.h"
#include "model/settings.h"

static void deadline_kinds(void **state)
{
	static const struct {
		const char *set, *kind;
		int64_t ms;
	} t[] = {
		{NULL, "list", 15000},
		{NULL, "start", 1800000},
		{NULL, "create", 600000},
		{NULL, "stop", 600000},
		{NULL, "bootstrap", 0},
		{NULL, "shell", 0},
		{NULL, "boot_silence", 30000},
		{NULL, "start_watch", 600000},
		{"45m", "start", 2700000},
		{"none", "start", 0},
		{"90s", "bootstrap", 90000},
		{"soon", "start", -1},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++) {
		struct config c = {0};
		own_err struct err e = {0};
		int64_t ms = -1;

		if (t[i].set)
			strmap_set(&c.deadlines, t[i].kind, t[i].set);
		assert_int_equal(settings_deadline(&c, t[i].kind, &ms, &e), t[i].ms >= 0);
		assert_int_equal(ms, t[i].ms);
		config_fini(&c);
	}
}

static void sizes(void **state)
{
	static const struct {
		const char *text, *normal, *gib;
	} t[] = {
		{"4", "4GiB", "4"},
		{"4GiB", "4GiB", "4"},
		{"4G", "4GiB", "4"},
		{"4gb", "4GiB", "4"},
		{"4 GiB", "4GiB", "4"},
		{"512M", "512MiB", "0.5"},
		{"512MiB", "512MiB", "0.5"},
		{"1.5G", "1536MiB", "1.5"},
		{"0.25", "256MiB", "0.25"},
		{"100M", "100MiB", "0.09765625"},
		{"1T", "1024GiB", "1024"},
		{"64T", "65536GiB", "65536"},
		{"65536K", "64MiB", "0.0625"},
		{"64.000001T", NULL, NULL},
		{"63M", NULL, NULL},
		{"65T", NULL, NULL},
		{"", NULL, NULL},
		{"G", NULL, NULL},
		{"-4", NULL, NULL},
		{"4.G", NULL, NULL},
		{"4X", NULL, NULL},
		{"4GiBs", NULL, NULL},
		{"99999999999999999999", NULL, NULL},
		{"18446744073709551615T", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++) {
		own_buf struct buf out = {0}, gib = {0};
		own_err struct err e = {0};
		bool ok = size_normalize(str_z(t[i].text), "--memory", &out, &e);

		assert_int_equal(ok, t[i].normal != NULL);
		if (!ok)
			continue;
		assert_string_equal(buf_z(&out), t[i].normal);
		size_gib(buf_z(&out), &gib);
		assert_string_equal(buf_z(&gib), t[i].gib);
	}
}

static void resources_nearest_wins(void **state)
{
	struct resources config = {.memory = "8G"}, project = {.cpus = 4, .disk = "50"},
			 node = {.cpus = 6}, out = {0};

	(void)state;
	resources_effective(NULL, NULL, NULL, &out);
	assert_int_equal(out.cpus, 2);
	assert_string_equal(out.memory, "4GiB");
	assert_string_equal(out.disk, "20GiB");
	resources_effective(&config, &project, &node, &out);
	assert_int_equal(out.cpus, 6);
	assert_string_equal(out.memory, "8GiB");
	assert_string_equal(out.disk, "50GiB");
	fields_fini(&resources_fields, &out);
	assert_true(resources_set(&config));
	assert_false(resources_set(&out));
}

static void port_settings(void **state)
{
	static const struct {
		const char *text; /* entries apart by commas */
		int n;		  /* -1: refused */
		struct port_rule last;
	} t[] = {
		{NULL, 1, {1024, 65535, 1024, 65535}},
		{"off", 0, {0}},
		{"3000", 1, {3000, 3000, 3000, 3000}},
		{"3000-3010", 1, {3000, 3010, 3000, 3010}},
		{"8080:80", 1, {8080, 8080, 80, 80}},
		{"9000-9001:80-81", 1, {9000, 9001, 80, 81}},
		{"3000,8080:80", 2, {8080, 8080, 80, 80}},
		{"off,3000", -1, {0}},
		{"80", -1, {0}},
		{"80:8080", -1, {0}},
		{"3010-3000", -1, {0}},
		{"9000-9002:80-81", -1, {0}},
		{"65536", -1, {0}},
		{"0", -1, {0}},
		{"a", -1, {0}},
		{"", -1, {0}},
		{"3000-", -1, {0}},
		{"3000:", -1, {0}},
		{"1:2:3", -1, {0}},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++) {
		own_strv struct strv ports = {0};
		struct str rest = str_z(t[i].text), piece;
		own_err struct err e = {0};
		struct port_rules rules = {0};

		while (t[i].text && str_split(&rest, ',', &piece))
			strv_addn(&ports, piece);
		assert_int_equal(ports_parse(&ports, &rules, &e), t[i].n >= 0);
		if (t[i].n < 0) {
			assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
			continue;
		}
		assert_int_equal(rules.n, t[i].n);
		if (rules.n)
			assert_memory_equal(&rules.v[rules.n - 1], &t[i].last, sizeof(t[i].last));
	}
}

static void too_many_ports(void **state)
{
	own_strv struct strv ports = {0};
	struct port_rules rules = {0};

	(void)state;
	for (int i = 0; i < 33; i++)
		strv_add(&ports, "3000");
	assert_false(ports_parse(&ports, &rules, NULL));
	strv_remove(&ports, 0);
	assert_true(ports_parse(&ports, &rules, NULL));
}

static void guest_paths(void **state)
{
	static const struct {
		const char *path, *home;
		bool good;
	} t[] = {
		{"/home/u/api", "/home/u", true},
		{"/home/u", "/home/u", false},
		{"/home/u", "/home/u/", false},
		{"/home", "/home/u", false},
		{"/", "/home/u", false},
		{"/home/us", "/home/u", true},
		{"/home/u2/api", "/home/u", true},
		{"/work", "/home/u", true},
		{"/etc", "/home/u", false},
		{"/etc/x", "/home/u", false},
		{"/etcetera", "/home/u", true},
		{"/lib64/x", "/home/u", false},
		{"/libx32", "/home/u", false},
		{"/usr/local/src/x", "/home/u", true},
		{"/usr/local/srcs", "/home/u", false},
		{"/usr/local", "/home/u", false},
		{"/var/tmp/x", "/home/u", true},
		{"/var/folders/ab/x", "/home/u", true},
		{"/var/lib/x", "/home/u", false},
		{"/var/home/u/api", "/var/home/u", true},
		{"/var/home", "/var/home/u", false},
		{"/root/api", "/root", true},
		{"/root/api", "/home/u", false},
		{"/tmp/x", "", true},
		{"/etc", "/", false},
		{"/opt/x", "/", true},
		{"relative", "/home/u", false},
		{"", "/home/u", false},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++) {
		own_err struct err e = {0};

		if (guest_path_check(t[i].path, t[i].home, &e) != t[i].good)
			fail_msg("%s with home %s", t[i].path, t[i].home);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadline_kinds),
		cmocka_unit_test(sizes),
		cmocka_unit_test(resources_nearest_wins),
		cmocka_unit_test(port_settings),
		cmocka_unit_test(too_many_ports),
		cmocka_unit_test(guest_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
