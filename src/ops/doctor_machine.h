/* doctor_machine.h - this machine: who we are, ssh, acceleration, room, and the network
 *
 * Checks: user, ssh (required); acceleration, qemu, disk_space, host_loopback.
 */
#ifndef OPS_DOCTOR_MACHINE_H
#define OPS_DOCTOR_MACHINE_H

#include "ops/doctor_report.h"
#include "store/home.h"

void doctor_machine(const struct home *h, struct checks *out);

#endif
