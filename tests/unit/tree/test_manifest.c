/* Manifests there and back, those of the reference, and those that lie. */
#include "fixture.h"

#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "tree/manifest.h"

static int read_all(const char *path, struct strmap *head, struct err *e)
{
	struct manifest_in *m = manifest_open(path, head, e);
	struct manifest_entry en;
	int n = 0, got;

	if (!m)
		return -1;
	while ((got = manifest_next(m, &en, e)) > 0)
		n++;
	manifest_close(m);
	return got < 0 ? -1 : n;
}

static void test_there_and_back(void **state)
{
	static const struct manifest_entry entries[] = {
		{.path = {"a", 1},
			.type = FILE_DIR,
			.mode = 0755,
			.has_mtime = true,
			.mtime_s = 1,
			.mtime_ns = 5},
		{.path = {"a-b\n\"\x7F", 6},
			.type = FILE_REG,
			.mode = 04644,
			.has_mtime = true,
			.mtime_s = -86400,
			.size = UINT64_C(1) << 40,
			.has_sha256 = true,
			.sha256 = {1, 2, 0xAB}},
		{.path = {"a/\xFF\xFE", 4},
			.type = FILE_LINK,
			.mode = 0777,
			.link_target = {"\xC0/..", 4}},
		{.path = {"b", 1}, .type = FILE_LINK, .mode = 0777, .link_target = {"/etc", 4}},
		{.path = {"c", 1}, .type = FILE_REG, .has_mtime = true, .mtime_s = INT64_MAX / 2},
	};
	struct strmap head = {0}, back = {0};
	own_err struct err e = {0};
	struct manifest_out *out;
	struct manifest_in *in;
	struct manifest_entry en;

	(void)state;
	strmap_set(&head, "id", "x\"y");
	out = manifest_create("m.json", &head, &e);
	assert_non_null(out);
	for (size_t i = 0; i < countof(entries); i++)
		assert_true(manifest_add(out, &entries[i], &e));
	assert_false(manifest_add(out, &entries[0], NULL)); /* out of order */
	assert_int_equal(access("m.json", F_OK), -1);
	assert_true(manifest_commit(out, "/tree", &e));
	in = manifest_open("m.json", &back, &e);
	assert_non_null(in);
	for (size_t i = 0; i < countof(entries); i++) {
		const struct manifest_entry *w = &entries[i];

		assert_int_equal(manifest_next(in, &en, &e), 1);
		assert_true(str_eq(en.path, w->path) && str_eq(en.link_target, w->link_target));
		assert_true(en.type == w->type && en.mode == w->mode && en.size == w->size);
		assert_true(en.has_sha256 == w->has_sha256);
		assert_memory_equal(en.sha256, w->sha256, SHA256_LEN);
		if (i < 4) /* the year of the last one has too many digits */
			assert_true(en.mtime_s == w->mtime_s && en.mtime_ns == w->mtime_ns);
		assert_int_equal(en.has_mtime, w->has_mtime && i < 4);
	}
	assert_int_equal(manifest_next(in, &en, &e), 0);
	assert_int_equal(manifest_next(in, &en, &e), 0);
	manifest_close(in);
	assert_string_equal(strmap_get(&back, "id"), "x\"y");
	assert_string_equal(strmap_get(&back, "entry_count"), "5");
	assert_string_equal(strmap_get(&back, "tree_root"), "/tree");
	strmap_fini(&head);
	strmap_fini(&back);
}

/* Spread over lines, totals first, no mtimes, keys we do not know. */
static void test_reference_layout(void **state)
{
	struct strmap head = {0};
	own_err struct err e = {0};

	(void)state;
	put_file("m.json",
		STR("{\n  \"id\": \"i\",\n  \"entry_count\": 2,\n  \"odd\": [{\"a\": 1.5}],\n"
		    "  \"entries\": [\n    {\n      \"path\": \"a\",\n      \"type\": \"dir\",\n"
		    "      \"mode\": 493\n    },\n    {\n      \"path\": \"a/b\",\n"
		    "      \"type\": \"file\",\n      \"mode\": 420,\n      \"size\": 6,\n"
		    "      \"extra\": {\"x\": []}\n    }\n  ],\n  \"tree_root\": \"/t\"\n}\n"));
	assert_int_equal(read_all("m.json", &head, &e), 2);
	assert_string_equal(strmap_get(&head, "tree_root"), "/t");
	strmap_fini(&head);
	put_file("m.json", STR("{\"entries\":[]}"));
	assert_int_equal(read_all("m.json", NULL, &e), 0);
}

static const char *const lies[] = {
	"",
	"{}",
	"[]",
	"{\"entries\":[}",
	"{\"entries\":[],\"entries\":[]}",
	"{\"entries\":[]} x",
	"{\"entries\":[],\"entry_count\":1}",
	"{\"entries\":[{\"path\":\"a\",\"type\":\"file\",\"mode\":420}]",
	"{\"entries\":[{\"path\":\"a\"}]}",
	"{\"entries\":[{\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"a\",\"path\":\"b\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"/a\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"a/../b\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"a//b\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"a/\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\".\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"a\\u0000b\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path_b64\":\"Li4=\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path_b64\":\"*\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"a\",\"type\":\"fifo\"}]}",
	"{\"entries\":[{\"path\":\"a\",\"type\":\"file\",\"mode\":99999}]}",
	"{\"entries\":[{\"path\":\"a\",\"type\":\"file\",\"size\":-1}]}",
	"{\"entries\":[{\"path\":\"a\",\"type\":\"file\",\"sha256\":\"12\"}]}",
	"{\"entries\":[{\"path\":\"a\",\"type\":\"file\",\"mtime\":\"now\"}]}",
	"{\"entries\":[{\"path\":\"a\",\"type\":\"symlink\"}]}",
	"{\"entries\":[{\"path\":\"b\",\"type\":\"file\"},{\"path\":\"a\",\"type\":\"file\"}]}",
	"{\"entries\":[{\"path\":\"b\",\"type\":\"file\"},{\"path\":\"b\",\"type\":\"file\"}]}",
};

static void test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(lies); i++) {
		own_err struct err e = {0};

		put_file("m.json", str_z(lies[i]));
		if (read_all("m.json", NULL, &e) != -1 || e.kind != ERR_METADATA_CORRUPTION)
			fail_msg("accepted, or another error: %s", lies[i]);
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long rss_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void test_many(void **state)
{
	enum { MANY = 100000 };
	struct manifest_out *out = manifest_create("m.json", NULL, NULL);
	struct manifest_entry en = {.type = FILE_REG,
		.mode = 0644,
		.has_mtime = true,
		.mtime_s = 1790000000,
		.mtime_ns = 123456789,
		.size = 4321,
		.has_sha256 = true};
	own_buf struct buf path = {0};
	double start = seconds(), wrote, done;
	long before = rss_kib();

	(void)state;
	for (int i = 0; i < MANY; i++) {
		buf_clear(&path);
		buf_printf(&path, "some/directory/of/usual/depth/file-%08d.c", i);
		en.path = buf_view(&path);
		assert_true(manifest_add(out, &en, NULL));
	}
	assert_true(manifest_commit(out, NULL, NULL));
	wrote = seconds();
	assert_int_equal(read_all("m.json", NULL, NULL), MANY);
	done = seconds();
	print_message("100,000 entries: write %.3f s, read %.3f s, %ld KiB more\n", wrote - start,
		done - wrote, rss_kib() - before);
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(rss_kib() - before, 0, 4096);
#endif
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_there_and_back), TEST(test_reference_layout),
		TEST(test_lies), TEST(test_many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
