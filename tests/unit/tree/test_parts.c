/* Work for each of many things: each once, whatever their number. */
#include "fixture.h"

#include "base/mem.h"
#include "tree/parts.h"

#define MOST 5000

static void count(size_t from, size_t to, void *arg)
{
	unsigned *seen = arg;

	for (size_t i = from; i < to; i++)
		seen[i]++;
}

static void each_once(void **state)
{
	static const size_t sizes[] = {0, 1, 127, 128, 129, 1000, MOST};

	(void)state;
	for (size_t k = 0; k < countof(sizes); k++) {
		unsigned seen[MOST + 1] = {0};

		parts_do(sizes[k], count, seen);
		for (size_t i = 0; i <= MOST; i++)
			assert_int_equal(seen[i], i < sizes[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_once)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
