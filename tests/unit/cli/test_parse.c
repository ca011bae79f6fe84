/* Command lines as a person types them, and what they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "cli/parse.h"

struct parsed {
	struct invocation inv;
	struct err e;
	bool ok;
};

static void parse(struct parsed *p, const char *const *words)
{
	char *argv[32] = {(char *)"codelima"};
	int argc = 1;

	for (; *words; words++)
		argv[argc++] = (char *)*words;
	memset(p, 0, sizeof(*p));
	p->ok = parse_command_line(&p->inv, argc, argv, &p->e);
}

static void parsed_fini(struct parsed *p)
{
	invocation_fini(&p->inv);
	err_fini(&p->e);
}
#define PARSE(p, ...) parse(p, (const char *const[]){__VA_ARGS__, NULL})

static void assert_refused(struct parsed *p, const char *part_of_message)
{
	assert_false(p->ok);
	assert_int_equal(p->e.kind, ERR_INVALID_ARGUMENT);
	if (!strstr(buf_z(&p->e.msg), part_of_message))
		fail_msg("\"%s\" is not in \"%s\"", part_of_message, buf_z(&p->e.msg));
	parsed_fini(p);
}

static void flags_and_words_in_any_order(void **state)
{
	static const char *const lines[][8] = {
		{"node", "start", "api", "--timeout", "5m", "--json"},
		{"--json", "node", "start", "--timeout=5m", "api"},
		{"node", "--json", "start", "--timeout", "5m", "--", "api"},
	};

	(void)state;
	for (size_t i = 0; i < countof(lines); i++) {
		struct parsed p;

		parse(&p, lines[i]);
		assert_true(p.ok);
		assert_string_equal(p.inv.cmd->name, "start");
		assert_string_equal(p.inv.args.v[0], "api");
		assert_string_equal(inv_value(&p.inv, "timeout"), "5m");
		assert_true(p.inv.json);
		parsed_fini(&p);
	}
}

static void lists_keep_their_order_and_aliases_are_the_same_flag(void **state)
{
	struct parsed p;
	const struct strv *l;

	(void)state;
	PARSE(&p, "environment", "create", "--slug", "x", "--setup-command", "a b",
		"--bootstrap-command=c=d", "--env-command", " ");
	assert_true(p.ok);
	l = inv_list(&p.inv, "bootstrap-command");
	assert_int_equal(l->n, 3);
	assert_string_equal(l->v[0], "a b");
	assert_string_equal(l->v[1], "c=d");
	assert_string_equal(l->v[2], " ");
	parsed_fini(&p);
}

static void an_empty_value_is_refused_where_it_says_nothing(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "environment", "create", "--slug", "x", "--setup-command=");
	assert_refused(&p, "--bootstrap-command is empty");
	PARSE(&p, "profile", "update", "x", "--launch-command", "");
	assert_true(p.ok);
	assert_string_equal(inv_value(&p.inv, "launch-command"), "");
	parsed_fini(&p);
}

static void a_shell_command_keeps_its_own_flags(void **state)
{
	static const struct {
		const char *line[10];
		const char *rest[6];
		bool json;
	} rows[] = {
		{{"shell", "n", "claude", "--version"}, {"claude", "--version"}, false},
		{{"shell", "n", "--", "--odd", "--json"}, {"--odd", "--json"}, false},
		{{"shell", "--json", "n", "sh", "-c", "x --json"}, {"sh", "-c", "x --json"}, true},
		{{"shell", "-T", "n", "--workdir", "/tmp", "ls", "-la"}, {"ls", "-la"}, false},
		{{"node", "shell", "n", "--", "a", "--", "b"}, {"a", "--", "b"}, false},
		{{"shell", "n", "-"}, {"-"}, false},
		{{"shell", "--", "n", "ls"}, {"ls"}, false},
		{{"shell", "n"}, {NULL}, false},
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		struct parsed p;
		size_t n = 0;

		parse(&p, rows[i].line);
		assert_true(p.ok);
		assert_string_equal(p.inv.args.v[0], "n");
		for (; rows[i].rest[n]; n++)
			assert_string_equal(p.inv.rest.v[n], rows[i].rest[n]);
		assert_int_equal(p.inv.rest.n, n);
		assert_int_equal(p.inv.json, rows[i].json);
		parsed_fini(&p);
	}
}

static void what_is_wrong_is_named_with_the_nearest_right_word(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "projct", "list");
	assert_refused(&p, "did you mean project?");
	PARSE(&p, "node", "strat", "x");
	assert_refused(&p, "did you mean start?");
	PARSE(&p, "node", "start", "x", "--timeot", "3s");
	assert_refused(&p, "did you mean --timeout?");
	PARSE(&p, "shell", "n", "-x", "ls");
	assert_refused(&p, "no flag -x");
	PARSE(&p, "node", "start", "a", "b");
	assert_refused(&p, "\"b\" is too much");
	PARSE(&p, "node", "start");
	assert_refused(&p, "needs REF");
	PARSE(&p, "project", "create");
	assert_refused(&p, "needs --workspace");
	PARSE(&p, "node");
	assert_refused(&p, "needs a command");
	PARSE(&p, "node", "start", "x", "--timeout");
	assert_refused(&p, "--timeout needs a value");
	PARSE(&p, "node", "start", "x", "--timeout", "--json");
	assert_refused(&p, "--timeout needs a value");
	PARSE(&p, "node", "start", "x", "--timeout", "1s", "--timeout", "2s");
	assert_refused(&p, "given twice");
	PARSE(&p, "node", "start", "x", "--yes=no");
	assert_refused(&p, "takes no value");
	PARSE(&p, "--home", "", "project", "list");
	assert_refused(&p, "--home is empty");
	PARSE(&p, "--log-level", "loud", "project", "list");
	assert_refused(&p, "--log-level");
	PARSE(&p, "project", "create", "--workspace", "\xff");
	assert_refused(&p, "not UTF-8");
	PARSE(&p, "project", "show", "\xc3\x28");
	assert_refused(&p, "not UTF-8");
}

static void json_counts_even_where_the_line_is_wrong(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "node", "start", "a", "b", "--json");
	assert_true(p.inv.json);
	parsed_fini(&p);
	PARSE(&p, "shell", "--nope", "--", "--json");
	assert_false(p.inv.json);
	parsed_fini(&p);
}

static void a_group_can_be_a_command_too(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "config");
	assert_true(p.ok);
	assert_string_equal(p.inv.cmd->name, "config");
	parsed_fini(&p);
	PARSE(&p, "config", "show", "--json");
	assert_true(p.ok);
	assert_string_equal(p.inv.cmd->name, "show");
	parsed_fini(&p);
}

/* The words that name a command, the group's too, and then `flag`. */
static void words_of(const struct command *c, const char *flag, struct strv *out)
{
	struct str rest = str_z(c->group), word;

	while (*c->group && str_split(&rest, ' ', &word))
		strv_addn(out, word);
	strv_add(out, c->name);
	if (flag)
		strv_add(out, flag);
	strv_add(out, "--help");
}

