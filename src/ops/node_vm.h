/* node_vm.h - a node's VM: made, checked, torn down
 *
 * The steps that create, clone, start --recreate and delete share.
 */
#ifndef OPS_NODE_VM_H
#define OPS_NODE_VM_H

#include "model/ports.h"
#include "ops/node_work.h"

/* What the instance is asked to be; borrowed from w until its record changes, freed with
 * node_vm_want_fini. */
struct node_vm_want {
	struct template_want want;
	struct port_rules ports;
	struct resources resources;
	struct shared_dir *shared_dirs; /* of config and project; the entries are theirs */
};
bool node_vm_want(struct node_work *w, bool containerd, struct node_vm_want *out, struct err *e);
void node_vm_want_fini(struct node_vm_want *v);

/* template_copy of the project's template, ours put in, stored as instance.lima.yaml. */
bool node_vm_template(struct node_work *w, const struct node_vm_want *v, struct err *e);
/* The create action on the stored template; verified by what lies in LIMA_HOME. */
bool node_vm_create(struct node_work *w, const struct node_vm_want *v, struct err *e);
/* The clone action: source's stopped VM as w's; verified likewise, and made this home's
 * (lima/home_mark.h). */
bool node_vm_clone(struct node_work *w, const struct node_work *source, struct err *e);
/* Refuses a missing instance, and a broken one of which nothing runs: VM_BROKEN then is one
 * that runs by half. */
bool node_vm_there(const struct node_work *w, enum vm_status *status, struct err *e);
/* The merged-config check (contract/lima.md §3). */
bool node_vm_check(struct node_work *w, const struct node_vm_want *v, struct err *e);
/* The same of a VM that is there already: before a start, and of a clone. */
bool node_vm_recheck(struct node_work *w, struct err *e);
/* stop -f of an instance that is running or half running; verified. */
bool node_vm_force_stop(struct node_work *w, struct err *e);
/* The delete action; true when no instance is left. Refuses a VM that carries
 * another home's id. `unmarked_too`: also one that carries none. */
bool node_vm_destroy(struct node_work *w, bool unmarked_too, struct err *e);

#endif
