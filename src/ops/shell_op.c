#include "ops/shell_op.h"

#include "base/mem.h"
#include "lima/ssh_mux.h"
#include "ops/guest.h"
#include "ops/node_start.h"
#include "ops/node_vm.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/signals.h"
#include "store/profiles.h"

#define CAPTURE_MAX (64u << 20) /* of --json: larger output wants a pipe */

struct shell {
	struct node_work w;
	struct guest g;
	struct profile profile;
	const struct shell_opts *o;
	char token[33]; /* marks the command's processes in the guest */
};

static bool not_running(const struct node_work *w, enum vm_status status, struct err *e)
{
	if (status == VM_MISSING)
		return node_vm_there(w, &status, e);
	err_set(e, ERR_PRECONDITION_FAILED, "node %s is not running: its VM is %s", w->node.slug,
		vm_status_word(status));
	err_field(e, "node_slug", w->node.slug);
	err_field(e, "instance_name", w->node.lima_instance_name);
	return err_fix(e, "codelima node start %s (or shell --start)", w->node.slug);
}

/* A start that died, was interrupted or failed may have come as far as a running VM. One
 * that failed in a bootstrap step is left: this may be the shell to mend it with. */
static bool start_unfinished(const struct node_work *w)
{
	return z_eq(w->node.lifecycle_state, LIFE_CREATED) ||
	       (!node_is_mounted(&w->node) && !w->node.workspace_seeded) ||
	       claim_stale(w->h, w->node.id, NULL);
}

static bool ensure_running(struct shell *s, const struct ctx *c, struct err *e)
{
	struct node started = {0};
	enum vm_status status;
	bool ok;

	if (!node_work_status(&s->w, &status, e))
		return false;
	if (status == VM_RUNNING && !(s->o->start && start_unfinished(&s->w)))
		return true;
	if (!s->o->start)
		return not_running(&s->w, status, e);
	ok = node_start(s->w.h, c, s->w.node.id, &(struct node_start_opts){.argv = s->o->argv},
		&started, e);
	fields_fini(&node_fields, &started);
	return ok;
}

/* A profile that is gone costs its environment, not the shell. */
static void load_profile(struct shell *s)
{
	own_err struct err e = {0};

	if (s->w.node.agent_profile_name &&
		!profile_load(s->w.h, s->w.node.agent_profile_name, &s->profile, &e))
		ctx_notice(&s->w.ctx, LEVEL_WARN, "%s", buf_z(&e.msg));
}

static void make_token(struct shell *s)
{
	unsigned char raw[16];

	random_bytes(raw, sizeof(raw));
	for (size_t i = 0; i < sizeof(raw); i++)
		snprintf(s->token + 2 * i, 3, "%02x", raw[i]);
}

static bool wants_tty(const struct shell_opts *o)
{
	if (o->out || o->tty == SHELL_TTY_OFF)
		return false;
	return o->tty == SHELL_TTY_ON || (fd_isatty(0) && fd_isatty(1));
}

static void guest_words(struct shell *s, bool tty, struct buf *script)
{
	const char *workdir = s->o->workdir ? s->o->workdir : node_workspace(&s->w.node);

	if (s->o->command->n)
		ssh_script_command(
			&s->g.ssh, workdir, s->o->command, tty ? NULL : s->token, tty, script);
	else
		ssh_script_login(&s->g.ssh, workdir, script);
}

/* Signals reach the guest's processes through a second channel: ssh forwards none. */
static void relay(void *arg, int sig)
{
	struct shell *s = arg;
	own_err struct err e = {0};
	struct ctx c = ctx_fresh(&s->w.ctx, clock_mono_ms() + 10000);

	ssh_signal(&s->g.ssh, &c, s->token, sig, &e);
}

static bool run_connected(struct shell *s, const char *const *argv, const struct strv *env,
	int *status, struct err *e)
{
	const struct spawn sp = {.argv = argv,
		.env = env,
		.in = SPAWN_INHERIT,
		.out = SPAWN_INHERIT,
		.err = SPAWN_INHERIT,
		.new_group = true,
		.foreground = true};
	int pid, raw;
	bool ok;

	if (!spawn(&sp, &pid, e))
		return false;
	signals_forward(relay, s);
	ok = spawn_wait(pid, &raw, e);
	signals_forward(NULL, NULL);
	if (ok)
		*status = spawn_exit_code(raw);
	return ok;
}

