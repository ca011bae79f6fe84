/* degraded.h - a VM that runs, and with which limactl is not content
 *
 * The hostagent ends a boot with {"status":{"running":true,"degraded":true,"errors":[…]}} in
 * ha.stdout.log when a part of it failed, and `limactl start` then fails. One such part is no
 * failure to us: a guest that is slow (under emulation, on a busy machine) may have everything
 * up but Lima's guest agent one minute after the rest (pkg/hostagent/hostagent.go). The agent
 * only tells which ports to forward, and the hostagent goes on trying to reach it.
 */
#ifndef LIMA_DEGRADED_H
#define LIMA_DEGRADED_H

#include <stdbool.h>

/* The last boot ended degraded, for that reason alone. */
bool degraded_by_agent_only(const char *lima_home, const char *name);

#endif
