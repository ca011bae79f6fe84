/* accel.h - emulation or the host's virtualization (contract/lima.md §8)
 *
 * Lima only stats /dev/kvm: when it is there but cannot be opened, QEMU dies. So the
 * choice is ours: CODELIMA_ACCEL, else config.yaml's `accelerator`: `tcg`, or `auto`,
 * which is tcg when KVM cannot be opened.
 */
#ifndef LIMA_ACCEL_H
#define LIMA_ACCEL_H

#include "base/err.h"
#include "base/strv.h"
#include "model/records.h"

bool accel_is_tcg(const struct config *config, bool *tcg, struct err *e);
/* What limactl's environment needs under emulation: QEMU_SYSTEM_X86_64, in each `start`.
 * Nothing on other architectures, or when the person has set that variable. */
void accel_tcg_env(struct strv *env);

#endif
