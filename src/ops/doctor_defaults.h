/* doctor_defaults.h - what Lima's own defaults add to every VM
 *
 * LIMA_HOME/_config/default.yaml and override.yaml are merged into each instance by Lima
 * (lima/merged.h refuses a node over what they open). Check: lima_defaults.
 */
#ifndef OPS_DOCTOR_DEFAULTS_H
#define OPS_DOCTOR_DEFAULTS_H

#include "ops/doctor_report.h"
#include "store/home.h"

void doctor_defaults(const struct home *h, struct checks *out);

#endif
