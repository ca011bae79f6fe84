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
 * programs), so its outcome is kept. codelima_p is the name of the file. The two directories
 * that a usual .profile looks for count as well. What belongs to one session is not kept; nor
 * is anything where a value of several lines makes the comparison doubtful. A guest that sets
 * no LANG has it set by the file: late, as a shell whose LANG is set is slower from then on. */
static const char refresh[] =
	"codelima_l=$LANG codelima_m=$(umask) codelima_e=$(export -p)\n"
	"[ ! -r /etc/profile ] || . /etc/profile\n"
	"[ ! -r ~/.profile ] || . ~/.profile\n"
	"( codelima_u=$(umask)\n"
	"unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK PWD OLDPWD SHLVL _ "
	"TERM COLORTERM XDG_SESSION_ID XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS\n"
	"case $PATH in *\\'*) exit;; esac\n"
	"! export -p | grep -qv '^export \\|^declare -x ' || exit\n"
	"codelima_f=~/.codelima/$codelima_p\n"
	"umask 077\n"
	"{ printf 'if [ '\n"
	"[ -z \"$codelima_l\" ] || printf '%s' '-z \"$LANG\" -o '\n"
	"for codelima_d in /etc/profile.d/*; do\n"
	"case $codelima_d in *\\'*) continue;; esac\n"
	"printf \"'%s' -nt ~/.codelima/%s -o \" \"$codelima_d\" \"$codelima_p\"\n"
	"done\n"
	"for codelima_d in /etc/profile.d '~/bin' '~/.local/bin' '~/.bashrc' '~/.profile'; do\n"
	"printf '%s -nt ~/.codelima/%s -o ' \"$codelima_d\" \"$codelima_p\"\n"
	"done\n"
	"printf '/etc/profile -nt ~/.codelima/%s ]\\n' \"$codelima_p\"\n"
	"echo \"then codelima_p=$codelima_p; [ -r ~/.codelima/refresh ] && . "
	"~/.codelima/refresh\"\n"
	"printf \"else PATH='%s'\\n\" \"$PATH\"\n"
	"export -p | grep -vxF \"$codelima_e\" | grep -v '^[a-z -]* PATH='\n"
	"[ \"$codelima_u\" = \"$codelima_m\" ] || echo \"umask $codelima_u\"\n"
	"[ -n \"$codelima_l\" ] || echo '[ -n \"$LANG\" ] || export LANG=C.UTF-8'\n"
	"echo fi; } >\"$codelima_f.$$\" && mv -f \"$codelima_f.$$\" \"$codelima_f\" ) 2>/dev/null\n"
	"[ -n \"$LANG\" ] || export LANG=C.UTF-8\n";
const struct str ssh_script_refresh = {refresh, sizeof(refresh) - 1};

static void body_lang(struct buf *body)
{
	buf_puts(body, "[ -n \"$LANG\" ] || export LANG=C.UTF-8\n");
}

/* Each of the three is for want of the one before it. */
static void body_profile(const struct ssh *s, struct buf *body)
{
	const char *kept = s->login == LOGIN_BASH ? "bash" : "sh";

	buf_printf(body, "[ -r ~/.codelima/%s ]&&. ~/.codelima/%s||{ ", kept, kept);
	buf_printf(body, "codelima_p=%s;[ -r ~/.codelima/refresh ]&&. ~/.codelima/refresh;}||{\n",
		kept);
	buf_puts(
		body, "[ ! -r /etc/profile ]||. /etc/profile\n[ ! -r ~/.profile ]||. ~/.profile\n");
	body_lang(body);
	buf_puts(body, "}\n");
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

/* For `cd -- DIR`: not "-", nor a way for CDPATH, which would make it print. */
static void word_dir(struct buf *body, const char *dir)
{
	own_buf struct buf b = {0};

	buf_printf(&b, "%s%s", *dir == '/' ? "" : "./", dir);
	sh_quote(body, buf_view(&b));
}

/* Looking first is cheaper than leading cd's own words aside. */
static void body_cd(struct buf *body, const char *dir)
{
	if (!dir || !*dir)
		return;
	buf_puts(body, "[ -d ");
	word_dir(body, dir);
	buf_puts(body, " ]&&cd -- ");
	word_dir(body, dir);
	buf_puts(body, "||{\nprintf 'codelima: no directory %s in the VM\\n' ");
	sh_quote_z(body, dir);
	buf_puts(body, " >&2\nexit 1\n}\n");
}

void ssh_script_command(const struct ssh *s, const char *workdir, const struct strv *args,
	const char *token, bool tty, struct buf *script)
{
	own_buf struct buf body = {0};

	body_profile(s, &body);
	body_environment(s, &body);
	if (tty)
		body_terminal(&body);
	body_cd(&body, workdir);
	/* Caught, not ignored: the command starts with the default, and the shell
	 * lives on to tell how it ended. */
	buf_puts(&body, "trap : HUP INT QUIT TERM USR1 USR2\n");
	/* Not before the command itself, which bash repeats when a signal ends it. */
	if (token)
		buf_printf(&body, "export " TOKEN_VAR "=%s\n", token);
	for (size_t i = 0; i < args->n; i++)
		word(&body, args->v[i]);
	/* bash needs no word for that: it does not turn into a command while it has traps. */
	if (s->login != LOGIN_BASH)
		buf_puts(&body, "\nexit $?");
	/* sshd has started a shell already: a second one is needed only where that one is
	 * fish, csh or the like. */
	if (s->login != LOGIN_OTHER)
		buf_str(script, buf_view(&body));
	else
		begin(script, "-c", buf_view(&body));
}

void ssh_script_prepare(struct buf *script)
{
	static const char body[] =
		"umask 077\n"
		"cd && mkdir -p .codelima && cat >.codelima/refresh.$$ && cd .codelima && {\n"
		"if [ \"$(cat refresh)\" = \"$(cat refresh.$$)\" ]; then rm -f refresh.$$\n"
		"else rm -f bash sh; mv -f refresh.$$ refresh\n"
		"fi\n"
		"} 2>/dev/null\n"
		"case ${SHELL##*/} in\n"
		"bash) exit \"$3\";;\n"
		"dash|sh) exit \"$2\";;\n"
		"esac\n"
		"exit \"$1\"";

	begin(script, "-c", str_z(body));
	for (int i = LOGIN_OTHER; i <= LOGIN_BASH; i++)
		buf_printf(script, " %d", LOGIN_STATUS + i);
}

void ssh_script_login(const struct ssh *s, const char *workdir, struct buf *script)
{
	own_buf struct buf body = {0};

	body_lang(&body);
	body_environment(s, &body);
	body_terminal(&body);
	if (workdir && *workdir) {
		buf_puts(&body, "cd -- ");
		word_dir(&body, workdir);
		buf_puts(&body, " 2>/dev/null || printf 'codelima: %s is not there in the VM: this "
				"is the home "
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
