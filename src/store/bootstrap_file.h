/* bootstrap_file.h - nodes/<id>/bootstrap.json
 *
 * Reads the reference's shape too (no steps: then `completed` speaks for all).
 * Load: b must be zeroed; NotFound when a node has none, because it was never
 * wholly created. Free with bootstrap_fini().
 */
#ifndef STORE_BOOTSTRAP_FILE_H
#define STORE_BOOTSTRAP_FILE_H

#include "store/home.h"

bool bootstrap_load(const struct home *h, const char *node_id, struct bootstrap *b, struct err *e);
bool bootstrap_save(
	const struct home *h, const char *node_id, const struct bootstrap *b, struct err *e);

#endif
