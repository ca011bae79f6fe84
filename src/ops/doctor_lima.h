/* doctor_lima.h - limactl, LIMA_HOME, and what Lima's own defaults add to every VM
 *
 * Checks: limactl, lima_home (required); socket_path, lima_defaults.
 */
#ifndef OPS_DOCTOR_LIMA_H
#define OPS_DOCTOR_LIMA_H

#include "ops/doctor_report.h"
#include "store/home.h"

/* Runs `limactl --version`, nothing else. */
void doctor_lima(const struct home *h, const struct ctx *c, struct checks *out);

#endif
