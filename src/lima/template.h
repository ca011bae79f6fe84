/* template.h - the template an instance is made from (contract/lima.md §3)
 *
 * Text in, text out: no process, no file. Base is `template copy --fill`; what the
 * base itself wanted is read from the unfilled copy; entries equal to the person's
 * default.yaml are dropped, since Lima merges them again. So it does with
 * override.yaml and base.yaml beside it.
 */
#ifndef LIMA_TEMPLATE_H
#define LIMA_TEMPLATE_H

#include "base/ctx.h"
#include "lima/merged.h"
#include "lima/template_want.h"

/* filled, plain: outputs of template copy with and without --fill. default_yaml: the
 * person's LIMA_HOME/_config/default.yaml, or empty. Notices tell what was stripped.
 * A base that is no template is InvalidArgument. */
bool template_build(struct str filled, struct str plain, struct str default_yaml,
	const struct template_want *want, const struct ctx *c, struct buf *out, struct err *e);

/* What limactl can take for a template's name, a path or a URL; InvalidArgument. It takes a
 * word that begins with a dash for an option, wherever it stands. */
bool template_locator_check(const char *locator, struct err *e);

#endif
