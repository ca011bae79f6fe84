/* leftover.h - node directories that no operation finished and nobody works on
 *
 * Looking only. A node that an operation holds is nobody's leftover, and neither is one
 * whose VM may hold work: node delete asks about those.
 */
#ifndef OPS_LEFTOVER_H
#define OPS_LEFTOVER_H

#include "lima/instance.h"
#include "ops/node_work.h"

enum leftover_kind {
	LEFT_NOTHING,
	LEFT_NO_RECORD, /* a directory without node.yaml */
	LEFT_CORRUPT,	/* node.yaml cannot be read, and no VM is there */
	LEFT_UNBORN,	/* created, registered or failed by half */
	LEFT_DYING,	/* a delete that did not come to its end */
};

enum leftover_vm {
	LEFT_VM_NONE,
	LEFT_VM_OURS,	/* carries this home's mark, or is half made */
	LEFT_VM_OTHERS, /* is somebody else's, or does not say whose */
	LEFT_VM_USED,	/* another node of this home has it */
};

struct leftover {
	enum leftover_kind kind;
	enum leftover_vm vm;
	char *instance; /* NULL: none is named */
	char *reason;	/* LEFT_CORRUPT: why it cannot be read */
};

/* out must be zeroed. What looks incomplete and is left out all the same is told. */
void leftover_look(
	const struct home *h, const struct ctx *c, const char *node_id, struct leftover *out);
/* What lima-instance.ref says, for directories whose record cannot; NULL or malloc'ed. */
char *leftover_referred(const struct home *h, const char *node_id);
void leftover_fini(struct leftover *l);
#define own_leftover __attribute__((cleanup(leftover_fini)))

#endif
