#include "lima/ssh.h"

#include <signal.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/lock.h"
#include "os/runtime_dir.h"
#include "os/socket.h"

/* ssh(1) puts "." and 16 random characters behind the name while it makes the
 * socket (OpenSSH mux.c, muxserver_listen). */
#define SOCKET_SUFFIX 17
#define PERSIST_SECONDS 600
#define CONNECT_MS 60000
#define CLOSE_MS 5000

/* FNV-1a, 64 bits: only names are made from it, and libcrypto takes 2 ms to wake up. */
static void hash_text(struct str text, struct buf *hex)
{
	uint64_t h = 0xCBF29CE484222325;

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * 0x100000001B3;
	buf_printf(hex, "%016llx", (unsigned long long)h);
}

/* "lima-NAME", as Lima makes it (pkg/instance/hostname). */
static char *host_alias(const char *instance)
{
	own_buf struct buf b = {0};

	buf_printf(&b, "lima-%s", instance);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] == '.' || b.p[i] == '_')
			b.p[i] = '-';
	return buf_steal(&b);
}

/* A new boot has a new hostagent, and so its masters have another name: one of the
 * boot before can never be taken for a living one. */
static bool choose_control_path(struct ssh *s, struct str env, struct err *e)
{
	own_buf struct buf path = {0}, key = {0}, pid = {0};

	if (!runtime_dir(&path, e))
		return false;
	path_join(&key, s->dir, "ha.pid");
	if (!file_read(key.p, &pid, 64, NULL))
		buf_clear(&pid);
	buf_clear(&key);
	buf_printf(&key, "%s\n%.*s\n", s->dir, STRF(str_trim(buf_view(&pid))));
	buf_str(&key, env);
	buf_puts(&path, "/s-");
	hash_text(buf_view(&key), &path);
	if (path.n + SOCKET_SUFFIX > socket_path_max()) {
		err_set(e, ERR_PRECONDITION_FAILED, "the path %s is too long for a socket", path.p);
		return err_fix(e, "set XDG_RUNTIME_DIR to a shorter directory of your own");
	}
	s->control_path = buf_steal(&path);
	return true;
}

static bool find_config(struct ssh *s, const char *lima_home, struct err *e)
{
	own_buf struct buf path = {0};

	s->dir = mem_strdup(path_join(&path, lima_home, s->instance));
	s->config_path = mem_strdup(path_join(&path, s->dir, "ssh.config"));
	if (file_exists(s->config_path))
		return true;
	err_set(e, ERR_NOT_FOUND, "instance %s has no %s: it was never started", s->instance,
		s->config_path);
	return err_field(e, "instance_name", s->instance);
}

bool ssh_open(struct ssh *s, const char *lima_home, const char *instance,
	const struct strmap *environment, struct err *e)
{
	own_buf struct buf env = {0}, file = {0};

	*s = (struct ssh){.instance = mem_strdup(instance), .host = host_alias(instance)};
	if (environment && environment->keys.n) {
		s->environment = environment;
		ssh_env_text(environment, &env);
		buf_puts(&file, ".codelima/env-");
		hash_text(buf_view(&env), &file);
		s->env_file = buf_steal(&file);
	}
	strv_add(&s->env, "SSH_AUTH_SOCK");
	if (find_config(s, lima_home, e) && choose_control_path(s, buf_view(&env), e))
		return true;
	ssh_fini(s);
	return false;
}

void ssh_fini(struct ssh *s)
{
	mem_free_p(&s->instance);
	mem_free_p(&s->dir);
	mem_free_p(&s->control_path);
	mem_free_p(&s->config_path);
	mem_free_p(&s->host);
	mem_free_p(&s->env_file);
	strv_fini(&s->env);
	*s = (struct ssh){0};
}

/* ssh expands %-tokens in -S. */
static void add_control_path(const struct ssh *s, struct strv *argv)
{
	own_buf struct buf b = {0};

	for (const char *p = s->control_path; *p; p++)
		buf_puts(&b, *p == '%' ? "%%" : (char[]){*p, '\0'});
	strv_add(argv, "-S");
	strv_addn(argv, buf_view(&b));
}

