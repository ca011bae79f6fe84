#include "lima/limactl.h"

#include "base/mem.h"
#include "base/shquote.h"
#include "lima/accel.h"
#include "lima/limalog.h"
#include "loop/lines.h"
#include "model/settings.h"
#include "os/file.h"
#include "os/proc.h"

#define INSTALL_FIX "install Lima 2.1 or newer (https://lima-vm.io/docs/installation/)"

static bool find_binary(struct limactl *l, struct err *e)
{
	const char *given = proc_env("CODELIMA_LIMACTL");

	l->binary = proc_which(given ? given : "limactl");
	if (!l->binary) {
		if (given)
			err_set(e, ERR_DEPENDENCY_UNAVAILABLE,
				"CODELIMA_LIMACTL names %s, which is no program", given);
		else
			err_set(e, ERR_DEPENDENCY_UNAVAILABLE, "limactl is not on PATH");
		return err_fix(e, INSTALL_FIX ", or set CODELIMA_LIMACTL to it");
	}
	if (!proc_is_root())
		return true;
	err_set(e, ERR_DEPENDENCY_UNAVAILABLE, "limactl refuses to run as root");
	return err_fix(e, "run codelima as an ordinary user");
}

static bool find_home(struct limactl *l, struct err *e)
{
	const char *env = proc_env("LIMA_HOME");
	const char *home = env ? env : l->config->lima_home;
	own_buf struct buf b = {0};

	if (!path_absolute(home && *home ? home : "~/.lima", &b, e))
		return err_wrap(e, "LIMA_HOME");
	l->lima_home = buf_steal(&b);
	return true;
}

/* A multiplexer's variables would make programs talk to it instead of to us, and
 * the agent's socket has no business in what we start (contract/threats.md T10). */
static void make_env(struct limactl *l)
{
	static const char *const removed[] = {"SSH_AUTH_SOCK", "SSH_AGENT_PID", "TMUX", "TMUX_PANE",
		"STY", "WINDOW", "ZELLIJ", "ZELLIJ_PANE_ID", "ZELLIJ_SESSION_NAME"};

	for (size_t i = 0; i < countof(removed); i++)
		strv_add(&l->env, removed[i]);
	strv_addf(&l->env, "LIMA_HOME=%s", l->lima_home);
	if (l->tcg)
		accel_tcg_env(&l->env);
}

bool limactl_open(struct limactl *l, const struct config *config, struct err *e)
{
	*l = (struct limactl){.config = config};
	if (find_binary(l, e) && find_home(l, e) && accel_is_tcg(config, &l->tcg, e)) {
		make_env(l);
		return true;
	}
	limactl_fini(l);
	return false;
}

void limactl_fini(struct limactl *l)
{
	mem_free_p(&l->binary);
	mem_free_p(&l->lima_home);
	strv_fini(&l->env);
	*l = (struct limactl){0};
}

/* One running call: run.h's callbacks see this, the caller's see their own arg. */
struct call {
	const struct ctx *c;
	const struct run *more;
	struct lines out_lines;
};

static void log_plain(void *arg, struct str line)
{
	struct call *call = arg;
	own_buf struct buf text = {0};

	limalog_plain(line, &text);
	ctx_log(call->c, buf_view(&text));
	if (call->more && call->more->on_err_line)
		call->more->on_err_line(call->more->arg, line);
}

static void log_out_line(void *arg, struct str line)
{
	struct call *call = arg;

	ctx_log(call->c, line);
}

static bool log_out(void *arg, struct str chunk, struct err *e)
{
	struct call *call = arg;

	(void)e;
	lines_feed(&call->out_lines, chunk, log_out_line, call);
	return true;
}

static bool call_tick(void *arg, struct err *e)
{
	struct call *call = arg;

	return call->more->on_tick(call->more->arg, e);
}

static void take_more(struct run *r, const struct run *more)
{
	if (!more)
		return;
	if (more->on_tick)
		r->on_tick = call_tick;
	r->tick_ms = more->tick_ms;
	r->gate = more->gate;
	r->gate_arg = more->gate_arg;
	r->cwd = more->cwd;
	if (more->timeout_ms)
		r->timeout_ms = more->timeout_ms;
	if (more->max_out)
		r->max_out = more->max_out;
}

