/* node_work.h - one operation on one node, from its claim to its end
 *
 * node_work_open() finds the node, starts a job, claims the node (Busy when another
 * operation holds it) and recovers what an operation that died left behind.
 * node_work_close() ends all of it, whatever happened in between.
 *
 *	struct node_work w = {0};
 *	bool ok = node_work_open(&w, h, c, ref, "start", e) && …;
 *	node_work_close(&w, ok ? NULL : e);
 */
#ifndef OPS_NODE_WORK_H
#define OPS_NODE_WORK_H

#include "lima/actions.h"
#include "lima/instance.h"
#include "lima/template.h"
#include "store/claims.h"
#include "store/jobs.h"
#include "store/record_find.h"
#include "store/record_list.h"
#include "store/record_store.h"

struct node_work {
	struct home *h;
	struct ctx ctx; /* the caller's, with the job's sink; use this one */
	struct node node;
	struct project project;
	struct limactl lima;
	struct job_handle job;
	struct claim_handle claim;
	bool has_lima, has_claim;
	struct node_work *also;		/* of a clone: its source, which our children hold too */
	char *node_file, *project_file; /* for messages about overrides */
};

/* Without a claim: for create, whose record does not exist yet, and for reading. */
bool node_work_project(struct node_work *w, struct err *e);
bool node_work_open(struct node_work *w, struct home *h, const struct ctx *c, const char *ref,
	const char *operation, const struct strv *argv, struct err *e);
/* The job and claim of a node whose record was just made. */
bool node_work_claim(
	struct node_work *w, const char *operation, const struct strv *argv, struct err *e);
/* The claim of a second node, within the operation that `first` began: no job of its own. */
bool node_work_join(struct node_work *w, struct node_work *first, struct err *e);
/* Opens limactl; done late so that metadata-only paths need none. */
bool node_work_lima(struct node_work *w, struct err *e);
void node_work_close(struct node_work *w, const struct err *result);

/* The effective list of an action for this node; out->commands is the caller's. */
void node_work_commands(const struct node_work *w, enum action a, struct command_list *out);
void command_list_fini(struct command_list *l);
#define own_commands __attribute__((cleanup(command_list_fini)))

/* Runs an action with the claim's gate, its vars' instance name filled in. */
bool node_work_action(struct node_work *w, enum action a, const struct action_vars *v,
	const struct resources *res, struct buf *out, const struct run *more, struct err *e);

/* What the instance is doing now; read from LIMA_HOME, never cached. */
bool node_work_instance(const struct node_work *w, struct instance *i, struct err *e);
/* Its state alone. */
bool node_work_status(const struct node_work *w, enum vm_status *status, struct err *e);

/* Sets lifecycle_state (NULL: none) in node.yaml and in w->node. */
bool node_work_lifecycle(struct node_work *w, const char *state, struct err *e);
/* Any other change of the record, under its lock. */
bool node_work_update(struct node_work *w, bool (*change)(void *rec, void *arg, struct err *e),
	void *arg, struct err *e);
/* Appends an event; a failure is a notice. fields: NULL-terminated pairs or NULL. */
void node_work_event(
	struct node_work *w, const char *type, const char *message, const char *const *fields);

/* The path of a file in the node's directory, in out. */
const char *node_work_path(const struct node_work *w, struct buf *out, const char *name);

/* Where the workspace lies in the guest. */
const char *node_workspace(const struct node *n);
bool node_is_mounted(const struct node *n);

#endif
