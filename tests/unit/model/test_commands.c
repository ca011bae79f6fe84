/* Precedence: every action at every level with every kind of value. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/commands.h"

enum value { ABSENT, EMPTY, OFF, SCALAR, LIST, SHIPPED, VALUES };

static void level_set(struct lists *l, enum action a, enum value v, const char *mark)
{
	struct list_entry *le;

	if (v == ABSENT || (v == SHIPPED && !actions[a].builtin))
		return;
	le = lists_add(l, actions[a].name);
	le->line = 7;
	le->off = v == OFF;
	if (v == SCALAR || v == LIST)
		strv_add(&le->list, mark);
	if (v == LIST)
		strv_add(&le->list, "second");
	if (v == SHIPPED)
		strv_add(&le->list, actions[a].builtin);
}

static bool overrides(enum action a, enum value v)
{
	return v == SCALAR || v == LIST || (v == OFF && a == ACT_BOOTSTRAP);
}

static void check_cell(enum action a, const enum value v[LEVEL_COUNT])
{
	static const char *const marks[] = {"config", "project", "node"};
	struct lists lists[LEVEL_COUNT] = {0};
	struct command_level levels[LEVEL_COUNT];
	struct command_list out;
	int winner = -1;

	for (int i = 0; i < LEVEL_COUNT; i++) {
		level_set(&lists[i], a, v[i], marks[i]);
		levels[i] = (struct command_level){&lists[i], marks[i]};
		if (overrides(a, v[i]))
			winner = i;
	}
	commands_effective(levels, a, &out);
	assert_int_equal(out.builtin, winner < 0);
	if (winner < 0) {
		assert_null(out.file);
		assert_int_equal(out.commands.n, actions[a].builtin ? 1 : 0);
		if (actions[a].builtin)
			assert_string_equal(out.commands.v[0], actions[a].builtin);
	} else {
		assert_string_equal(out.file, marks[winner]);
		assert_int_equal(out.line, 7);
		assert_int_equal(
			out.commands.n, v[winner] == OFF ? 0 : (v[winner] == LIST ? 2 : 1));
		if (out.commands.n)
			assert_string_equal(out.commands.v[0], marks[winner]);
	}
	strv_fini(&out.commands);
	for (int i = 0; i < LEVEL_COUNT; i++)
		lists_fini(&lists[i]);
}

static void every_cell(void **state)
{
	(void)state;
	for (int a = 0; a < ACT_COUNT; a++)
		for (int i = 0; i < VALUES * VALUES * VALUES; i++)
			check_cell((enum action)a, (enum value[]){i % VALUES, i / VALUES % VALUES,
							   i / VALUES / VALUES});
}

static void levels_may_be_missing(void **state)
{
	struct command_level none[LEVEL_COUNT] = {{0}};
	struct command_list out;

	(void)state;
	commands_effective(none, ACT_STOP, &out);
	assert_true(out.builtin);
	assert_string_equal(out.commands.v[0], "{{binary}} stop -y {{instance_name}}");
	strv_fini(&out.commands);
}

static void names(void **state)
{
	enum action a;

	(void)state;
	for (int i = 0; i < ACT_COUNT; i++) {
		assert_true(action_by_name(str_z(actions[i].name), &a));
		assert_int_equal(a, i);
		assert_null(actions[i].placeholders[countof(actions[i].placeholders) - 1]);
	}
	assert_false(action_by_name(STR("Start"), &a));
	assert_false(action_by_name(STR("star"), &a));
	assert_false(action_by_name(STR(""), &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell),
		cmocka_unit_test(levels_may_be_missing),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