/* The command itself is a field of the error, for a person to run it by hand. */
static bool tell_command(const struct strv *argv, struct err *e)
{
	own_buf struct buf line = {0};

	sh_quote_words(&line, argv);
	if (e) {
		limalog_plain_lines(&e->cause);
		err_field(e, "command", line.p);
	}
	return false;
}

static bool call_argv(const struct limactl *l, const struct ctx *c, const char *kind,
	const char *what, const struct strv *argv, struct buf *out, const struct run *more,
	struct err *e)
{
	struct call call = {.c = c, .more = more};
	own_run struct run r = {.argv = (const char *const *)argv->v,
		.env = &l->env,
		.what = more && more->what ? more->what : what,
		.out = out,
		.on_err_line = log_plain,
		.on_out = out ? NULL : log_out,
		.quiet = true,
		.arg = &call};
	bool ok;

	if (!settings_deadline(l->config, kind, &r.timeout_ms, e))
		return false;
	take_more(&r, more);
	ok = run_ok(&r, c, e);
	lines_end(&call.out_lines, log_out_line, &call);
	lines_fini(&call.out_lines);
	return ok || tell_command(argv, e);
}

/* `--log-format json` goes behind the command's word: in front of it and at the end
 * stand what people and scripts look for. */
static void built_in_argv(const struct limactl *l, const struct strv *args, struct strv *argv)
{
	size_t words = args->n && z_eq(args->v[0], "template") ? 2 : 1;

	strv_add(argv, l->binary);
	for (size_t i = 0; i < args->n; i++) {
		strv_add(argv, args->v[i]);
		if (i + 1 != words)
			continue;
		strv_add(argv, "--log-format");
		strv_add(argv, "json");
	}
}

bool limactl_call(const struct limactl *l, const struct ctx *c, const char *kind,
	const struct strv *args, struct buf *out, const struct run *more, struct err *e)
{
	own_strv struct strv argv = {0};
	own_buf struct buf what = {0};

	built_in_argv(l, args, &argv);
	buf_printf(&what, "limactl %s", args->n ? args->v[0] : "");
	return call_argv(l, c, kind, what.p, &argv, out, more, e);
}

bool limactl_shell_line(const struct limactl *l, const struct ctx *c, const char *kind,
	const char *line, struct buf *out, const struct run *more, struct err *e)
{
	own_strv struct strv argv = {0};
	own_buf struct buf what = {0};

	strv_add(&argv, "sh");
	strv_add(&argv, "-c");
	strv_add(&argv, line);
	buf_printf(&what, "the %s command", kind);
	return call_argv(l, c, kind, what.p, &argv, out, more, e);
}

/* "limactl version 2.2.0" → "2.2.0": the first number with a dot. */
static struct str version_in(struct str s)
{
	size_t n;

	s = str_trim(s);
	if (!str_starts(s, STR("limactl version ")))
		return (struct str){0};
	s = str_from(s, sizeof("limactl version ") - 1);
	n = str_find(s, '\n');
	s = str_trim(str_n(s.p, n));
	if (str_starts(s, STR("v")))
		s = str_from(s, 1);
	return s.n && s.n < 64 && *s.p >= '0' && *s.p <= '9' ? s : (struct str){0};
}

bool limactl_version(const struct limactl *l, const struct ctx *c, struct buf *out, struct err *e)
{
	const char *argv[] = {l->binary, "--version", NULL};
	own_buf struct buf text = {0};
	own_run struct run r = {.argv = argv,
		.env = &l->env,
		.what = "limactl --version",
		.out = &text,
		.max_out = 4096,
		.quiet = true};
	struct str v;

	if (!settings_deadline(l->config, "list", &r.timeout_ms, e))
		return false;
	if (!run_ok(&r, c, e)) {
		if (!e || e->kind == ERR_INTERRUPTED)
			return false;
		limalog_plain_lines(&e->cause);
		return err_as(e, ERR_DEPENDENCY_UNAVAILABLE);
	}
	v = version_in(buf_view(&text));
	if (!v.n) {
		err_set(e, ERR_DEPENDENCY_UNAVAILABLE, "%s does not tell its version", l->binary);
		err_cause(e, "%.*s", STRF(str_trim(buf_view(&text))));
		return err_fix(e, INSTALL_FIX);
	}
	buf_str(out, v);
	return true;
}

