/* proc.h - other processes, this one's user, and the host
 *
 * A process is named by pid and start time together, because pids are reused.
 * Start time is in the kernel's own unit (Linux: clock ticks since boot from
 * /proc/PID/stat field 22 plus the boot id; macOS: microseconds from
 * proc_pidinfo) and only ever compared for equality.
 */
#ifndef OS_PROC_H
#define OS_PROC_H

#include <stdint.h>

#include "base/err.h"

int proc_self(void);
bool proc_start_time(int pid, uint64_t *start); /* false when there is no such process */
bool proc_alive(
	int pid, uint64_t start); /* start 0: any process of that pid; a zombie is not alive */
/* "PID.START" of this process, for the name of a file that is its own; and whether the
 * process that such a word names is gone (false for any other word). */
void proc_tag(struct buf *out);
bool proc_tag_died(struct str tag);
/* Base name of the program's executable, at most 255 bytes; false when unknown. */
bool proc_name(int pid, struct buf *name);
/* True when a living process's command line holds each of these words (the second may
 * be NULL) exactly or as the last component of a path; used to tell "really that
 * limactl" from a reused pid. */
bool proc_has_args(int pid, const char *word, const char *other);
/* Is any process left in this group? */
bool proc_group_alive(int pgid);
bool proc_signal(int pid, int sig);
bool proc_signal_group(int pgid, int sig);
void proc_terminate_group(int pgid); /* TERM, and CONT: a stopped process sees no TERM */
/* TERM, then KILL after grace_ms; returns when the group is gone or, after
 * another grace_ms, false. Only for groups that are not our children's
 * (run.h reaps its own). */
bool proc_end_group(int pgid, int grace_ms);

bool proc_is_root(void);
unsigned proc_uid(void);
const char *proc_home(void); /* HOME, else the passwd entry; "" when neither */
const char *proc_user(void);
const char *proc_env(const char *name);		       /* NULL when unset or empty */
void proc_setenv(const char *name, const char *value); /* NULL value unsets */
/* Searches PATH (or takes a path with a slash) for an executable file. Entries of
 * PATH that are not absolute do not count: a program must not come from whatever
 * directory we happen to stand in. malloc'ed or NULL. */
char *proc_which(const char *name);
/* The file that this process runs, to start it once more; argv0 where the system does not
 * tell. malloc'ed or NULL. */
char *proc_program(const char *argv0);
void proc_hostname(struct buf *out);
const char *proc_arch(void); /* "x86_64", "aarch64" as Lima writes them */
const char *proc_os(void);   /* "linux", "darwin" */
int proc_cpus(void);
uint64_t proc_memory(void); /* bytes of RAM, 0 when unknown */
bool proc_kvm_usable(void); /* Linux: /dev/kvm opens read-write; macOS: true (vz/hvf) */

#endif
