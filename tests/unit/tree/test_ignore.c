/* Patterns against paths: a table of what gitignore(5) says, and thousands of
 * generated cases against `git check-ignore` itself. */
#include "fixture.h"

#include "base/mem.h"
#include "base/strv.h"
#include "tree/glob.h"
#include "tree/ignore.h"

/* As a walk does it: an excluded parent decides. */
static bool excluded(const struct ignore *g, struct str path, bool is_dir)
{
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/' && ignore_match(g, str_n(path.p, i), true))
			return true;
	return ignore_match(g, path, is_dir);
}

static const struct {
	const char *lines, *path;
	bool want;
} cases[] = {
	{"*.o", "a/b.o", true},
	{"*.o", "b.oo", false},
	{"/a", "b/a", false},
	{"/a", "a/b", true},
	{"a/b", "x/a/b", false},
	{"doc/*.txt", "doc/x/a.txt", false},
	{"doc/**/*.txt", "doc/a.txt", true},
	{"doc/**/*.txt", "doc/x/y/a.txt", true},
	{"**/foo", "foo", true},
	{"**/foo", "x/y/foo", true},
	{"**/foo", "x/yfoo", false},
	{"foo/**", "foo/x/y", true},
	{"foo/**", "foo", false},
	{"build/", "build", false},
	{"build/", "build/", true},
	{"build/", "x/build/y", true},
	{"*\n!keep", "keep", false},
	{"*\n!keep", "drop", true},
	{"d\n!d/keep", "d/keep", true},
	{"d/*\n!d/keep", "d/keep", false},
	{"#x", "#x", false},
	{"\\#x", "#x", true},
	{"\\!x", "!x", true},
	{"x  ", "x", true},
	{"x\\ ", "x ", true},
	{"x\r\ny\r\n", "x", true},
	{"\xEF\xBB\xBFx", "x", true},
	{"[a", "[a", false},
	{"[a", "a", false},
	{"[]a]", "]", true},
	{"[!a]", "b", true},
	{"[^a]", "a", false},
	{"[a-c]x", "bx", true},
	{"[[:digit:]]", "7", true},
	{"[[:bogus:]]", "b", false},
	{"[a\\]]", "]", true},
	{"a?c", "a/c", false},
	{"a[/]c", "a/c", false},
	{"x\\", "x\\", false},
	{"a**b", "axyb", true},
	{"/", "a", false},
	{"", "a", false},
	{"!", "a", false},
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct ignore *g = ignore_new();
		struct str path = str_z(cases[i].path);
		bool is_dir = str_ends(path, STR("/"));

		if (is_dir)
			path.n--;
		ignore_add_lines(g, str_z(cases[i].lines));
		if (excluded(g, path, is_dir) != cases[i].want)
			fail_msg("\"%s\" on \"%s\": want %d", cases[i].lines, cases[i].path,
				cases[i].want);
		ignore_free(g);
	}
}

/* What makes backtracking matchers run for hours. */
static void test_no_blow_up(void **state)
{
	own_buf struct buf pattern = {0}, name = {0};
	struct glob *g;

	(void)state;
	for (int i = 0; i < 200; i++) {
		buf_puts(&pattern, i % 2 ? "**/a" : "*a*a*a");
		buf_puts(&pattern, i % 2 ? "*" : "/");
		buf_puts(&name, "aaaaaaaaaaaaaaaaaaaaaaaaa/aaaaaaaaaaaaaaa");
	}
	buf_putc(&pattern, 'b');
	g = glob_new(buf_view(&pattern));
	assert_false(glob_match(g, buf_view(&name)));
	glob_free(g);
}

/* ---- against git ---- */

static uint32_t seed = 12345;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static const char *const names[] = {"a", "b", "ab", "a-b", "foo", "foo.o", "bar.o", "[a]", "a b",
	" a", "a ", "*", "**", "?", "a\\", "#x", "!x", "\xC3\xA9", "\xFF", "foo-bar", "fobar", "A",
	"-", "]", "[", "x", "a.b.c", "7"};

static const char *const bits[] = {"a", "b", "ab", "foo", "foo.o", "o", ".", "*", "*", "**", "**",
	"?", "/", "/", "/", "/**/", "**/", "/**", "[a-c]", "[!a]", "[^b-]", "[]a]", "[[:alpha:]]",
	"[[:punct:]]", "[[:space:]]", "[[:x:]]", "[[:", "[:a]", "[a-]", "[\\a-c]", "[a-\\c]", "[",
	"]", "\\", "\\*", "\\[", "\\ ", " ", "#", "!", "x", "\xC3\xA9", "\xFF", "-", "***", "*.o",
	"\r", "[a-c-e]", "[[:lower:]-z]", "[z-a]", "7", "[[:digit:]x]", "[!]a]", "\\/", "[/]"};

