#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fields.h"
#include "base/mem.h"

struct inner {
	char *name;
};

struct outer {
	char *text;
	bool yes;
	int64_t number;
	struct strv list;
	struct strmap map;
	struct lists lists;
	struct inner one;
	struct inner *many;
	size_t n_many;
};

static const struct field inner_rows[] = {{"name", F_STR, offsetof(struct inner, name), 0, NULL}};
static const struct fields inner_fields = {"inner", inner_rows, 1, sizeof(struct inner)};
static const struct field outer_rows[] = {
	{"text", F_STR, offsetof(struct outer, text), 0, NULL},
	{"yes", F_BOOL, offsetof(struct outer, yes), 0, NULL},
	{"number", F_INT, offsetof(struct outer, number), 0, NULL},
	{"list", F_LIST, offsetof(struct outer, list), 0, NULL},
	{"map", F_MAP, offsetof(struct outer, map), 0, NULL},
	{"lists", F_LISTS, offsetof(struct outer, lists), 0, NULL},
	{"one", F_REC, offsetof(struct outer, one), 0, &inner_fields},
	FIELD_RECS(struct outer, "many", many, 0, inner_fields),
};
static const struct fields outer_fields = {
	"outer", outer_rows, countof(outer_rows), sizeof(struct outer)};
_Static_assert(countof(outer_rows) == F_TYPES, "one field of each type");

static void fill(struct outer *o)
{
	o->text = mem_strdup("t");
	o->yes = true;
	o->number = -3;
	strv_add(&o->list, "a");
	strmap_set(&o->map, "k", "v");
	strv_add(&lists_add(&o->lists, "start")->list, "x");
	o->one.name = mem_strdup("n");
	o->many = mem_alloc(2 * sizeof(*o->many));
	o->n_many = 2;
	o->many[1].name = mem_strdup("m");
}

static void test_copy_is_deep(void **state)
{
	struct outer a = {0}, b = {0};

	(void)state;
	fill(&a);
	fill(&b);
	fields_copy(&outer_fields, &b, &a);
	for (size_t i = 0; i < outer_fields.n; i++) {
		assert_true(fields_equal(&outer_rows[i], &a, &b));
		assert_false(fields_empty(&outer_rows[i], &a));
	}
	fields_fini(&outer_fields, &a);
	for (size_t i = 0; i < outer_fields.n; i++) {
		assert_false(fields_equal(&outer_rows[i], &a, &b));
		assert_true(fields_empty(&outer_rows[i], &a));
	}
	fields_copy(&outer_fields, &b, &b);
	assert_string_equal(b.many[1].name, "m");
	fields_fini(&outer_fields, &b);
	assert_memory_equal(&b, &(struct outer){0}, sizeof(b));
}

static void test_map(void **state)
{
	struct strmap a = {0}, b = {0};

	(void)state;
	strmap_set(&a, "x", "1");
	strmap_set(&a, "y", "2");
	strmap_set(&a, "x", strmap_get(&a, "y"));
	assert_string_equal(strmap_get(&a, "x"), "2");
	assert_int_equal(a.keys.n, 2);
	assert_null(strmap_get(&a, "z"));
	strmap_set(&b, "x", "2");
	assert_false(strmap_eq(&a, &b));
	strmap_set(&b, "y", "2");
	assert_true(strmap_eq(&a, &b));
	strmap_fini(&a);
	strmap_fini(&b);
}

/* Absent, empty and switched off are three things. */
static void test_lists(void **state)
{
	struct lists a = {0}, b = {0};

	(void)state;
	lists_add(&a, "start");
	assert_false(lists_eq(&a, &b));
	lists_add(&b, "start")->line = 9;
	assert_true(lists_eq(&a, &b));
	lists_get(&b, "start")->off = true;
	assert_false(lists_eq(&a, &b));
	lists_copy(&a, &b);
	assert_true(lists_eq(&a, &b));
	strv_add(&lists_add(&a, "stop")->list, "x");
	strv_add(&lists_add(&b, "clone")->list, "x");
	assert_false(lists_eq(&a, &b));
	lists_fini(&a);
	lists_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy_is_deep),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
