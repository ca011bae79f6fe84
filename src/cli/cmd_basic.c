/* doctor, config show, help, version */
#include "base/mem.h"
#include "cli/handlers.h"
#include "cli/help.h"
#include "cli/output.h"
#include "data/codec.h"
#include "data/jsonout.h"
#include "model/commands.h"
#include "ops/doctor.h"
#include "ops/repair.h"
#include "ops/version_info.h"
#include "os/fd.h"
#include "term/term.h"

static void print_checks(const struct checks *l)
{
	static const char *const marks[][2] = {{"ok", "OK"}, {"warn", "WARN"}, {"fail", "FAIL"}};

	for (size_t i = 0; i < l->n; i++) {
		const struct check *k = &l->v[i];
		const char *mark = "?";

		for (size_t m = 0; m < countof(marks); m++)
			if (z_eq(k->status, marks[m][0]))
				mark = marks[m][1];
		out_line("[%s] %s: %s", mark, k->name, k->message);
		if (k->fix && *k->fix)
			out_line("       fix: %s", k->fix);
		if (k->repaired)
			out_line("       repaired: %s", k->repaired);
	}
}

static void checks_data(struct invocation *inv, const struct checks *l)
{
	struct json_out j = {.out = inv->data};

	jout_array(&j);
	for (size_t i = 0; i < l->n; i++)
		codec_to_json(&check_fields, &l->v[i], &j);
	jout_end(&j);
}

bool cmd_doctor(struct invocation *inv, struct err *e)
{
	struct checks l = {0};

	(void)e;
	if (inv_has(inv, "repair"))
		repair_run(inv->home_flag, inv->ctx, &inv->argv, &l);
	else
		doctor_run(inv->home_flag, inv->ctx, &l);
	if (inv_json(inv))
		checks_data(inv, &l);
	else
		print_checks(&l);
	if (checks_failed(&l))
		inv->exit_code = err_exit_code(ERR_DEPENDENCY_UNAVAILABLE);
	else if (inv_has(inv, "strict") && checks_warned(&l))
		inv->exit_code = 1;
	checks_fini(&l);
	return true;
}

/* All ten actions, as they are in force without a project. */
static void add_commands(const struct home *h, struct config *shown)
{
	const struct command_level levels[LEVEL_COUNT] = {
		{&h->config.lima_commands, h->config_path}};

	for (size_t a = 0; a < ACT_COUNT; a++) {
		struct command_list list = {0};
		struct list_entry *entry = lists_add(&shown->lima_commands, actions[a].name);

		commands_effective(levels, (enum action)a, &list);
		strv_fini(&entry->list);
		entry->list = list.commands;
	}
}

bool cmd_config_show(struct invocation *inv, struct err *e)
{
	struct config shown = {0};

	(void)e;
	fields_copy(&config_fields, &shown, &inv->home.config);
	add_commands(&inv->home, &shown);
	out_record(inv, &config_fields, &shown);
	config_fini(&shown);
	return true;
}

bool cmd_help(struct invocation *inv, struct err *e)
{
	own_buf struct buf text = {0};
	struct json_out j = {.out = inv->data};

	if (!help_words(&text, &inv->args, e))
		return false;
	if (inv_json(inv))
		jout_str(&j, buf_view(&text));
	else
		fd_stdout(buf_view(&text));
	return true;
}

bool cmd_version(struct invocation *inv, struct err *e)
{
	own_buf struct buf lima = {0};
	struct json_out j = {.out = inv->data};

	(void)e;
	version_of_lima(inv->home_flag, inv->ctx, &lima);
	if (inv_json(inv)) {
		jout_object(&j);
		jout_kv_z(&j, "codelima", CODELIMA_VERSION);
		jout_kv_str(&j, "lima", buf_view(&lima));
		jout_kv_z(&j, "terminal_engine", TERM_ENGINE_VERSION);
		jout_kv_z(&j, "unicode", TERM_UNICODE_VERSION);
		jout_end(&j);
		return true;
	}
	out_line("codelima %s", CODELIMA_VERSION);
	out_line("lima %s", buf_z(&lima));
	out_line("terminal engine %s (Unicode %s)", TERM_ENGINE_VERSION, TERM_UNICODE_VERSION);
	return true;
}
