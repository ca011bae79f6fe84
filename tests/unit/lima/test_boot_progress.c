/* Lines are those of a first start with Lima 2.2.0 (ha.stderr.log, limactl start). */
#include "scratch.h"

#include "base/mem.h"
#include "lima/boot_progress.h"
#include "notices.h"
#include "os/clock.h"
#include "os/proc.h"

#define INFO(msg) "{\"level\":\"info\",\"msg\":\"" msg "\",\"time\":\"2026-11-22T09:36:50Z\"}\n"

/* sha256 of https://example.com/a.img */
#define CACHE                                                                                      \
	"lima/download/by-url-sha256/"                                                             \
	"38677a2c1ea942a56231187d34e849e8b167a99eb33bafae636c0afd53559488"

static void tick(struct boot_progress *b)
{
	own_err struct err e = {0};

	if (!boot_progress_tick(b, &e))
		fail_msg("%s", buf_z(&e.msg));
}

static void requirements(void **state)
{
	(void)state;
	own_buf struct buf said = {0};
	struct boot_progress *b;

	put_file(
		"ha.stderr.log", INFO("Waiting for the essential requirement 9 of 9: `old`"), 0600);
	b = boot_progress_new(scratch, &keeping_ctx, false, 0);
	tick(b);
	assert_string_equal(take_told(&said), "");
	file_unlink(in_scratch("ha.stderr.log"), NULL);
	tick(b);
	put_file("ha.stderr.log",
		INFO("Waiting for the essential requirement 1 of 3: `ssh`") "{\"level\":\"debug\","
									    "\"msg\":\"executing "
									    "script "
									    "`ssh`\"}\n" INFO(
										    "The essential "
										    "requirement 1 "
										    "of 3 is "
										    "satisfied") "{"
												 "\"level\":\"in",
		0600);
	tick(b);
	assert_string_equal(
		take_told(&said), "boot 0/3 waiting for \"ssh\" (essential requirement 1 of 3)\n");
	tick(b);
	assert_string_equal(take_told(&said), "");
	boot_progress_line(b, STR(INFO("The essential requirement 3 of 3 is satisfied")));
	tick(b);
	assert_string_equal(
		take_told(&said), "boot 3/3 The essential requirement 3 of 3 is satisfied\n");
	boot_progress_line(
		b, STR(INFO("[hostagent] Waiting for the final requirement 1 of 1: `x`")));
	tick(b);
	assert_string_equal(
		take_told(&said), "boot 0/1 waiting for \"x\" (final requirement 1 of 1)\n");
	boot_progress_line(b, STR(INFO("Waiting for the final requirement 1 of 1: `")));
	tick(b);
	assert_string_equal(
		take_told(&said), "boot 0/1 Waiting for the final requirement 1 of 1: `\n");
	boot_progress_line(b, STR("time=x level=info msg=y"));
	boot_progress_line(b, STR(INFO("Waiting for the essential requirement")));
	boot_progress_line(b, STR(INFO("Waiting for the essential requirement 7 of 3: x")));
	boot_progress_line(
		b, STR(INFO("Waiting for the essential requirement -1 of 99999999999999999999")));
	tick(b);
	assert_string_equal(take_told(&said), "");
	boot_progress_free(b);
}

static void one_word_a_tick(void **state)
{
	own_buf struct buf said = {0};
	struct boot_progress *b = boot_progress_new(scratch, &keeping_ctx, false, 0);

	(void)state;
	for (int i = 0; i < 2; i++) { /* the hostagent's own log, then limactl's copy of it */
		boot_progress_line(b, STR(INFO("The essential requirement 1 of 3 is satisfied")));
		boot_progress_line(
			b, STR(INFO("Waiting for the essential requirement 2 of 3: `session`")));
		tick(b);
	}
	assert_string_equal(take_told(&said),
		"boot 1/3 waiting for \"session\" (essential requirement 2 of 3)\n");
	boot_progress_free(b);
}

