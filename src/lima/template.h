/* template.h - the template an instance is made from (contract/lima.md §3)
 *
 * Text in, text out: no process, no file. Base is `template copy --fill`; what the
 * base itself wanted is read from the unfilled copy; entries equal to the person's
 * default.yaml are dropped, since Lima merges them again.
 */
#ifndef LIMA_TEMPLATE_H
#define LIMA_TEMPLATE_H

#include "base/ctx.h"
#include "data/json.h"
#include "model/settings.h"

struct template_want {
	bool mounted;
	const char *workspace;          /* mount location = mount point; NULL for copy */
	const char *home_id;            /* written in the provision script's comment */
	bool containerd;
	const struct port_rules *ports;
	const struct resources *resources; /* written into the template when not NULL (overridden create) */
	bool tcg;                       /* vmOpts.qemu.cpuType max, for this arch */
	const struct shared_dir *shared_dirs;
	size_t n_shared_dirs;
};

/* filled, plain: outputs of template copy with and without --fill. default_yaml: the
 * person's LIMA_HOME/_config/default.yaml, or empty. Notices tell what was stripped. */
bool template_build(struct str filled, struct str plain, struct str default_yaml,
	const struct template_want *want, const struct ctx *c, struct buf *out, struct err *e);

/* Compares the merged configuration (field "config" of limactl_inspect) with what we
 * asked for: mounts, copyToHost, host sockets, ssh.forwardAgent, forwardX11,
 * forwardX11Trusted, additionalDisks that we did not ask for are PreconditionFailed,
 * naming the file in LIMA_HOME/_config that added it and the config.yaml line that
 * allows it (shared_dirs); extra portForwards and networks are one notice. */
bool merged_check(const json_t *config, const struct template_want *want, const char *lima_home,
	const struct ctx *c, struct err *e);

/* The marker line in the provision script, and reading it back from lima.yaml's text. */
#define TEMPLATE_HOME_MARK "codelima-home: "

#endif
