/* ssh.h - ssh to an instance over ControlMasters of our own (contract/lima.md §5)
 *
 * `ssh -F INSTANCE_DIR/ssh.config` with our own ControlPath in the private runtime
 * directory: Lima's own master carries its mounts and forwards and must not be
 * closed. Agent and X11 forwarding are off, IdentitiesOnly is on, SSH_AUTH_SOCK is
 * removed. The master persists 10 minutes after its last use.
 *
 * The socket's name is a hash of the instance directory, its ha.pid (a new boot is a
 * new master) and the environment to be exported: so the profile's environment is
 * written into a 0600 file in the guest once per master, over stdin, and never
 * stands on a command line.
 */
#ifndef LIMA_SSH_H
#define LIMA_SSH_H

#include "base/ctx.h"
#include "base/fields.h"
#include "base/strv.h"
#include "loop/run.h"

struct ssh {
	char *instance, *dir;
	char *control_path;
	char *config_path;             /* dir/ssh.config */
	char *host;                    /* "lima-NAME" */
	const struct strmap *environment; /* exported in every command; may be NULL */
	char *env_file;                /* in the guest, relative to its HOME; NULL without environment */
	struct strv env;               /* for struct run: SSH_AUTH_SOCK off */
};

/* Reads only. NotFound when there is no ssh.config. */
bool ssh_open(struct ssh *s, const char *lima_home, const char *instance,
	const struct strmap *environment, struct err *e);
void ssh_fini(struct ssh *s);

/* Makes sure a living master is there: connects to the socket when one answers, else
 * starts one (and writes the environment file). A dead one is replaced. */
bool ssh_master(struct ssh *s, const struct ctx *c, struct err *e);
/* Closes our master (after bootstrap, and with the node). Fine when there is none. */
void ssh_close_master(struct ssh *s, const struct ctx *c);

enum ssh_tty { SSH_NO_TTY, SSH_TTY };
/* argv for one remote shell script, over the master. */
void ssh_argv(const struct ssh *s, enum ssh_tty tty, const char *script, struct strv *argv);

/* Scripts for the guest. All export the environment file when there is one. */
/* `sh -lc '"$@"; exit $?'` in workdir (NULL: home) with the arguments byte for byte;
 * token marks the processes so that ssh_signal() finds them (NULL: none). */
void ssh_script_command(const struct ssh *s, const char *workdir, const struct strv *args,
	const char *token, bool tty, struct buf *script);
/* The login shell, interactive. A missing workdir falls back to the home directory with
 * one line saying so. TERM falls back to xterm-256color when the guest does not know it;
 * COLORTERM and LANG as contract/lima.md §5 says. */
void ssh_script_login(const struct ssh *s, const char *workdir, struct buf *script);
/* One bootstrap step: `sh -lc STEP` with workdir as cwd. */
void ssh_script_step(const struct ssh *s, const char *workdir, const char *step, struct buf *script);

/* Sends a signal to the processes in the guest that carry the token. */
bool ssh_signal(struct ssh *s, const struct ctx *c, const char *token, int sig, struct err *e);
/* Runs a script to its end over the master; struct run as usual (argv and env are set here). */
bool ssh_run(struct ssh *s, const struct ctx *c, const char *script, struct run *r, struct err *e);

#endif
