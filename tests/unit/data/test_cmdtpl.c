#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/cmdtpl.h"

#include "../run_shell.h"

static const struct strv nothing;

static struct cmdtpl_var one(const char *value)
{
	return (struct cmdtpl_var){"v", CMDTPL_WORD, str_z(value), NULL};
}

static void test_line(void **state)
{
	static const struct {
		const char *tpl, *value, *want; /* want NULL: refused */
	} rows[] = {
		{"limactl start -y {{v}}", "api", "limactl start -y api"},
		{"x {{v}}", "a b", "x 'a b'"},
		{"x '{{v}}'", "it's", "x 'it'\\''s'"},
		{"x \"{{v}}\"", "a $b", "x \"a \\$b\""},
		{"x --name={{v}}", "api", "x --name='api'"},
		{"{{v}}>out", "2", "'2'>out"},
		{"{{v}} x", "if", "'if' x"},
		{"format {{json .}} {{}} {{ v }} {{.v}} {v} {{v}", "a",
			"format {{json .}} {{}} {{ v }} {{.v}} {v} {{v}"},
		{"{{{v}}}", "a", "{'a'}"},
		{"x {{v}}", "{{v}}", "x '{{v}}'"},
		{"x {{v}} # about {{v}} and {{nope}}\ny {{v}}", "a",
			"x a # about {{v}} and {{nope}}\ny a"},
		{"x a#{{v}}", "a", "x a#'a'"},
		{"echo \\# {{v}}", "a b", "echo \\# 'a b'"},
		{"echo \\' {{v}} \\'", "a b", "echo \\' 'a b' \\'"},
		{"echo $(date) {{v}}", "a b", "echo $(date) 'a b'"},
		{"echo \"$(date)\" {{v}}", "a b", "echo \"$(date)\" 'a b'"},
		{"echo \"$(echo \")\" '(')\" {{v}}", "a b", "echo \"$(echo \")\" '(')\" 'a b'"},
		{"echo `date \\`id\\`` {{v}}", "a b", "echo `date \\`id\\`` 'a b'"},
		{"echo ${x:-'}'} {{v}}", "a b", "echo ${x:-'}'} 'a b'"},
		{"echo \"${x:-$y}\" {{v}}", "a b", "echo \"${x:-$y}\" 'a b'"},
		{"cat <<E {{v}}\n$(x)\n '\nE\ny {{v}}", "a b",
			"cat <<E 'a b'\n$(x)\n '\nE\ny 'a b'"},
		{"cat <<-'E F'\n\tE F\ny {{v}}", "a b", "cat <<-'E F'\n\tE F\ny 'a b'"},
		{"cat <<< {{v}}", "a b", "cat <<< 'a b'"},
		{"(cd /; ls {{v}})", "a b", "(cd /; ls 'a b')"},
		{"echo $(date)#{{v}}", "a b", "echo $(date)#'a b'"},
		{"(a)#{{v}}", "a b", "(a)#{{v}}"},
		{"echo $$ $? {{v}}", "a b", "echo $$ $? 'a b'"},
		{"case x in a) echo {{v}};; esac", "a b", "case x in a) echo 'a b';; esac"},
		{"x $(echo {{v}})", "a", NULL},
		{"x \"$(echo {{v}})\"", "a", NULL},
		{"x `echo {{v}}`", "a", NULL},
		{"x ${y:-{{v}}}", "a", NULL},
		{"x \"${y:-{{v}}}\"", "a", NULL},
		{"x $(( {{v}} ))", "a", NULL},
		{"(( {{v}} ))", "a", NULL},
		{"cat <<E\n{{v}}\nE", "a", NULL},
		{"cat <<{{v}}", "a", NULL},
		{"cat <<E 'x\ny'\n{{v}}\nE", "a", NULL},
		{"cat <<A <<B\nA\n{{v}}\nB", "a", NULL},
		{"cat <<E\nx\\\nE\ny {{v}}", "a", NULL},
		{"cat <<E\n$(x\nE\n)\ny {{v}}", "a", NULL},
		{"cat <<'E'\nx\\\nE\ny {{v}}", "a b", "cat <<'E'\nx\\\nE\ny 'a b'"},
		{"${{v}}", "a", NULL},
		{"\"${{v}}\"", "a", NULL},
		{"x \\{{v}}", "a", NULL},
		{"\"\\{{v}}\"", "a", NULL},
		{"x $'{{v}}'", "a", NULL},
		{"x $'\\'' {{v}}", "a", NULL},
		{"x \"${y:-'}'}\" {{v}}", "a", NULL},
		{"\"$(case x in a) echo;; esac {{v}})\"", "a", NULL},
		{"$\\\n(echo {{v}})", "a", NULL},
		{"<\\\n<E\n{{v}}\nE", "a", NULL},
		{"x 'open {{v}}", "a", NULL},
		{"x \"open {{v}}", "a", NULL},
		{"x {{unknown}}", "a", NULL},
		{"x \"$(cat <<E\n)\nE\n)\" {{v}}", "a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		struct cmdtpl_var v = one(rows[i].value);
		own_buf struct buf out = {0};
		own_err struct err e = {0};
		bool ok = cmdtpl_line(str_z(rows[i].tpl), &v, 1, &out, &e);

		if (ok != (rows[i].want != NULL))
			fail_msg("%s: %s", rows[i].tpl, ok ? buf_z(&out) : buf_z(&e.msg));
		assert_string_equal(buf_z(&out), rows[i].want ? rows[i].want : "");
		if (!ok)
			assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
		assert_int_equal(cmdtpl_check(str_z(rows[i].tpl), &v, 1, "f", 3, NULL), ok);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *tpl;
		bool some; /* two words, or none */
		const char *want;
	} rows[] = {
		{"sh{{flag}}{{args}}", true, "sh --workdir '/a b' --workdir '/a b'"},
		{"sh{{flag}}{{args}}", false, "sh"},
		{"sh{{args}}; x", true, "sh --workdir '/a b'; x"},
		{"sh{{args}} x", false, "sh x"},
		{"sh '{{args}}'", true, NULL},
		{"sh \"{{args}}\"", true, NULL},
		{"sh{{args}}x", true, NULL},
		{"sh {{args}}#x", true, NULL},
		{"sh {{args}}>x", true, NULL},
	};
	own_strv struct strv two = {0};

	(void)state;
	strv_add(&two, "--workdir");
	strv_add(&two, "/a b");
	for (size_t i = 0; i < countof(rows); i++) {
		struct cmdtpl_var v[] = {
			{"flag", CMDTPL_WORDS, {0}, rows[i].some ? &two : NULL},
			{"args", CMDTPL_WORDS, {0}, rows[i].some ? &two : &nothing},
		};
		own_buf struct buf out = {0};

		assert_int_equal(
			cmdtpl_line(str_z(rows[i].tpl), v, 2, &out, NULL), rows[i].want != NULL);
		assert_string_equal(buf_z(&out), rows[i].want ? rows[i].want : "");
	}
}

static void test_check_tells_where(void **state)
{
	struct cmdtpl_var v = {"binary", CMDTPL_WORD, {0}, NULL};
	own_err struct err e = {0};

	(void)state;
	assert_false(cmdtpl_check(STR("{{binary}} {{instanse}}"), &v, 1, "node.yaml", 12, &e));
	assert_int_equal(e.kind, ERR_INVALID_ARGUMENT);
	assert_string_equal(
		buf_z(&e.msg), "node.yaml:12: placeholder {{instanse}} is unknown here");
	assert_string_equal(buf_z(&e.fix), "this action knows {{binary}}");
	assert_string_equal(e.fields[0].value, "instanse");
	assert_string_equal(e.fields[1].value, "12");
	assert_string_equal(e.fields[2].value, "node.yaml");
}

static void test_argv(void **state)
{
	own_strv struct strv two = {0};
	struct cmdtpl_var v[] = {
		{"binary", CMDTPL_WORD, STR("/opt/my lima/limactl"), NULL},
		{"name", CMDTPL_WORD, STR("$(x) 'y'\n"), NULL},
		{"empty", CMDTPL_WORD, {0}, NULL},
		{"args", CMDTPL_WORDS, {0}, &two},
	};
	static const char *const want[] = {
		"/opt/my lima/limactl", "shell", "--n=$(x) 'y'\n", "", "-x", "a b"};
	own_strv struct strv argv = {0};
	own_err struct err e = {0};

	(void)state;
	strv_add(&two, "-x");
	strv_add(&two, "a b");
	assert_true(cmdtpl_argv(
		STR("{{binary}}  shell --n={{name}} {{empty}}{{args}}"), v, 4, &argv, &e));
	assert_int_equal(argv.n, countof(want));
	for (size_t i = 0; i < argv.n; i++)
		assert_string_equal(argv.v[i], want[i]);
	assert_false(cmdtpl_argv(STR("{{binary}} {{nope}}"), v, 4, &argv, &e));
	assert_int_equal(argv.n, countof(want));
	v[1].value = STR("a\0b");
	assert_false(cmdtpl_argv(STR("{{name}}"), v, 4, &argv, &e));
	assert_false(cmdtpl_line(STR("{{name}}"), v, 4, &(struct buf){0}, &e));
}

/* Each template prints its value, between things that a lexer could stumble on. */
static const char *const printers[] = {
	"printf '%s\\0' {{v}}",
	"printf '%s\\0' \"{{v}}\"",
	"printf '%s\\0' '{{v}}'",
	"printf '%s\\0' ''{{v}}\"\"",
	"printf '%s\\0' {{v}} # it's \" $( ` {{v}}",
	"x=$(echo \")\" ')' \\) \"$(echo ')')\") ; printf '%s\\0' {{v}}",
	"x=`echo \\`echo 1\\``; printf '%s\\0' \"{{v}}\"",
	"x=${y:-'}'} ; printf '%s\\0' {{v}}",
	"cat <<E >/dev/null ; printf '%s\\0' {{v}}\n' \" $(echo `echo x`) {\nE\n:",
	": \\' \\\" \\# ; printf '%s\\0' {{v}}",
	"(printf '%s\\0' {{v}})",
	": $((1 + (2))) ; printf '%s\\0' {{v}}",
	"case a in b) ;; (a) printf '%s\\0' {{v}};; esac",
	": a\\\nb ; printf '%s\\0' \\\n {{v}}",
	"if :; then printf '%s\\0' {{v}}; fi",
	"v={{v}}; printf '%s\\0' \"$v\"",
	": \"${y:-$x}$x\" ; printf '%s\\0' \"{{v}}\"",
};

static void check_printer(const char *shell, const char *tpl)
{
	own_buf struct buf script = {0}, want = {0}, got = {0}, value = {0};
	own_err struct err e = {0};

	for (unsigned i = 0; i < 300; i++) {
		nth_value(i, &value);
		buf_add(&want, buf_z(&value), value.n + 1);
		if (!cmdtpl_line(
			    str_z(tpl), (struct cmdtpl_var[]){one(buf_z(&value))}, 1, &script, &e))
			fail_msg("%s: %s", tpl, buf_z(&e.msg));
		buf_putc(&script, '\n');
	}
	if (run_shell(shell, buf_z(&script), &got) < 0)
		return;
	if (got.n != want.n || memcmp(got.p, want.p, want.n) != 0)
		fail_msg("%s: not the same in %s", tpl, shell);
}

static void test_real_shells(void **state)
{
	(void)state;
	for (size_t s = 0; s < countof(all_shells); s++)
		for (size_t i = 0; i < countof(printers); i++)
			check_printer(all_shells[s], printers[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_check_tells_where),
		cmocka_unit_test(test_argv),
		cmocka_unit_test(test_real_shells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
