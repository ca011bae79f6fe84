/* The built-in steps are shell that parses, and can be run twice. */
#include "fixture.h"

#include "os/spawn.h"
#include "store/builtin.h"

static int sh(const char *flag, const char *script)
{
	const char *const argv[] = {"sh", flag, script, NULL};
	int pid, status;

	must(spawn(
		&(struct spawn){
			.argv = argv, .in = SPAWN_NULL, .out = SPAWN_INHERIT, .err = SPAWN_INHERIT},
		&pid, e));
	must(spawn_wait(pid, &status, e));
	return spawn_exit_code(status);
}

static void steps_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < BUILTIN_ENVIRONMENTS; i++)
		for (size_t k = 0; k < builtin_environments[i].bootstrap_commands.n; k++)
			assert_int_equal(
				sh("-nc", builtin_environments[i].bootstrap_commands.v[k]), 0);
}

static const char *path_step(void)
{
	const struct strv *steps = &builtin_environments[0].bootstrap_commands;

	for (size_t k = 0; k < steps->n; k++)
		if (strstr(steps->v[k], ".bashrc"))
			return steps->v[k];
	return NULL;
}

static void the_path_line_stands_once(void **state)
{
	static const char line[] = "export PATH=\"$HOME/.local/bin:$PATH\"\n";
	struct fixture f;
	own_buf struct buf path = {0}, text = {0}, want = {0};

	(void)state;
	fixture_new(&f); /* HOME is its directory */
	path_join(&path, f.dir, ".profile");
	must(file_replace(buf_z(&path), STR("umask 022"), 0644, e));
	for (int i = 0; i < 3; i++)
		assert_int_equal(sh("-c", path_step()), 0);
	must(file_read(buf_z(&path), &text, 4096, e));
	buf_printf(&want, "umask 022\n%s", line);
	assert_string_equal(buf_z(&text), buf_z(&want));
	buf_clear(&text);
	must(file_read(path_join(&path, f.dir, ".bashrc"), &text, 4096, e));
	assert_string_equal(buf_z(&text), line);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_parse),
		cmocka_unit_test(the_path_line_stands_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
