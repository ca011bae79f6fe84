/* template_want.h - what an instance is to have: asked for in its template, and looked for
 * in what Lima makes of it */
#ifndef LIMA_TEMPLATE_WANT_H
#define LIMA_TEMPLATE_WANT_H

#include "base/str.h"
#include "model/ports.h"
#include "model/records.h"

struct template_want {
	bool mounted;
	const char *workspace; /* mount location = mount point; NULL for copy */
	const char *home_id;   /* written in the provision script's comment */
	bool containerd;
	const struct port_rules *ports;
	const struct resources
		*resources; /* written into the template when not NULL (overridden create) */
	bool tcg;	    /* vmOpts.qemu.cpuType max, for this arch */
	/* Allowed in the merged configuration; nothing in the template. */
	const struct shared_dir *shared_dirs;
	size_t n_shared_dirs;
	/* LIMA_HOME/_config/override.yaml and base.yaml; may be empty. */
	struct str override_yaml, base_yaml;
};

#endif