static bool run_captured(struct shell *s, struct run *r, int *status, struct err *e)
{
	r->out = s->o->out;
	r->max_out = CAPTURE_MAX;
	r->quiet = true;
	r->what = "shell";
	if (!run(r, &s->w.ctx, e))
		return false;
	buf_str(s->o->err, buf_view(&r->err_tail));
	*status = r->status;
	return true;
}

/* The quick way: the master does it, no ssh is started. */
static bool run_by_master(struct shell *s, int *status)
{
	own_buf struct buf script = {0};
	enum mux_result got;

	guest_words(s, false, &script);
	signals_forward(relay, s);
	got = ssh_mux_run(s->g.ssh.control_path, buf_z(&script), status);
	signals_forward(NULL, NULL);
	return got == MUX_ENDED;
}

/* A VM counts as running from the moment that its processes live: long before its sshd answers. */
static bool no_master(const struct node_work *w, int *status, struct err *e)
{
	if (e->kind != ERR_EXTERNAL_COMMAND_FAILED)
		return false;
	*status = SHELL_SSH_FAILED;
	if (!instance_ready(w->h->config.lima_home, w->node.lima_instance_name))
		err_fix(e, "codelima node start %s (the VM is still starting: this waits for it)",
			w->node.slug);
	return false;
}

static bool over_ssh(struct shell *s, int *status, struct err *e)
{
	own_buf struct buf script = {0};
	own_strv struct strv argv = {0};
	bool tty = wants_tty(s->o), quick = !tty && !s->o->out;

	if (!ctx_check(&s->w.ctx, e))
		return false;
	if (quick) {
		ssh_recall(&s->g.ssh);
		if (run_by_master(s, status))
			return true;
	}
	if (!ssh_master(&s->g.ssh, &s->w.ctx, e))
		return no_master(&s->w, status, e);
	if (quick && run_by_master(s, status))
		return true;
	guest_words(s, tty, &script);
	ssh_argv(&s->g.ssh, tty ? SSH_TTY : SSH_NO_TTY, buf_z(&script), &argv);
	if (s->o->out) {
		own_run struct run r = {.argv = (const char *const *)argv.v, .env = &s->g.ssh.env};

		return run_captured(s, &r, status, e);
	}
	if (tty)
		return spawn_exec((const char *const *)argv.v, &s->g.ssh.env, e);
	return run_connected(s, (const char *const *)argv.v, &s->g.ssh.env, status, e);
}

/* The person's own shell action: all but its last command run aside. */
static bool by_override(struct shell *s, int *status, struct err *e)
{
	const struct command_list *list = &s->g.shell;
	const struct action_vars v = {.instance_name = s->w.node.lima_instance_name,
		.workdir = s->o->workdir ? s->o->workdir : node_workspace(&s->w.node),
		.args = s->o->command};

	if (!node_work_lima(&s->w, e))
		return false;
	for (size_t i = 0; i < list->commands.n; i++) {
		own_buf struct buf line = {0};
		own_run struct run r = {.env = &s->w.lima.env};
		bool last = i + 1 == list->commands.n;

		if (!action_line(&s->w.lima, list->commands.v[i], &v, &line, e))
			return false;
		const char *const argv[] = {"sh", "-c", buf_z(&line), NULL};

		r.argv = argv;
		if (!last && !run_ok(&r, &s->w.ctx, e))
			return false;
		if (last)
			return s->o->out ? run_captured(s, &r, status, e)
					 : run_connected(s, argv, &s->w.lima.env, status, e);
	}
	return true;
}

static bool run_in(struct shell *s, const struct ctx *c, int *status, struct err *e)
{
	if (!node_work_project(&s->w, e) || !ensure_running(s, c, e))
		return false;
	load_profile(s);
	make_token(s);
	if (!guest_open(&s->g, &s->w,
		    s->profile.environment.keys.n ? &s->profile.environment : NULL, e))
		return false;
	return s->g.shell.builtin ? over_ssh(s, status, e) : by_override(s, status, e);
}

bool shell_op(struct home *h, const struct ctx *c, const char *ref, const struct shell_opts *o,
	int *status, struct err *e)
{
	struct shell s = {.w = {.h = h, .ctx = *c}, .o = o};
	bool ok = record_find_live(h, c, REC_NODE, ref, &s.w.node, e) && run_in(&s, c, status, e);

	guest_close(&s.g);
	fields_fini(&profile_fields, &s.profile);
	node_work_close(&s.w, NULL);
	return ok;
}
