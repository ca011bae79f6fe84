/* The scripts run here through the shells a guest user may have: what comes out must
 * be the same as when sshd hands them to that shell. */
#include "scratch.h"

#include <signal.h>
#include <sys/wait.h>

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
	s.login = LOGIN_SH;
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

/* What marks the command's processes is in their environment, and in no word that is seen. */
static void the_mark_is_not_told(void **state)
{
	(void)state;
	own_buf struct buf script = {0}, out = {0};
	own_strv struct strv args = {0};
	struct ssh s = {.login = LOGIN_BASH};

	strv_add(&args, "sh");
	strv_add(&args, "-c");
	strv_add(&args, "[ \"$CODELIMA_TOKEN\" = 5ec4e7 ] && kill -9 $$");
	ssh_script_command(&s, NULL, &args, "5ec4e7", false, &script);
	assert_int_equal(in_shell("bash", script.p, "", &out), 137);
	assert_non_null(strstr(buf_z(&out), "Killed"));
	assert_null(strstr(buf_z(&out), "=5ec4e7"));
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

/* As a new connection does it; the guest's login shell is the one in SHELL. */
static void prepare(void)
{
	own_buf struct buf script = {0}, out = {0};

	ssh_script_prepare(&script);
	assert_int_equal(
		in_shell("dash", script.p, ssh_script_refresh.p, &out), LOGIN_STATUS + LOGIN_OTHER);
	assert_string_equal(buf_z(&out), "");
}

static void the_login_shell_is_known(void **state)
{
	static const struct {
		const char *shell;
		enum login_shell login;
	} t[] = {{"/bin/bash", LOGIN_BASH}, {"/bin/dash", LOGIN_SH}, {"/bin/sh", LOGIN_SH},
		{"/usr/bin/fish", LOGIN_OTHER}};
	own_buf struct buf script = {0}, out = {0};

	(void)state;
	ssh_script_prepare(&script);
	for (size_t i = 0; i < countof(t); i++) {
		own_strv struct strv env = {0};

		strv_addf(&env, "HOME=%s", in_scratch("home"));
		strv_addf(&env, "SHELL=%s", t[i].shell);
		assert_int_equal(run_program((const char *const[]){"sh", "-c", script.p, NULL},
					 &env, ssh_script_refresh.p, &out),
			LOGIN_STATUS + (int)t[i].login);
	}
}

/* What the command `ask` says, run by that shell, whose outcome is kept in `kept`. */
struct asked {
	const char *shell, *kept;
	struct buf script, out;
};

static const char *answer(struct asked *a)
{
	assert_int_equal(in_shell(a->shell, a->script.p, NULL, &a->out), 0);
	return a->out.p;
}

static void read_again(const char *shell, enum login_shell login, const char *kept)
{
	static const char ask[] = "echo \"$FROM_PROFILE ${SSH_TTY-none} $LANG\" $(umask)";
	own_buf struct buf path = {0};
	own_strv struct strv args = {0};
	struct asked a = {.shell = shell};
	struct ssh s = {.login = login};

	prepare();
	strv_add(&args, "sh");
	strv_add(&args, "-c");
	strv_add(&args, ask);
	ssh_script_command(&s, NULL, &args, NULL, false, &a.script);
	put_file("home/.profile", "export FROM_PROFILE=1; SSH_TTY=x; export SSH_TTY; umask 037\n",
		0600);
	assert_string_equal(answer(&a), "1 x C.UTF-8 0037\n");
	buf_puts(&path, in_scratch(kept));
	assert_true(file_exists(path.p));
	assert_string_equal(answer(&a), "1 none C.UTF-8 0037\n");
	clock_sleep_ms(20);
	put_file("home/.profile", "FROM_PROFILE=\"two 'x'\"; export FROM_PROFILE; umask 022\n",
		0600);
	assert_string_equal(answer(&a), "two 'x' none C.UTF-8 0022\n");
	put_file("home/.profile", "[ -d \"$HOME/.local/bin\" ] && export FROM_PROFILE=local\n",
		0600);
	answer(&a);
	put_dir("home/.local/bin");
	assert_non_null(strstr(answer(&a), "local"));
	/* A value of several lines is right the second time too. */
	put_file("home/.profile", "export FROM_PROFILE='a\nPATH=b\n'\n", 0600);
	for (int i = 0; i < 2; i++)
		assert_non_null(strstr(answer(&a), "a\nPATH=b\n none"));
	/* What is there stays when a connection is made anew, and goes when it is another
	 * version's. */
	put_file("home/.profile", "export FROM_PROFILE=3 LANG=C\n", 0600);
	answer(&a);
	assert_non_null(strstr(answer(&a), "3 none C "));
	prepare();
	assert_true(file_exists(path.p));
	put_file("home/.codelima/refresh", "echo other\n", 0600);
	prepare();
	assert_false(file_exists(path.p));
	/* Whoever clears up in the guest loses time, not the profile. */
	assert_true(file_remove_tree(in_scratch("home/.codelima"), NULL));
	for (int i = 0; i < 2; i++)
		assert_non_null(strstr(answer(&a), "3 none C "));
	assert_true(file_remove_tree(in_scratch("home/.local"), NULL));
	buf_fini(&a.script);
	buf_fini(&a.out);
}

static void the_profile_is_read_again_when_it_changes(void **state)
{
	(void)state;
	read_again("bash", LOGIN_OTHER, "home/.codelima/sh");
	read_again("bash", LOGIN_BASH, "home/.codelima/bash");
	read_again("dash", LOGIN_SH, "home/.codelima/sh");
}

/* LANG as it comes, and the default only where none comes. */
static void the_guests_language(void **state)
{
	static const char *const comes[] = {"LANG=C", "LANG", "LANG=POSIX", "LANG"};
	static const char *const is[] = {"C\n", "C.UTF-8\n", "POSIX\n", "C.UTF-8\n"};
	own_buf struct buf script = {0}, out = {0};
	own_strv struct strv args = {0};
	struct ssh s = {.login = LOGIN_BASH};

	(void)state;
	prepare();
	strv_add(&args, "printenv");
	strv_add(&args, "LANG");
	ssh_script_command(&s, NULL, &args, NULL, false, &script);
	for (size_t i = 0; i < 2 * countof(comes); i++) {
		own_strv struct strv env = {0};

		strv_addf(&env, "HOME=%s", in_scratch("home"));
		strv_add(&env, comes[i / 2]);
		assert_int_equal(run_program((const char *const[]){"bash", "-c", script.p, NULL},
					 &env, NULL, &out),
			0);
		assert_string_equal(out.p, is[i / 2]);
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

	s.login = LOGIN_BASH;
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
	/* Told by the shell: sshd has no number for a death by a signal. */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
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
		cmocka_unit_test_setup_teardown(the_mark_is_not_told, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(environment_of_the_profile, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(the_login_shell_is_known, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(the_guests_language, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(
			the_profile_is_read_again_when_it_changes, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(steps, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(login_falls_back_to_home, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(unknown_terminals, setup, scratch_drop),
		cmocka_unit_test_setup_teardown(signals_reach_the_marked, setup, scratch_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
