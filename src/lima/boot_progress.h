/* boot_progress.h - what limactl start is doing, from the instance's own logs
 *
 * Follows ha.stderr.log (JSON lines of the hostagent: "Waiting for the essential
 * requirement 1 of 3", "… is satisfied", "qemu[stderr]: …"), limactl's own lines for
 * an image download in bytes, and the size of serial.log (a guest that boots says
 * something). Both logs are made anew at each start: what was there when
 * boot_progress_new() was called is not read, unless boot_progress_join() says that the boot
 * is going on already.
 *
 * limactl tells no figures of a download without a terminal, so the file that grows is
 * followed: CACHE/lima/download/by-url-sha256/<sha256 of the URL>/data.tmp.PID.N
 * (pkg/downloader). Its size at the end is not known: total stays 0.
 *
 *	struct boot_progress *b = boot_progress_new(dir, c, !lima.tcg, silence_ms);
 *	struct run more = {.on_tick = boot_progress_tick,
 *		.on_err_line = boot_progress_line, .arg = b};
 *	if (!action_run(…, &more, e))
 *		boot_progress_explain(b, e);
 *	boot_progress_free(b);
 *
 * Steps told: "download" (bytes) and "boot" (requirements i of n).
 */
#ifndef LIMA_BOOT_PROGRESS_H
#define LIMA_BOOT_PROGRESS_H

#include "base/ctx.h"

struct boot_progress;
struct boot_progress *boot_progress_new(
	const char *instance_dir, const struct ctx *c, bool kvm, int64_t silence_ms);
void boot_progress_join(struct boot_progress *b);
/* For struct run: on_tick and on_err_line with the boot_progress as arg. on_tick fails
 * (PreconditionFailed naming `accelerator: tcg`) when KVM's guest has printed nothing on
 * the serial console for silence_ms (0: never). */
bool boot_progress_tick(void *arg, struct err *e);
void boot_progress_line(void *arg, struct str line);
/* Adds the true cause found in the logs (qemu's stderr, the last fatal line) to e. */
void boot_progress_explain(struct boot_progress *b, struct err *e);
void boot_progress_free(struct boot_progress *b);

#endif
