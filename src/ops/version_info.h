/* version_info.h - which limactl there is, in words */
#ifndef OPS_VERSION_INFO_H
#define OPS_VERSION_INFO_H

#include "base/ctx.h"

/* "2.2.0", or why there is none ("not found"). Never fails. */
void version_of_lima(const char *home_flag, const struct ctx *c, struct buf *out);

#endif
