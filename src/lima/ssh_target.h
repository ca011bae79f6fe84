/* ssh_target.h - an instance as ssh sees it; made by ssh_open() (ssh.h) */
#ifndef LIMA_SSH_TARGET_H
#define LIMA_SSH_TARGET_H

#include "base/fields.h"
#include "base/strv.h"

/* The guest user's login shell, as far as our scripts can be run by it itself. */
enum login_shell { LOGIN_OTHER, LOGIN_SH, LOGIN_BASH };

struct ssh {
	char *instance, *dir;
	char *control_path;
	char *config_path;		  /* dir/ssh.config */
	char *host;			  /* "lima-NAME" */
	const struct strmap *environment; /* exported in every command; may be NULL */
	char *env_file;		/* in the guest, relative to its HOME; NULL without environment */
	struct strv env;	/* for struct run: SSH_AUTH_SOCK off */
	enum login_shell login; /* ssh_master() */
};

#endif
