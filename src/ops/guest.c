#include "ops/guest.h"

bool guest_open(
	struct guest *g, struct node_work *w, const struct strmap *environment, struct err *e)
{
	*g = (struct guest){.w = w, .environment = environment};
	if (!ssh_open(&g->ssh, w->h->config.lima_home, w->node.lima_instance_name, environment, e))
		return false;
	node_work_commands(w, ACT_SHELL, &g->shell);
	return true;
}

void guest_close(struct guest *g)
{
	if (!g->w)
		return;
	ssh_fini(&g->ssh);
	command_list_fini(&g->shell);
	*g = (struct guest){0};
}

static bool override_script(
	struct guest *g, const char *script, struct run *r, const struct ctx *c, struct err *e)
{
	own_strv struct strv args = {0};
	const struct action_vars v = {
		.instance_name = g->w->node.lima_instance_name, .args = &args};

	strv_add(&args, "sh");
	strv_add(&args, "-c");
	strv_add(&args, script);
	for (size_t i = 0; i < g->shell.commands.n; i++) {
		own_buf struct buf line = {0};
		bool last = i + 1 == g->shell.commands.n;
		struct run before = {0};
		struct run *this = last ? r : &before;

		if (!action_line(&g->w->lima, g->shell.commands.v[i], &v, &line, e))
			return false;
		this->argv = (const char *[]){"sh", "-c", buf_z(&line), NULL};
		this->env = &g->w->lima.env;
		if (!(last ? run(this, c, e) : run_ok(this, c, e))) {
			run_fini(&before);
			return false;
		}
		run_fini(&before);
	}
	return true;
}

bool guest_script(
	struct guest *g, const char *script, struct run *r, const struct ctx *c, struct err *e)
{
	if (g->shell.builtin)
		return ssh_master(&g->ssh, c, e) && ssh_run(&g->ssh, c, script, r, e);
	return override_script(g, script, r, c, e);
}
