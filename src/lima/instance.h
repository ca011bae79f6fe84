/* instance.h - what an instance is doing, read from LIMA_HOME
 *
 * No limactl call (contract/lima.md §7): the directory, lima.yaml, ha.pid and
 * <vmType>.pid whose processes live and really are those programs, ssh.config.
 *	missing   no directory
 *	unknown   it cannot be looked into
 *	broken    a directory without lima.yaml, or only one of the two processes lives
 *	stopped   neither lives
 *	running   both live
 *
 * A pid counts only while that process is Lima's: the hostagent's command line holds
 * the words "hostagent" and NAME, the driver's "lima-NAME" (QEMU's -name); drivers
 * inside the hostagent (vz) have its pid.
 */
#ifndef LIMA_INSTANCE_H
#define LIMA_INSTANCE_H

#include "base/ctx.h"
#include "model/records.h"

enum vm_status { VM_MISSING, VM_BROKEN, VM_STOPPED, VM_RUNNING, VM_UNKNOWN };

struct instance {
	enum vm_status status;
	char *dir;
	int ha_pid, driver_pid; /* 0: none alive */
	bool has_ssh_config;
	char *home_id; /* the CODELIMA_HOME id in its template's comment; NULL when none */
};

bool instance_read(const char *lima_home, const char *name, struct instance *i, struct err *e);
void instance_fini(struct instance *i);
/* Has its hostagent said that the guest is up ("running":true in ha.stdout.log, made anew at
 * each start)? VM_RUNNING alone means that two processes live. */
bool instance_ready(const char *lima_home, const char *name);
const char *vm_status_word(enum vm_status s); /* "running", … */
/* The cheap part: fills observation {name exists status dir hostname}. */
void instance_observe(const char *lima_home, const char *name, struct observation *o);

/* The same of many: LIMA_HOME is held open, which spares each of them a walk along its path.
 * lima_home must outlive it. */
struct instances {
	const char *lima_home;
	int dir, sys; /* -1 and errno when it cannot be opened */
	struct buf path;
};
void instances_open(struct instances *all, const char *lima_home);
void instances_observe(struct instances *all, const char *name, struct observation *o);
void instances_close(struct instances *all);
#define own_instances __attribute__((cleanup(instances_close)))
/* limactl may end well and have done nothing: after a call that changes an instance the
 * caller says which states it may be in (bits 1u << VM_…). They are waited for up to 3 s,
 * for processes that are on their way out; then ExternalCommandFailed
 * "WHAT ended well, but instance NAME is STATUS". */
bool instance_expect(
	const char *lima_home, const char *name, unsigned states, const char *what, struct err *e);
/* The longest name whose sockets fit below LIMA_HOME; 0: none does. */
size_t instance_name_room(const char *lima_home);
/* Is LIMA_HOME/NAME/ssh.sock.<16 characters> short enough? Refuses (InvalidArgument)
 * naming the longest slug that fits. */
bool instance_name_fits(const char *lima_home, const char *name, struct err *e);

#endif
