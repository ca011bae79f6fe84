/* ssh_script.h - shell scripts for the guest
 *
 * sshd hands the script to the guest user's login shell (`$SHELL -c SCRIPT`). A command
 * for one that is known to be bash, dash or sh (ssh_target.h) is its script itself;
 * each other begins with `exec sh …` and holds nothing else but words quoted by
 * base/shquote.h, and so means the same in bash, dash, zsh and ksh. The profile files that
 * `sh -l` reads apply, so that their PATH does. All export the environment file
 * of the connection (ssh.h) when there is one, and LANG=C.UTF-8 when the guest has
 * set none.
 *
 * What the profile files set is kept in the guest until one of them changes:
 *	~/.codelima/refresh	reads them, and writes the outcome
 *	~/.codelima/bash, sh	the outcome, by the shell that read them: asks whether one of
 *				them is newer than itself, and sets what they had changed
 * In a guest that emulates its processor a command costs half a millisecond and a line two
 * microseconds a byte: hence the few words of a script, and that its rare ones lie there.
 * Where they are missing the profile files are read each time.
 *
 * A command's end by a signal comes out as 128 + n: the shell stays and exits with
 * that, since ssh itself turns a signal into 255.
 */
#ifndef LIMA_SSH_SCRIPT_H
#define LIMA_SSH_SCRIPT_H

#include "base/buf.h"
#include "lima/ssh_target.h"

/* What a new connection begins with: puts stdin, which is ssh_script_refresh(), into the
 * guest. Its exit status is LOGIN_STATUS + enum login_shell. */
void ssh_script_prepare(struct buf *script);
#define LOGIN_STATUS 10
extern const struct str ssh_script_refresh;
/* The command in workdir (NULL: home) with the arguments byte for byte; a missing
 * workdir is exit status 1 and a line on stderr. token marks the processes so that
 * ssh_signal() finds them (NULL: none). tty: TERM and COLORTERM are seen to, as below. */
void ssh_script_command(const struct ssh *s, const char *workdir, const struct strv *args,
	const char *token, bool tty, struct buf *script);
/* The login shell, interactive. A missing workdir falls back to the home directory with
 * one line saying so. TERM falls back to xterm-256color when the guest does not know it;
 * COLORTERM is ours (contract/lima.md §5). */
void ssh_script_login(const struct ssh *s, const char *workdir, struct buf *script);
/* One bootstrap step: `sh -lc STEP` with workdir as cwd. */
void ssh_script_step(
	const struct ssh *s, const char *workdir, const char *step, struct buf *script);
/* Sends a signal, by name ("TERM"), to the processes that carry the token, and through
 * sudo to what it runs as root. */
void ssh_script_signal(const char *token, const char *signal, struct buf *script);
/* Writes stdin into the environment file, 0600, replacing it whole. */
void ssh_script_env_file(const char *env_file, struct buf *script);
/* Its content: `export K='v'` lines. Names that no shell takes are left out. */
void ssh_env_text(const struct strmap *environment, struct buf *out);

#endif
