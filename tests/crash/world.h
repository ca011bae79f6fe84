/* world.h - what a sandbox holds, in a form that two runs of one command share
 *
 * A world is a JSON object of sorted lists of strings:
 *	records   "nodes/NEW/node.yaml {…}" for each file of the home that means something;
 *	          not those of nodes that are new and deleted already
 *	vms       "api running": instances, and whether a living process is behind them
 *	named     instances that a live record names
 *	guest     what the guests' workspaces hold
 *	work      what the workspaces on this side hold, with modes and times
 *	litter    temporary files in the home, snapshots that are not whole
 *	claims    claim files of nodes that are not deleted
 * Ids and times that the template does not hold are NEW and TIME, the sandbox is @,
 * its workspaces are %.
 */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include <jansson.h>
#include <stdbool.h>

#include "sandbox.h"

/* Every id and time of the template, as text to search in. */
char *world_known(const struct sandbox *s);
json_t *world_read(const struct sandbox *s, const char *known);
/* A record without what an error may set: its lifecycle. */
char *record_scrubbed(const char *record);

bool list_has(const json_t *list, const char *text);
/* The first entry of a that is not in b (each as often as it is there); NULL. */
const char *list_missing(const json_t *a, const json_t *b);
void list_add_new(json_t *list, const char *text);

#endif
