/* doctor_lima.h - limactl and LIMA_HOME
 *
 * Checks: limactl, lima_home (required); socket_path, and those of doctor_defaults.h.
 */
#ifndef OPS_DOCTOR_LIMA_H
#define OPS_DOCTOR_LIMA_H

#include "ops/doctor_report.h"
#include "store/home.h"

/* Runs `limactl --version`, nothing else. */
void doctor_lima(const struct home *h, const struct ctx *c, struct checks *out);

#endif
