/* port_forwards.h - the end of a template's portForwards, which is ours (contract/lima.md §9)
 *
 * The base's own rules stay in front. Behind them stand one rule for each entry of the setting
 * `ports`, and a last one that takes what no rule took: it also switches off Lima's default of
 * forwarding every port.
 */
#ifndef LIMA_PORT_FORWARDS_H
#define LIMA_PORT_FORWARDS_H

#include "data/yamledit.h"
#include "model/ports.h"

bool port_forwards_add(struct yamledit *ed, const struct port_rules *ports, struct err *e);
/* Puts other rules of ours in the place of those that `stored`, a template of ours, has. *out is
 * the text as it was where they are the same, and where the last rule is not ours. */
bool port_forwards_renew(
	struct str stored, const struct port_rules *ports, struct buf *out, struct err *e);

#endif
