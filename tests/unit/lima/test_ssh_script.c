/* The scripts run here through the shells a guest user may have: what comes out must
 * be the same as when sshd hands them to that shell. */
#include "scratch.h"

#include <signal.h>

#include "base/mem.h"
#include "lima/ssh.h"
#include "os/clock.h"
#include "os/proc.h"

static const char *const shells[] = {"bash", "dash", "sh", "zsh", "ksh"};

static const char dump[] = "#!/bin/sh\n"
			   "for a in \"$@\"; do printf '[%s]' \"$a\"; done\n"
			   "printf ' %s\\n' \"$(pwd)\"\n";

static int setup(void **state)
{
	if (scratch_make(state))
		return -1;
	put_dir("home/bin");
	put_dir("work dir");
	put_dir("-odd");
	put_file("home/bin/dump", dump, 0755);
	put_file("home/.profile",
		"PATH=\"$HOME/bin:$PATH\"; FROM_PROFILE=yes; WHO=profile\n"
		"export PATH FROM_PROFILE WHO\n",
		0600);
	return 0;
}

static int in_shell(const char *shell, const char *script, const char *in, struct buf *out)
{
	own_strv struct strv env = {0};

	strv_addf(&env, "HOME=%s", in_scratch("home"));
	strv_add(&env, "LANG");
	strv_add(&env, "ENV");
	strv_add(&env, "TERM=xterm-nobody-has-this");
	strv_addf(&env, "SHELL=%s", in_scratch("home/bin/dump"));
	return run_program((const char *const[]){shell, "-c", script, NULL}, &env, in, out);
}

static void each_shell(const char *script, int status, const char *expected)
{
	own_buf struct buf out = {0};

	for (size_t i = 0; i < countof(shells); i++) {
		own_mem char *there = proc_which(shells[i]);

		if (!there)
			continue;
		int rc = in_shell(shells[i], script, NULL, &out);
		if (rc != status || (expected && !str_eqz(buf_view(&out), expected)))
			fail_msg("%s: exit %d, expected %d; got <%s>, expected <%s>", shells[i], rc,
				status, buf_z(&out), expected ? expected : "-");
	}
}

static void command(const char *workdir, int status, const char *expected, ...)
{
	own_buf struct buf script = {0};
	own_strv struct strv args = {0};
	own_mem char *dir = mem_strdup(workdir); /* in_scratch()'s text is taken again below */
	struct ssh s = {0};
	va_list ap;

	va_start(ap, expected);
	for (const char *a; (a = va_arg(ap, const char *));)
		strv_add(&args, a);
	va_end(ap);
	ssh_script_command(&s, dir, &args, NULL, false, &script);
	each_shell(script.p, status, expected);
	/* And read by the login shell itself; bash has other words for a child's death. */
	s.direct = true;
	buf_clear(&script);
	ssh_script_command(&s, dir, &args, NULL, false, &script);
	each_shell(script.p, status, status > 128 && status < 255 ? NULL : expected);
}

static void arguments_arrive_byte_for_byte(void **state)
{
	(void)state;
	own_buf struct buf expected = {0};

	buf_printf(&expected,
		"[a b][][$HOME `id` \\][it's \"q\"][-n][--][line\nbreak\n][*][!!][\xff\xfe\t] %s\n",
		in_scratch("work dir"));
	command(in_scratch("work dir"), 0, expected.p, "dump", "a b", "", "$HOME `id` \\",
		"it's \"q\"", "-n", "--", "line\nbreak\n", "*", "!!", "\xff\xfe\t", NULL);
}

static void directories(void **state)
{
	(void)state;
	own_buf struct buf b = {0};

	buf_printf(&b, " %s\n", in_scratch("-odd"));
	command(in_scratch("-odd"), 0, b.p, "dump", NULL);
	buf_clear(&b);
	command("/nowhere/at all", 1, "codelima: no directory /nowhere/at all in the VM\n", "dump",
		NULL);
}