/* The command line beats the file: ssh takes the first value it meets. */
static void add_options(const struct ssh *s, struct strv *argv)
{
	static const char *const options[] = {"ForwardAgent=no", "ForwardX11=no",
		"ForwardX11Trusted=no", "IdentitiesOnly=yes", "IdentityAgent=none", "BatchMode=yes",
		"PermitLocalCommand=no", "EscapeChar=none", "LogLevel=ERROR", "ConnectTimeout=15",
		"ServerAliveInterval=5", "ServerAliveCountMax=3"};

	strv_add(argv, "ssh");
	strv_add(argv, "-F");
	strv_add(argv, s->config_path);
	add_control_path(s, argv);
	for (size_t i = 0; i < countof(options); i++) {
		strv_add(argv, "-o");
		strv_add(argv, options[i]);
	}
}

void ssh_argv(const struct ssh *s, enum ssh_tty tty, const char *script, struct strv *argv)
{
	add_options(s, argv);
	strv_add(argv, "-o");
	strv_add(argv, "ControlMaster=no");
	strv_add(argv, tty == SSH_TTY ? "-tt" : "-T");
	strv_add(argv, "--");
	strv_add(argv, s->host);
	strv_add(argv, script);
}

bool ssh_run(struct ssh *s, const struct ctx *c, const char *script, struct run *r, struct err *e)
{
	own_strv struct strv argv = {0};
	bool ok;

	ssh_argv(s, SSH_NO_TTY, script, &argv);
	r->argv = (const char *const *)argv.v;
	r->env = &s->env;
	ok = run(r, c, e);
	r->argv = NULL;
	return ok;
}

static bool write_env_file(struct ssh *s, const struct ctx *c, struct err *e)
{
	own_buf struct buf text = {0}, script = {0};
	own_run struct run r = {
		.what = "writing the profile's environment into the VM", .timeout_ms = CONNECT_MS};

	if (!s->env_file)
		return true;
	ssh_env_text(s->environment, &text);
	ssh_script_env_file(s->env_file, &script);
	r.in = buf_view(&text);
	if (!ssh_run(s, c, script.p, &r, e))
		return false;
	if (r.status == 0)
		return true;
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED, "%s failed with exit status %d", r.what, r.status);
	return err_cause(e, "%s", buf_z(&r.err_tail));
}

/* -f returns when the connection stands and the socket listens. */
static bool start_master(struct ssh *s, const struct ctx *c, struct err *e)
{
	own_strv struct strv argv = {0};
	own_buf struct buf what = {0};
	own_run struct run r = {.env = &s->env, .timeout_ms = CONNECT_MS, .quiet = true};

	r.cwd = "/"; /* it lives on: our directory may be unmounted or removed */
	buf_printf(&what, "ssh to %s", s->instance);
	add_options(s, &argv);
	strv_add(&argv, "-o");
	strv_addf(&argv, "ControlPersist=%d", PERSIST_SECONDS);
	strv_add(&argv, "-MNfT");
	strv_add(&argv, "--");
	strv_add(&argv, s->host);
	r.argv = (const char *const *)argv.v;
	r.what = what.p;
	return run_ok(&r, c, e);
}

/* Two starters at once: the second one waits and finds the first one's master. */
static bool take_lock(struct ssh *s, const struct ctx *c, struct lock *l, struct err *e)
{
	own_buf struct buf path = {0};
	own_err struct err busy = {0};

	buf_printf(&path, "%s.lock", s->control_path);
	for (int waited = 0; !lock_take(l, path.p, 100, "the connection to the VM", &busy);
		waited += 100) {
		if (!ctx_check(c, e))
			return false;
		if (busy.kind != ERR_BUSY || waited >= CONNECT_MS)
			return err_move(e, &busy);
	}
	return true;
}