static void parse_list(struct parsed *p, const struct strv *list)
{
	const char *words[8] = {NULL};

	for (size_t i = 0; i < list->n; i++)
		words[i] = list->v[i];
	parse(p, words);
}

/* Each row of the table must be reachable, and its flags distinct from the global ones. */
static void every_command_of_the_table_parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < commands_n; i++) {
		const struct command *c = &commands[i];
		own_strv struct strv words = {0};
		const struct flag *f;
		struct parsed p;

		words_of(c, NULL, &words);
		parse_list(&p, &words);
		assert_true(p.ok);
		assert_ptr_equal(p.inv.cmd ? p.inv.cmd : command_find("", c->name), c);
		assert_non_null(c->run);
		assert_true(strlen(c->summary) <= 72);
		for (size_t k = 0; (f = command_flag(c, k)); k++) {
			assert_true(f->type == FLAG_BOOL || f->value);
			for (size_t g = 0; g < global_flags_n; g++)
				assert_string_not_equal(f->name, global_flags[g].name);
		}
		parsed_fini(&p);
	}
}

static void what_runs_long_takes_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < commands_n; i++) {
		const struct command *c = &commands[i];
		own_strv struct strv words = {0};
		struct parsed p;

		words_of(c, "--events", &words);
		parse_list(&p, &words);
		assert_int_equal(p.ok, (c->traits & (CMD_LONG | CMD_FOLLOWS)) != 0);
		assert_int_equal(p.ok, p.inv.events);
		parsed_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_and_words_in_any_order),
		cmocka_unit_test(lists_keep_their_order_and_aliases_are_the_same_flag),
		cmocka_unit_test(an_empty_value_is_refused_where_it_says_nothing),
		cmocka_unit_test(a_shell_command_keeps_its_own_flags),
		cmocka_unit_test(what_is_wrong_is_named_with_the_nearest_right_word),
		cmocka_unit_test(json_counts_even_where_the_line_is_wrong),
		cmocka_unit_test(a_group_can_be_a_command_too),
		cmocka_unit_test(every_command_of_the_table_parses),
		cmocka_unit_test(what_runs_long_takes_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
