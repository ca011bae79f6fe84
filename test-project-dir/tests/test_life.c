/* Each test returns true when it holds; main() runs them all and prints TAP. */
#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct life *parse(const char *text)
{
	size_t line;
	struct life *l = life_parse(text, &line);

	if (l == NULL) {
		fprintf(stderr, "test pattern is bad at line %zu\n", line);
		exit(2);
	}
	return l;
}

/* True when `from` becomes `to` after `steps` generations. */
static bool becomes(const char *from, unsigned steps, const char *to)
{
	struct life *a = parse(from), *b = parse(to);

	while (steps-- > 0)
		life_step(a);
	bool same = life_equal(a, b);
	if (!same) {
		char *text = life_text(a);
		printf("# got:\n# %s\n", text);
		free(text);
	}
	life_free(a);
	life_free(b);
	return same;
}

static bool empty_stays_empty(void)
{
	return becomes("...\n...\n...\n", 5, "...\n...\n...\n");
}

static bool lonely_cell_dies(void)
{
	return becomes(".....\n.....\n..#..\n.....\n.....\n", 1, ".....\n.....\n.....\n.....\n.....\n");
}

static bool crowded_cell_dies(void)
{
	return becomes(".....\n..#..\n.###.\n..#..\n.....\n", 1, ".....\n.###.\n.#.#.\n.###.\n.....\n");
}

static bool block_is_still(void)
{
	const char *block = "......\n......\n..##..\n..##..\n......\n......\n";

	return becomes(block, 10, block);
}

static bool beehive_is_still(void)
{
	const char *hive = "......\n..##..\n.#..#.\n..##..\n......\n";

	return becomes(hive, 7, hive);
}

static bool blinker_blinks(void)
{
	const char *up = ".....\n..#..\n..#..\n..#..\n.....\n";
	const char *across = ".....\n.....\n.###.\n.....\n.....\n";

	return becomes(up, 1, across) && becomes(up, 2, up) && becomes(up, 101, across);
}

static const char glider[] = ".#......\n..#.....\n###.....\n........\n........\n........\n........\n........\n";

static bool glider_moves_one_down_right_in_four(void)
{
	return becomes(glider, 4,
		"........\n..#.....\n...#....\n.###....\n........\n........\n........\n........\n");
}

static bool glider_comes_home_around_the_torus(void)
{
	return becomes(glider, 8 * 4, glider);
}

static bool coordinates_wrap(void)
{
	struct life *l = life_new(4, 3);

	life_set(l, -1, -1, true);
	bool ok = life_get(l, 3, 2) && life_get(l, 7, 5) && life_population(l) == 1;
	life_set(l, 3, 2, false);
	ok = ok && life_population(l) == 0;
	life_free(l);
	return ok;
}

static bool text_round_trips(void)
{
	struct life *l = parse(glider);
	char *text = life_text(l);
	bool ok = strcmp(text, glider) == 0;

	free(text);
	life_free(l);
	return ok;
}

static bool generations_are_counted(void)
{
	struct life *l = parse(glider);

	for (int i = 0; i < 3; i++)
		life_step(l);
	bool ok = life_generation(l) == 3 && life_population(l) == 5;
	life_free(l);
	return ok;
}

static bool bad_patterns_are_refused(void)
{
	static const struct {
		const char *text;
		size_t line;
	} bad[] = {
		{ "", 1 },
		{ "\n", 1 },
		{ "..\n.\n", 2 },
		{ "..\n..\n.x\n", 3 },
		{ "..\n...\n", 2 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t line = 0;
		struct life *l = life_parse(bad[i].text, &line);

		if (l != NULL || line != bad[i].line) {
			printf("# pattern %zu: line %zu\n", i, line);
			life_free(l);
			return false;
		}
	}
	return true;
}

static bool boards_have_limits(void)
{
	return life_new(0, 5) == NULL && life_new(5, 0) == NULL && life_new(LIFE_MAX + 1, 1) == NULL;
}

#define TEST(name) { #name, name }
static const struct {
	const char *name;
	bool (*run)(void);
} tests[] = {
	TEST(empty_stays_empty),
	TEST(lonely_cell_dies),
	TEST(crowded_cell_dies),
	TEST(block_is_still),
	TEST(beehive_is_still),
	TEST(blinker_blinks),
	TEST(glider_moves_one_down_right_in_four),
	TEST(glider_comes_home_around_the_torus),
	TEST(coordinates_wrap),
	TEST(text_round_trips),
	TEST(generations_are_counted),
	TEST(bad_patterns_are_refused),
	TEST(boards_have_limits),
};

int main(void)
{
	size_t count = sizeof(tests) / sizeof(tests[0]), failed = 0;

	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		bool ok = tests[i].run();

		failed += !ok;
		printf("%s %zu - %s\n", ok ? "ok" : "not ok", i + 1, tests[i].name);
	}
	printf("%zu tests, %zu failed\n", count, failed);
	return failed != 0;
}
