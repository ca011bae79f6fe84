/* ssh_mux.h - one command over a ControlMaster, without starting ssh for it
 *
 * Speaks to the master's socket what ssh(1) would speak (OpenSSH's PROTOCOL.mux, version 4,
 * since OpenSSH 5.9): the master is handed our stdin, stdout and stderr and does the rest. An
 * ssh of its own would cost its start (about 8 ms with its libraries) on every command.
 *
 * No terminal is asked for: that one needs ssh, for raw mode and window sizes.
 */
#ifndef LIMA_SSH_MUX_H
#define LIMA_SSH_MUX_H

#include "base/err.h"

enum mux_result {
	MUX_NOT_STARTED, /* nothing ran in the guest: no master, or one that takes no session */
	MUX_ENDED,	 /* *status is the command's; 255 when the connection broke */
};

/* Runs the script with our stdin, stdout and stderr as its own, and returns when it has ended.
 * Signals come to signals_forward()'s callback meanwhile (os/signals.h). The descriptors'
 * O_NONBLOCK, which the master sets, is as before afterwards. */
enum mux_result ssh_mux_run(const char *socket_path, const char *script, int *status);

#endif