bool limactl_check_version(const struct limactl *l, const struct ctx *c, struct err *e)
{
	own_buf struct buf v = {0};
	unsigned major = 0, minor = 0;

	if (!limactl_version(l, c, &v, e))
		return false;
	if (sscanf(v.p, "%u.%u", &major, &minor) == 2 &&
		(major > LIMA_MIN_MAJOR || (major == LIMA_MIN_MAJOR && minor >= LIMA_MIN_MINOR)))
		return true;
	err_set(e, ERR_DEPENDENCY_UNAVAILABLE, "limactl %s is too old: %d.%d or newer is needed",
		v.p, LIMA_MIN_MAJOR, LIMA_MIN_MINOR);
	return err_fix(e, INSTALL_FIX);
}

/* Finds the object named so among lines of JSON; other lines are an error. */
static bool find_instance(struct str text, const char *name, json_t **out, struct err *e)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		own_json json_t *j = NULL;

		if (!str_trim(line).n)
			continue;
		if (!json_read(line, "limactl list", &j, e))
			return err_as(e, ERR_DEPENDENCY_UNAVAILABLE);
		if (z_eq(json_get_str(j, "name"), name) && !*out)
			*out = steal(&j);
	}
	return true;
}

static bool in_lima_home(const char *lima_home, const char *name)
{
	own_buf struct buf path = {0};

	return file_exists(path_join(&path, lima_home, name));
}

bool limactl_inspect(
	const struct limactl *l, const struct ctx *c, const char *name, json_t **out, struct err *e)
{
	own_buf struct buf text = {0};
	own_strv struct strv args = {0};
	own_err struct err why = {0};
	own_json json_t *found = NULL;

	strv_add(&args, "list");
	strv_add(&args, "--format");
	strv_add(&args, "{{json .}}");
	strv_add(&args, name);
	/* An unknown name is a failure to limactl, and no other one is told from it by
	 * the status. */
	if (!limactl_call(l, c, "list", &args, &text, NULL, &why) &&
		(why.kind != ERR_EXTERNAL_COMMAND_FAILED || in_lima_home(l->lima_home, name))) {
		if (why.kind == ERR_EXTERNAL_COMMAND_FAILED)
			err_as(&why, ERR_DEPENDENCY_UNAVAILABLE);
		return err_move(e, &why);
	}
	if (!find_instance(buf_view(&text), name, &found, e))
		return false;
	*out = steal(&found);
	return true;
}

bool limactl_check_list(const struct limactl *l, const struct ctx *c, struct err *e)
{
	own_buf struct buf names = {0};
	own_strv struct strv args = {0};
	own_err struct err why = {0};

	strv_add(&args, "list");
	strv_add(&args, "-q");
	if (limactl_call(l, c, "list", &args, &names, NULL, &why))
		return true;
	if (why.kind == ERR_EXTERNAL_COMMAND_FAILED)
		err_as(&why, ERR_DEPENDENCY_UNAVAILABLE);
	return err_move(e, &why);
}

/* As store.Instances() of Lima: directories but those that begin with . or _ */
bool limactl_names(const char *lima_home, struct strv *names, struct err *e)
{
	own_strv struct strv all = {0};
	own_buf struct buf path = {0};
	struct file_stat st;

	if (!file_list(lima_home, &all, e))
		return false;
	strv_clear(names);
	for (size_t i = 0; i < all.n; i++) {
		const char *name = all.v[i];

		if (*name == '.' || *name == '_')
			continue;
		if (file_lstat(path_join(&path, lima_home, name), &st) && st.type == FILE_DIR)
			strv_add(names, name);
	}
	return true;
}
