#include "ops/bootstrap_plan.h"

#include "base/mem.h"
#include "store/bootstrap_file.h"

static void add_step(struct bootstrap *b, const char *command, const char *origin)
{
	b->steps = mem_array(b->steps, b->n_steps + 1, sizeof(*b->steps));
	b->steps[b->n_steps++] = (struct bootstrap_step){
		.command = mem_strdup(command),
		.origin = mem_strdup(origin),
		.status = mem_strdup("pending"),
	};
}

static void add_steps(struct bootstrap *b, const struct strv *commands, const char *origin)
{
	for (size_t i = 0; i < commands->n; i++)
		add_step(b, commands->v[i], origin);
}

static bool add_environment(const struct home *h, const struct ctx *c, const char *slug,
	struct bootstrap *b, struct err *e)
{
	own_buf struct buf origin = {0};
	struct environment env = {0};

	if (!record_find_live(h, c, REC_ENVIRONMENT, slug, &env, e))
		return err_field(e, "environment_config", slug);
	buf_printf(&origin, "environment %s", env.slug);
	add_steps(b, &env.bootstrap_commands, buf_z(&origin));
	strv_all(&b->bootstrap_commands, &env.bootstrap_commands);
	fields_fini(&environment_fields, &env);
	return true;
}

bool bootstrap_plan_make(const struct home *h, const struct ctx *c, const struct project *p,
	const struct profile *profile, struct bootstrap *b, struct err *e)
{
	struct bootstrap plan = {
		.agent_profile_name = mem_strdup(profile->name),
		.validation_command = mem_strdup(profile->validation_command),
		.launch_command = mem_strdup(profile->launch_command),
	};

	strv_copy(&plan.install_commands, &profile->install_commands);
	for (size_t i = 0; i < profile->environment.keys.n; i++)
		strmap_set(&plan.environment, profile->environment.keys.v[i],
			profile->environment.values.v[i]);
	add_steps(&plan, &profile->install_commands, "profile");
	for (size_t i = 0; i < p->environment_configs.n; i++)
		if (!add_environment(h, c, p->environment_configs.v[i], &plan, e)) {
			bootstrap_fini(&plan);
			return false;
		}
	*b = plan;
	return true;
}

void bootstrap_plan_commands(
	const struct bootstrap *b, const struct strv *lima_commands, struct strv *out)
{
	strv_copy(out, &b->bootstrap_commands);
	if (lima_commands)
		strv_all(out, lima_commands);
}

static void all_pending(struct bootstrap *b)
{
	for (size_t i = 0; i < b->n_steps; i++) {
		mem_set(&b->steps[i].status, "pending");
		b->steps[i].exit_status = 0;
	}
	b->completed = b->skipped = false;
	free(b->completed_at);
	b->completed_at = NULL;
}

static bool set_commands(void *rec, void *arg, struct err *e)
{
	(void)e;
	strv_copy(&((struct node *)rec)->bootstrap_commands, arg);
	return true;
}

/* Records of the reference know only the two lists, lima_commands included. */
static void steps_of_old_record(struct bootstrap *b)
{
	add_steps(b, &b->install_commands, "profile");
	add_steps(b, &b->bootstrap_commands, "environment");
}

static bool freeze(struct node_work *w, struct bootstrap *b, struct err *e)
{
	own_commands struct command_list list = {0};
	own_strv struct strv commands = {0};

	if (!b->n_steps && (b->install_commands.n || b->bootstrap_commands.n)) {
		steps_of_old_record(b);
		b->frozen = true;
		return true;
	}
	node_work_commands(w, ACT_BOOTSTRAP, &list);
	add_steps(b, &list.commands, "lima_commands");
	strv_all(&b->bootstrap_commands, &list.commands);
	b->frozen = true;
	bootstrap_plan_commands(b, NULL, &commands);
	return node_work_update(w, set_commands, &commands, e);
}

bool bootstrap_plan_freeze(struct node_work *w, struct bootstrap *b, bool again, struct err *e)
{
	if (b->frozen && !again)
		return true;
	if (!b->frozen && !b->completed && !freeze(w, b, e))
		return false;
	if (again) {
		if (!b->n_steps)
			steps_of_old_record(b);
		all_pending(b);
	}
	return bootstrap_save(w->h, w->node.id, b, e);
}