/* What is known of the guest's login shell stands beside the socket. */
static const char *login_mark(const struct ssh *s, struct buf *path)
{
	buf_printf(path, "%s.login", s->control_path);
	return path->p;
}

void ssh_recall(struct ssh *s)
{
	own_buf struct buf mark = {0}, text = {0};

	s->login = LOGIN_OTHER;
	if (!file_read(login_mark(s, &mark), &text, 16, NULL))
		return;
	if (str_eqz(buf_view(&text), "bash"))
		s->login = LOGIN_BASH;
	else if (str_eqz(buf_view(&text), "sh"))
		s->login = LOGIN_SH;
}

static bool answers(struct ssh *s)
{
	if (!socket_answers(s->control_path))
		return false;
	ssh_recall(s);
	return true;
}

/* Best effort: without it commands are slower. */
static void prepare_guest(struct ssh *s, const struct ctx *c)
{
	static const struct str words[] = {
		[LOGIN_OTHER] = {"", 0}, [LOGIN_SH] = {"sh", 2}, [LOGIN_BASH] = {"bash", 4}};
	own_buf struct buf mark = {0}, script = {0};
	own_run struct run r = {.timeout_ms = CONNECT_MS, .quiet = true, .in = ssh_script_refresh};
	int found;

	ssh_script_prepare(&script);
	if (!ssh_run(s, c, script.p, &r, NULL))
		return;
	found = r.status - LOGIN_STATUS;
	if (found > LOGIN_OTHER && found <= LOGIN_BASH &&
		file_replace(login_mark(s, &mark), words[found], 0600, NULL))
		s->login = (enum login_shell)found;
}

bool ssh_master(struct ssh *s, const struct ctx *c, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_buf struct buf mark = {0};

	if (answers(s))
		return true;
	if (!take_lock(s, c, &lock, e))
		return false;
	if (answers(s))
		return true;
	/* ssh refuses to be a master where a dead one has left its socket. */
	if (!file_unlink(login_mark(s, &mark), e) || !file_unlink(s->control_path, e) ||
		!start_master(s, c, e))
		return false;
	prepare_guest(s, c);
	if (!ctx_check(c, e))
		return false; /* the master may stay */
	if (write_env_file(s, c, e))
		return true;
	ssh_close_master(s, c);
	return false;
}

void ssh_close_master(struct ssh *s, const struct ctx *c)
{
	own_strv struct strv argv = {0};
	own_run struct run r = {.env = &s->env, .timeout_ms = CLOSE_MS, .quiet = true};
	struct ctx fresh = ctx_fresh(c, 0);

	if (!socket_answers(s->control_path))
		return;
	add_options(s, &argv);
	strv_add(&argv, "-O");
	strv_add(&argv, "exit");
	strv_add(&argv, "--");
	strv_add(&argv, s->host);
	r.argv = (const char *const *)argv.v;
	run(&r, &fresh, NULL);
}

/* Numbers differ between hosts (SIGUSR1 is 30 on macOS), names do not. */
static const char *signal_name(int sig)
{
	switch (sig) {
	case SIGHUP:
		return "HUP";
	case SIGINT:
		return "INT";
	case SIGQUIT:
		return "QUIT";
	case SIGKILL:
		return "KILL";
	case SIGUSR1:
		return "USR1";
	case SIGUSR2:
		return "USR2";
	case SIGCONT:
		return "CONT";
	case SIGTSTP:
		return "TSTP";
	default:
		return "TERM";
	}
}

bool ssh_signal(struct ssh *s, const struct ctx *c, const char *token, int sig, struct err *e)
{
	own_buf struct buf script = {0};
	own_run struct run r = {
		.what = "sending a signal into the VM", .timeout_ms = CONNECT_MS, .quiet = true};

	ssh_script_signal(token, signal_name(sig), &script);
	if (!ssh_run(s, c, script.p, &r, e))
		return false;
	if (r.status == 0)
		return true;
	return err_set(
		e, ERR_EXTERNAL_COMMAND_FAILED, "%s failed with exit status %d", r.what, r.status);
}