/* Three levels of the names above; every second one is a directory. */
static void make_tree(struct strv *paths)
{
	for (size_t i = 0; i < countof(names); i++) {
		strv_addf(paths, "%s", names[i]);
		for (size_t j = i % 2; i % 2 && j < countof(names); j += 3) {
			strv_addf(paths, "%s/%s", names[i], names[j]);
			for (size_t k = i % 3; j % 2 && k < countof(names); k += 7)
				strv_addf(paths, "%s/%s/%s", names[i], names[j], names[k]);
		}
	}
	for (size_t i = 0; i < paths->n; i++) {
		size_t len = strlen(paths->v[i]);
		bool dir = i + 1 < paths->n && strncmp(paths->v[i + 1], paths->v[i], len) == 0 &&
			   paths->v[i + 1][len] == '/';

		if (dir)
			assert_return_code(mkdir(paths->v[i], 0755), 0);
		else
			assert_return_code(close(open(paths->v[i], O_CREAT | O_WRONLY, 0644)), 0);
	}
}

/* One line of output a path: source, line, pattern, path, each with a NUL. */
static bool git_says(struct str *out)
{
	struct str f[4];

	for (int i = 0; i < 4; i++)
		assert_true(str_split(out, '\0', &f[i]));
	return f[2].n && !str_starts(f[2], STR("!"));
}

static size_t n_excluded;

static size_t compare(const struct strv *paths, struct str lines)
{
	static const char *const check[] = {
		"git", "check-ignore", "-z", "-v", "-n", "--no-index", "--stdin", NULL};
	struct ignore *g = ignore_new();
	own_buf struct buf b = {0};
	struct str out;
	int rc;

	put_file(".gitignore", lines);
	rc = run_tool(check, "../in", "../out");
	assert_true(rc == 0 || rc == 1);
	out = get_file("../out", &b);
	ignore_add_lines(g, lines);
	for (size_t i = 0; i < paths->n; i++) {
		struct stat st;
		bool git = git_says(&out);

		n_excluded += git;
		assert_return_code(lstat(paths->v[i], &st), 0);
		if (excluded(g, str_z(paths->v[i]), S_ISDIR(st.st_mode)) != git)
			fail_msg("patterns:\n%.*s\non \"%s\": git says %d", STRF(lines),
				paths->v[i], git);
	}
	ignore_free(g);
	return paths->n;
}

static void make_patterns(struct buf *b)
{
	buf_clear(b);
	for (uint32_t lines = 1 + rnd(5); lines; lines--) {
		if (rnd(4) == 0)
			buf_putc(b, '!');
		if (rnd(5) == 0)
			buf_putc(b, '/');
		for (uint32_t n = 1 + rnd(4); n; n--)
			buf_puts(b, bits[rnd(countof(bits))]);
		if (rnd(5) == 0)
			buf_putc(b, '/');
		if (lines > 1 || rnd(2))
			buf_putc(b, '\n');
	}
}

static void test_as_git(void **state)
{
	static const char *const init[] = {"git", "init", "-q", ".", NULL};
	own_strv struct strv paths = {0};
	own_buf struct buf in = {0}, lines = {0};
	const char *rounds = getenv("IGNORE_ROUNDS");
	size_t done = 0;

	(void)state;
	setenv("HOME", scratch, 1);
	unsetenv("XDG_CONFIG_HOME");
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	put_dir("w");
	assert_return_code(chdir("w"), 0);
	if (run_tool(init, NULL, NULL) != 0)
		skip();
	make_tree(&paths);
	for (size_t i = 0; i < paths.n; i++)
		buf_add(&in, paths.v[i], strlen(paths.v[i]) + 1);
	put_file("../in", buf_view(&in));
	for (long r = rounds ? strtol(rounds, NULL, 10) : 150; r > 0; r--) {
		make_patterns(&lines);
		done += compare(&paths, buf_view(&lines));
	}
	print_message("%zu cases\n", done);
	assert_true(n_excluded > done / 20 && n_excluded < done / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_no_blow_up),
		cmocka_unit_test_setup_teardown(test_as_git, scratch_make, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
