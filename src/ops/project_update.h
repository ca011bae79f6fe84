/* project_update.h - changing a project
 *
 * Metadata only. Everything is checked before the record's file is written, which
 * happens once: nothing changes when anything is refused. In the file only what
 * differs is touched (record_update()).
 */
#ifndef OPS_PROJECT_UPDATE_H
#define OPS_PROJECT_UPDATE_H

#include "store/record_store.h"

/* NULL members stay as they are. */
struct project_change {
	const char *slug;
	const char *workspace; /* refused while a node is live */
	const char *agent_profile;
	const char *template;		       /* locator */
	const struct strv *env_configs;	       /* REFs, the new list; empty: none */
	const struct strv *bootstrap_commands; /* the project's own; empty: none */
	const char *cpus, *memory, *disk;      /* as typed */
	bool clear_resources;		       /* before those above are set */
};
bool project_update(struct home *h, const struct ctx *c, const char *ref,
	const struct project_change *want, struct project *out, struct err *e);

#endif
