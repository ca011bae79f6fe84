/* Compression that follows the receiver; whatever the pace, zstd gets back what went in. */
#include "fixture.h"

#include "tree/pack.h"

#define PIECES 400

/* Half of it is noise: what comes out is more than any buffer on the way to a receiver. */
static void make_piece(struct buf *b, int i)
{
	uint32_t x = (uint32_t)i * 2654435761u + 1;

	buf_clear(b);
	for (int k = 0; k < 10000; k++) {
		x = x * 1664525u + 1013904223u;
		buf_printf(b, "word%d %04x ", (i * 7919 + k * 31) % 1009, x >> 16);
	}
}

/* Packs the same text, telling each time how long both sides took. */
static size_t packed(int64_t here_us, int64_t there_us)
{
	const char *unzstd[] = {"zstd", "-dqf", "out.zst", "-o", "back", NULL};
	const char *cmp[] = {"cmp", "in", "back", NULL};
	own_buf struct buf piece = {0}, in = {0}, out = {0};
	struct pack *p = pack_new();

	for (int i = 0; i < PIECES; i++) {
		make_piece(&piece, i);
		buf_str(&in, buf_view(&piece));
		assert_true(pack_add(p, buf_view(&piece), &out, NULL));
		pack_pace(p, here_us, there_us);
	}
	assert_true(pack_end(p, &out, NULL));
	pack_free(p);
	put_file("in", buf_view(&in));
	put_file("out.zst", buf_view(&out));
	assert_int_equal(run_tool(unzstd, NULL, NULL), 0);
	assert_int_equal(run_tool(cmp, NULL, NULL), 0);
	return out.n;
}

static void test_pace(void **state)
{
	size_t slow_link, fast_link, even;

	(void)state;
	slow_link = packed(1000, 20000);
	fast_link = packed(20000, 1000);
	even = packed(15000, 7000);
	print_message("%zu %zu %zu\n", slow_link, even, fast_link);
	assert_true(fast_link > 2 * slow_link);
	assert_true(even < slow_link + slow_link / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pace, scratch_make, scratch_remove)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