static void a_boot_that_goes_on_already(void **state)
{
	own_buf struct buf said = {0};
	struct boot_progress *b;

	(void)state;
	put_file("ha.stderr.log", INFO("Waiting for the essential requirement 2 of 3: `x`"), 0600);
	b = boot_progress_new(scratch, &keeping_ctx, false, 0);
	boot_progress_join(b);
	tick(b);
	assert_string_equal(
		take_told(&said), "boot 1/3 waiting for \"x\" (essential requirement 2 of 3)\n");
	boot_progress_free(b);
}

static void download(void **state)
{
	(void)state;
	own_buf struct buf said = {0};
	struct boot_progress *b = boot_progress_new(scratch, &keeping_ctx, false, 0);

	if (!z_eq(proc_os(), "linux"))
		skip();
	proc_setenv("XDG_CACHE_HOME", scratch);
	boot_progress_line(b, STR("{\"level\":\"info\",\"location\":\"https://example.com/a.img\","
				  "\"msg\":\"Attempting to download the image\"}"));
	tick(b);
	assert_string_equal(take_told(&said), "");
	put_dir(CACHE);
	put_file(CACHE "/data.tmp.77.1", "12345", 0600);
	tick(b);
	assert_string_equal(take_told(&said), "download 5/0 the image\n");
	boot_progress_line(b, STR(INFO("Downloaded the image from `x`")));
	put_file(CACHE "/data.tmp.77.1", "123456", 0600);
	tick(b);
	assert_string_equal(take_told(&said), "");
	proc_setenv("XDG_CACHE_HOME", NULL);
	boot_progress_free(b);
}

static void the_true_cause(void **state)
{
	(void)state;
	own_err struct err e = {0};
	own_buf struct buf said = {0};
	struct boot_progress *b = boot_progress_new(scratch, &keeping_ctx, false, 0);

	put_file("ha.stderr.log",
		INFO("qemu[stderr]: Could not access KVM kernel module: Permission denied")
			INFO("qemu[stderr]: qemu-system-x86_64: failed to initialize kvm: "
			     "Permission denied") "{\"level\":\"fatal\",\"msg\":\"Driver stopped "
						  "due to error: exit status 1\"}\n",
		0600);
	boot_progress_line(b,
		STR("{\"level\":\"fatal\",\"msg\":\"[hostagent] Driver stopped due to error: exit "
		    "status 1\"}"));
	err_set(&e, ERR_EXTERNAL_COMMAND_FAILED, "limactl start failed");
	boot_progress_explain(b, &e);
	assert_string_equal(str_trim(buf_view(&e.cause)).p,
		"qemu: Could not access KVM kernel module: Permission denied\n"
		"qemu: qemu-system-x86_64: failed to initialize kvm: Permission denied\n"
		"fatal: Driver stopped due to error: exit status 1");
	boot_progress_free(b);
	take_told(&said);
}

static void a_silent_console_under_kvm(void **state)
{
	(void)state;
	own_err struct err e = {0};
	struct boot_progress *b;

	put_file("serial.log", "of the boot before", 0600);
	b = boot_progress_new(scratch, &keeping_ctx, true, 50);
	tick(b);
	clock_sleep_ms(60);
	tick(b); /* nothing runs yet: a download may take its time */
	put_file("serial.log", "", 0600);
	tick(b);
	clock_sleep_ms(60);
	assert_false(boot_progress_tick(b, &e));
	assert_int_equal(e.kind, ERR_PRECONDITION_FAILED);
	assert_non_null(strstr(e.fix.p, "accelerator: tcg"));
	put_file("serial.log", "Linux", 0600);
	tick(b);
	boot_progress_free(b);

	put_file("serial.log", "", 0600);
	b = boot_progress_new(scratch, &keeping_ctx, false, 1);
	tick(b);
	clock_sleep_ms(10);
	tick(b); /* emulation may be slow */
	boot_progress_free(b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requirements),
		TEST(one_word_a_tick),
		TEST(a_boot_that_goes_on_already),
		TEST(download),
		TEST(the_true_cause),
		TEST(a_silent_console_under_kvm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
