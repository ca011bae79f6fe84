#include "lima/ssh_script.h"

#include "base/shquote.h"
#include "os/proc.h"

#define TOKEN_VAR "CODELIMA_TOKEN"

/* `exec sh OPT 'BODY' sh WORD…`: WORDs are $1… of the body. */
static void begin(struct buf *script, const char *opt, struct str body)
{
	buf_printf(script, "exec sh %s ", opt);
	sh_quote(script, body);
	buf_puts(script, " sh");
}

static void word(struct buf *script, const char *z)
{
	buf_putc(script, ' ');
	sh_quote_z(script, z);
}

/* Terminfo may lie in five places; looking is cheaper than starting infocmp. */
static void body_terminal(struct buf *body)
{
	const char *color = proc_env("COLORTERM");

	buf_puts(body, "codelima_t=\n"
		       "for codelima_d in \"$HOME/.terminfo\" /etc/terminfo /lib/terminfo "
		       "/usr/share/terminfo /usr/lib/terminfo; do\n"
		       "[ -n \"$TERM\" ] && [ -e \"$codelima_d/${TERM%\"${TERM#?}\"}/$TERM\" ] "
		       "&& codelima_t=$TERM\n"
		       "done\n"
		       "TERM=${codelima_t:-xterm-256color}; export TERM\n"
		       "unset codelima_t codelima_d\n");
	if (!color)
		return;
	buf_puts(body, "COLORTERM=");
	sh_quote_z(body, color);
	buf_puts(body, "; export COLORTERM\n");
}

/* What `sh -l` reads costs more than all the rest (Debian's /etc/profile starts four
 * programs), so its outcome is kept in the guest: one file that first asks whether any of
 * the profile files is newer than itself, and then sets what they had changed. The two
 * directories that a usual .profile looks for count as well. What belongs to one session is
 * not kept; nor is anything where a value of several lines makes the comparison doubtful. */
static void body_profile(struct buf *body)
{
	buf_puts(body,
		"codelima_p=$HOME/.codelima/login${BASH_VERSION:+-bash}\n"
		"[ -r \"$codelima_p\" ] && . \"$codelima_p\"\n"
		"if [ -n \"${codelima_n-1}\" ]; then\n"
		"codelima_e=$(export -p)\n"
		"[ ! -r /etc/profile ] || . /etc/profile\n"
		"[ ! -r \"$HOME/.profile\" ] || . \"$HOME/.profile\"\n"
		"( codelima_u=$(umask)\n"
		"unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK PWD OLDPWD SHLVL _ "
		"TERM COLORTERM XDG_SESSION_ID XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS\n"
		"case $HOME in *\\'*) exit;; esac\n"
		"! export -p | grep -qv '^export \\|^declare -x ' || exit\n"
		"umask 077\n"
		"mkdir -p \"$HOME/.codelima\" && { printf 'test '\n"
		"for codelima_f in /etc/profile.d/* /etc/profile.d \"$HOME/bin\" "
		"\"$HOME/.local/bin\" \"$HOME/.bashrc\" \"$HOME/.profile\"; do\n"
		"case $codelima_f in *\\'*) continue;; esac\n"
		"printf \"'%s' -nt '%s' -o \" \"$codelima_f\" \"$codelima_p\"\n"
		"done\n"
		"printf \"/etc/profile -nt '%s' || {\\n\" \"$codelima_p\"\n"
		"export -p | grep -vxF \"$codelima_e\"\n"
		"echo \"umask $codelima_u; codelima_n=\"; echo '}'; } >\"$codelima_p.$$\" && "
		"mv -f \"$codelima_p.$$\" \"$codelima_p\" ) 2>/dev/null\n"
		"fi\n");
}

/* Late: a shell whose LANG is set loads the locale, and is slower from then on. */
static void body_lang(struct buf *body)
{
	buf_puts(body, "[ -n \"$LANG\" ] || export LANG=C.UTF-8\n");
}

/* After the profile files: what the profile of the agent says wins over them. */
static void body_environment(const struct ssh *s, struct buf *body)
{
	if (!s->env_file)
		return;
	buf_puts(body, "[ ! -r \"$HOME/\"");
	sh_quote_z(body, s->env_file);
	buf_puts(body, " ] || . \"$HOME/\"");
	sh_quote_z(body, s->env_file);
	buf_putc(body, '\n');
}