static void exit_statuses(void **state)
{
	(void)state;
	command(NULL, 0, "", "true", NULL);
	command(NULL, 42, "", "sh", "-c", "exit 42", NULL);
	command(NULL, 255, "", "sh", "-c", "exit 255", NULL);
	command(NULL, 137, "Killed\n", "sh", "-c", "kill -9 $$", NULL);
	command(NULL, 143, "Terminated\n", "sh", "-c", "kill -15 $$", NULL);
	command(NULL, 130, "", "sh", "-c", "kill -2 $$", NULL);
	command(NULL, 127, NULL, "no-such-program", NULL);
}

static void standard_input_is_the_commands(void **state)
{
	(void)state;
	own_buf struct buf script = {0}, out = {0};
	own_strv struct strv args = {0};
	struct ssh s = {0};

	strv_add(&args, "cat");
	ssh_script_command(&s, NULL, &args, NULL, false, &script);
	assert_int_equal(in_shell("bash", script.p, "one\ntwo", &out), 0);
	assert_string_equal(out.p, "one\ntwo");
}

static void environment_of_the_profile(void **state)
{
	(void)state;
	own_buf struct buf script = {0}, text = {0}, out = {0};
	own_strv struct strv args = {0};
	struct strmap m = {0};
	struct ssh s = {.environment = &m, .env_file = (char[]){".codelima/env-1"}};
	struct file_stat st;

	strmap_set(&m, "SECRET", "a'b \"$(id)\"\nx");
	strmap_set(&m, "WHO", "environment");
	strmap_set(&m, "not a name", "x; touch /tmp/owned");
	strmap_set(&m, "9X", "x");
	ssh_env_text(&m, &text);
	assert_null(strstr(text.p, "owned"));
	ssh_script_env_file(s.env_file, &script);
	assert_null(strstr(script.p, "a'b"));
	assert_int_equal(in_shell("bash", script.p, text.p, &out), 0);
	assert_true(file_stat(in_scratch("home/.codelima/env-1"), &st));
	assert_int_equal(st.mode, 0600);

	strv_add(&args, "sh");
	strv_add(&args, "-c");
	strv_add(&args, "printf '%s|' \"$SECRET\" \"$WHO\" \"$FROM_PROFILE\" \"$LANG\"");
	buf_clear(&script);
	ssh_script_command(&s, NULL, &args, NULL, false, &script);
	each_shell(script.p, 0, "a'b \"$(id)\"\nx|environment|yes|C.UTF-8|");

	buf_clear(&script);
	ssh_script_step(&s, NULL, args.v[2], &script);
	each_shell(script.p, 0, "a'b \"$(id)\"\nx|environment|yes|C.UTF-8|");
	strmap_fini(&m);
}

static void the_profile_is_read_again_when_it_changes(void **state)
{
	(void)state;
	own_buf struct buf script = {0}, out = {0};
	own_strv struct strv args = {0};
	struct ssh s = {0};
	static const char ask[] = "echo \"$FROM_PROFILE ${SSH_TTY-none}\" $(umask); umask 027";

	strv_add(&args, "sh");
	strv_add(&args, "-c");
	strv_add(&args, ask);
	ssh_script_command(&s, NULL, &args, NULL, false, &script);
	put_file("home/.profile", "export FROM_PROFILE=1; SSH_TTY=x; export SSH_TTY; umask 037\n",
		0600);
	assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
	assert_string_equal(out.p, "1 x 0037\n");
	assert_true(file_exists(in_scratch("home/.codelima/login")));
	assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
	assert_string_equal(out.p, "1 none 0037\n");
	clock_sleep_ms(20);
	put_file("home/.profile", "FROM_PROFILE=\"two 'x'\"; export FROM_PROFILE; umask 022\n",
		0600);
	assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
	assert_string_equal(out.p, "two 'x' none 0022\n");
	put_file("home/.profile", "[ -d \"$HOME/.local/bin\" ] && export FROM_PROFILE=local\n",
		0600);
	assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
	put_dir("home/.local/bin");
	assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
	assert_non_null(strstr(out.p, "local"));
	/* A value of several lines is right the second time too. */
	put_file("home/.profile", "export FROM_PROFILE='a\nPATH=b\n'\n", 0600);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
		assert_non_null(strstr(out.p, "a\nPATH=b\n none"));
	}
}

