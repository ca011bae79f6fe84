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
 * stands on a command line. What runs in the guest: ssh_script.h.
 *
 * A session that the master cannot take (sshd's MaxSessions is 10) or whose master
 * has just gone is opened by ssh on a connection of its own, before anything ran
 * (mux.c, muxclient()). A master whose peer is gone (the host slept, a snapshot was
 * applied) ends by itself within 15 s: ServerAliveInterval 5, ServerAliveCountMax 3.
 *
 *	struct ssh s = {0};
 *	if (!ssh_open(&s, lima_home, "api", &profile->environment, e) || !ssh_master(&s, c, e))
 *		…
 *	ssh_script_command(&s, "/src", args, NULL, false, &script);
 *	ssh_run(&s, c, script.p, &r, e);
 *	ssh_fini(&s);
 */
#ifndef LIMA_SSH_H
#define LIMA_SSH_H

#include "base/ctx.h"
#include "lima/ssh_script.h"
#include "lima/ssh_target.h"
#include "loop/run.h"

/* Reads only. NotFound when there is no ssh.config. The environment must live as long
 * as the struct. */
bool ssh_open(struct ssh *s, const char *lima_home, const char *instance,
	const struct strmap *environment, struct err *e);
void ssh_fini(struct ssh *s);

/* Makes sure a living master is there: connects to the socket when one answers, else
 * starts one (and writes the environment file). A dead one is replaced. */
bool ssh_master(struct ssh *s, const struct ctx *c, struct err *e);
/* What ssh_master() has learned of the guest when it started the master there may be: enough
 * to try that one without asking whether it lives (ssh_mux.h). */
void ssh_recall(struct ssh *s);
/* Closes our master (after bootstrap, and with the node). Fine when there is none. */
void ssh_close_master(struct ssh *s, const struct ctx *c);

enum ssh_tty { SSH_NO_TTY, SSH_TTY };
/* argv for one remote shell script, over the master (or a connection of its own when
 * there is none). */
void ssh_argv(const struct ssh *s, enum ssh_tty tty, const char *script, struct strv *argv);

/* Sends a signal to the processes in the guest that carry the token. True when it was
 * delivered to the guest, also when no process carried it any more. */
bool ssh_signal(struct ssh *s, const struct ctx *c, const char *token, int sig, struct err *e);
/* Runs a script to its end over the master; struct run as usual (argv and env are set here). */
bool ssh_run(struct ssh *s, const struct ctx *c, const char *script, struct run *r, struct err *e);

#endif