/* `cd -- DIR`: not to "-", and not by way of CDPATH, which would make it print. */
static void go_to(struct buf *body, const char *dir)
{
	own_buf struct buf b = {0};

	buf_printf(&b, "%s%s", *dir == '/' ? "" : "./", dir);
	buf_puts(body, "cd -- ");
	sh_quote(body, buf_view(&b));
	buf_puts(body, " 2>/dev/null || ");
}

static void body_cd(struct buf *body, const char *dir)
{
	if (!dir || !*dir)
		return;
	go_to(body, dir);
	buf_puts(body, "{\nprintf 'codelima: no directory %s in the VM\\n' ");
	sh_quote_z(body, dir);
	buf_puts(body, " >&2\nexit 1\n}\n");
}

void ssh_script_command(const struct ssh *s, const char *workdir, const struct strv *args,
	const char *token, bool tty, struct buf *script)
{
	own_buf struct buf body = {0};

	body_profile(&body);
	body_environment(s, &body);
	if (tty)
		body_terminal(&body);
	body_cd(&body, workdir);
	body_lang(&body);
	/* Caught, not ignored: the command starts with the default, and the shell
	 * lives on to tell how it ended. */
	buf_puts(&body, "trap : HUP INT QUIT TERM USR1 USR2\n");
	if (token)
		buf_printf(&body, TOKEN_VAR "=%s", token);
	for (size_t i = 0; i < args->n; i++)
		word(&body, args->v[i]);
	buf_puts(&body, "\nexit $?");
	/* sshd has started a shell already: a second one is needed only where that one is
	 * fish, csh or the like. */
	if (s->direct)
		buf_str(script, buf_view(&body));
	else
		begin(script, "-c", buf_view(&body));
}

void ssh_script_login(const struct ssh *s, const char *workdir, struct buf *script)
{
	own_buf struct buf body = {0};

	body_lang(&body);
	body_environment(s, &body);
	body_terminal(&body);
	if (workdir && *workdir) {
		go_to(&body, workdir);
		buf_puts(&body, "printf 'codelima: %s is not there in the VM: this is the home "
				"directory\\n' ");
		sh_quote_z(&body, workdir);
		buf_puts(&body, " >&2\n");
	}
	buf_puts(&body, "exec \"${SHELL:-/bin/sh}\" -l");
	begin(script, "-c", buf_view(&body));
}

void ssh_script_step(const struct ssh *s, const char *workdir, const char *step, struct buf *script)
{
	own_buf struct buf body = {0};

	body_lang(&body);
	body_environment(s, &body);
	body_cd(&body, workdir);
	/* eval, so that the step is the login shell's own text and still sees no $1. */
	buf_puts(&body, "codelima_step=$1\n"
			"shift\n"
			"eval \"unset codelima_step\n"
			"$codelima_step\"\n"
			"exit $?");
	begin(script, "-lc", buf_view(&body));
	word(script, step);
}

void ssh_script_signal(const char *token, const char *signal, struct buf *script)
{
	/* As root first: environ of a command run by sudo is not ours to read. sudo
	 * itself carries the token and relays the signal. */
	static const char body[] = "sudo -n sh -c \"$1\" sh \"$1\" \"$2\" \"$3\" 2>/dev/null || "
				   "sh -c \"$1\" sh \"$1\" \"$2\" \"$3\"";
	/* Parents first: a shell that sees its child die would go on to the next command. */
	static const char find[] =
		"p=$(grep -lsxzF -- \"$2\" /proc/[0-9]*/environ | tr -dc '0-9\\n' | sort -n)\n"
		"[ -z \"$p\" ] || kill -s \"$3\" $p 2>/dev/null\n"
		"exit 0";
	own_buf struct buf mark = {0};

	buf_printf(&mark, TOKEN_VAR "=%s", token);
	begin(script, "-c", str_z(body));
	word(script, find);
	word(script, mark.p);
	word(script, signal);
}

void ssh_script_env_file(const char *env_file, struct buf *script)
{
	begin(script, "-c",
		STR("umask 077\n"
		    "cd && mkdir -p \"${1%/*}\" && cat >\"$1.$$\" && mv -f \"$1.$$\" "
		    "\"$1\""));
	word(script, env_file);
}

void ssh_env_text(const struct strmap *environment, struct buf *out)
{
	for (size_t i = 0; i < environment->keys.n; i++) {
		if (!sh_is_name(str_z(environment->keys.v[i])))
			continue;
		buf_printf(out, "export %s=", environment->keys.v[i]);
		sh_quote_z(out, environment->values.v[i]);
		buf_putc(out, '\n');
	}
}