static void step(const char *text, int status, const char *expected)
{
	own_buf struct buf script = {0};
	struct ssh s = {0};

	ssh_script_step(&s, in_scratch("work dir"), text, &script);
	each_shell(script.p, status, expected);
}

static void steps(void **state)
{
	(void)state;
	own_buf struct buf b = {0};

	buf_printf(&b, "%s 0 \n", in_scratch("work dir"));
	step("echo \"$PWD\" $# \"$codelima_step\"", 0, b.p);
	step("false", 1, "");
	step("exit 7", 7, "");
	step("# only a comment", 0, "");
	step("cat <<EOF\nhere $((1+1))\nEOF\n", 0, "here 2\n");
	step("a=1\nfalse || echo $a", 0, "1\n");
	step("sh -c 'kill -9 $$'", 137, "Killed\n");
	step("echo {{binary}}", 0, "{{binary}}\n");
}

static void login_falls_back_to_home(void **state)
{
	(void)state;
	own_buf struct buf script = {0}, b = {0};
	struct ssh s = {0};

	own_mem char *cwd = file_cwd(NULL);

	ssh_script_login(&s, "/nowhere", &script);
	buf_printf(&b,
		"codelima: /nowhere is not there in the VM: this is the home directory\n[-l] %s\n",
		cwd);
	each_shell(script.p, 0, b.p);
	buf_clear(&script);
	buf_clear(&b);
	ssh_script_login(&s, in_scratch("work dir"), &script);
	buf_printf(&b, "[-l] %s\n", in_scratch("work dir"));
	each_shell(script.p, 0, b.p);
}

static void unknown_terminals(void **state)
{
	(void)state;
	own_buf struct buf script = {0};
	own_strv struct strv args = {0};
	struct ssh s = {0};

	strv_add(&args, "sh");
	strv_add(&args, "-c");
	strv_add(&args, "echo $TERM $COLORTERM");
	proc_setenv("COLORTERM", "true'color");
	ssh_script_command(&s, NULL, &args, NULL, true, &script);
	each_shell(script.p, 0, "xterm-256color true'color\n");
	put_dir("home/.terminfo/x");
	put_file("home/.terminfo/x/xterm-nobody-has-this", "", 0600);
	each_shell(script.p, 0, "xterm-nobody-has-this true'color\n");
	proc_setenv("COLORTERM", NULL);
}

static void signals_reach_the_marked(void **state)
{
	(void)state;
	own_buf struct buf script = {0}, out = {0};
	own_strv struct strv args = {0}, env = {0};
	struct ssh s = {0};
	int pid, status = 0;

	strv_add(&args, "sh");
	strv_add(&args, "-c");
	strv_add(&args, "sleep 60; exit 3");
	ssh_script_command(&s, NULL, &args, "tok-1", false, &script);
	strv_addf(&env, "HOME=%s", in_scratch("home"));
	struct spawn sp = {.argv = (const char *const[]){"bash", "-c", script.p, NULL},
		.env = &env,
		.in = SPAWN_NULL,
		.out = SPAWN_NULL,
		.err = SPAWN_NULL};
	assert_true(spawn(&sp, &pid, NULL));
	clock_sleep_ms(300);
	buf_clear(&script);
	ssh_script_signal("tok-2", "TERM", &script);
	assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
	assert_true(proc_alive(pid, 0));
	buf_clear(&script);
	ssh_script_signal("tok-1", "TERM", &script);
	assert_int_equal(in_shell("bash", script.p, NULL, &out), 0);
	assert_true(spawn_wait(pid, &status, NULL));
	assert_int_equal(spawn_exit_code(status), 128 + SIGTERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			arguments_arrive_byte_for_byte, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(directories, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(exit_statuses, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(
			standard_input_is_the_commands, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(environment_of_the_profile, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(
			the_profile_is_read_again_when_it_changes, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(steps, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(login_falls_back_to_home, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(unknown_terminals, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(signals_reach_the_marked, setup, scratch_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
