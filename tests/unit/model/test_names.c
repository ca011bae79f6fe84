/* Ids and slugs. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/id.h"
#include "model/slug.h"

static void ids_are_uuid_v7(void **state)
{
	static const uint8_t ones[10] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	char id[ID_LEN + 1];

	(void)state;
	/* RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F */
	id_make(id, 0x017F22E279B0,
		(const uint8_t[]){0xc, 0xc3, 0x18, 0xc4, 0xdc, 0xc, 0xc, 0x7, 0x39, 0x8f});
	assert_string_equal(id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	assert_true(id_valid(str_z(id)));
	id_make(id, 0, ones);
	assert_string_equal(id, "00000000-0000-7fff-bfff-ffffffffffff");
}

static void id_forms(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} t[] = {
		{"01a20256-26e4-78c1-a61f-4daf7ae9c531", true},
		{"01A20256-26e4-78c1-a61f-4daf7ae9c531", false},
		{"01a20256-26e4-78c1-a61f-4daf7ae9c53", false},
		{"01a20256-26e4-78c1-a61f-4daf7ae9c5311", false},
		{"01a20256-26e4-78c1-a61f-4daf7ae9c53/", false},
		{"01a2025626e4-78c1-a61f-4daf7ae9c5311", false},
		{"../../../../../../../../../../../etc", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++)
		assert_int_equal(id_valid(str_z(t[i].text)), t[i].good);
}

static void id_references(void **state)
{
	static const struct {
		const char *ref;
		bool hit;
	} t[] = {
		{"01a20256-26e4-78c1-a61f-4daf7ae9c531", true},
		{"01a20256", true},
		{"01a2025", false},
		{"7ae9c531", true},
		{"ae9c531", false},
		{"78c1-a61f", false},
		{"4daf7ae9c531", true},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++)
		assert_int_equal(
			id_matches(str_z(t[i].ref), STR("01a20256-26e4-78c1-a61f-4daf7ae9c531")),
			t[i].hit);
}

#define TEN "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void slugs_checked(void **state)
{
	static const struct {
		const char *slug, *better; /* NULL: fine as it is */
	} t[] = {
		{"a", NULL},
		{"0", NULL},
		{"api-copy-2", NULL},
		{"a--b-", NULL},
		{SIXTY "123", NULL},
		{SIXTY "1234", SIXTY "123"},
		{"", "project"},
		{"-a", "a"},
		{"Api Repo", "api-repo"},
		{"a_b", "a-b"},
		{"../../etc", "etc"},
		{"\x1b[31m", "31m"},
		{"caf\xc3\xa9", "caf"},
		{"\xe6\x97\xa5", "project"},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++) {
		own_err struct err e = {0};
		own_buf struct buf fix = {0};

		assert_int_equal(slug_check(str_z(t[i].slug), &e), !t[i].better);
		if (!t[i].better)
			continue;
		buf_printf(&fix, "use \"%s\"", t[i].better);
		assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
		assert_string_equal(buf_z(&e.fix), buf_z(&fix));
		assert_string_equal(e.fields[0].name, "slug");
	}
}

static void slugs_derived_are_valid(void **state)
{
	own_buf struct buf out = {0};
	char text[80];

	(void)state;
	for (unsigned seed = 1; seed < 3000; seed++) {
		unsigned x = seed * 2654435761u;
		size_t n = seed % sizeof(text);

		for (size_t i = 0; i < n; i++) {
			x = x * 1664525u + 1013904223u;
			text[i] = (char)(x >> 24);
		}
		slug_derive(&out, str_n(text, n));
		assert_true(slug_check(buf_view(&out), NULL));
	}
}

static void slugs_numbered(void **state)
{
	own_buf struct buf out = {0};

	(void)state;
	slug_numbered(&out, STR("api"), 2);
	assert_string_equal(buf_z(&out), "api-2");
	slug_numbered(&out, STR(SIXTY "123"), 10);
	assert_string_equal(buf_z(&out), SIXTY "-10");
	slug_numbered(&out, STR(SIXTY "-23"), 2);
	assert_string_equal(buf_z(&out), SIXTY "-2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_uuid_v7),
		cmocka_unit_test(id_forms),
		cmocka_unit_test(id_references),
		cmocka_unit_test(slugs_checked),
		cmocka_unit_test(slugs_derived_are_valid),
		cmocka_unit_test(slugs_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
