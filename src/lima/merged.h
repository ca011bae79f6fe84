/* merged.h - does the instance open the host no further than we asked?
 *
 * Lima merges the person's LIMA_HOME/_config/{default,override,base}.yaml into each
 * instance behind our back, and override.yaml beats what our template says. So the
 * merged configuration, as limactl reports it, is compared with what we asked for:
 * after create and before every start (contract/lima.md §3).
 */
#ifndef LIMA_MERGED_H
#define LIMA_MERGED_H

#include "base/ctx.h"
#include "data/json.h"
#include "lima/template_want.h"

/* config: field "config" of limactl_inspect. Mounts, copyToHost, host sockets,
 * ssh.forwardAgent, forwardX11, forwardX11Trusted, additionalDisks that we did not ask
 * for, playbooks that Lima runs on the host, and a workspace that is not mounted as asked, are
 * PreconditionFailed, naming the file and line that added it and the config.yaml line that allows
 * it (shared_dirs); extra portForwards and networks are one notice. */
bool merged_check(const json_t *config, const struct template_want *want, const char *lima_home,
	const struct ctx *c, struct err *e);

#endif
