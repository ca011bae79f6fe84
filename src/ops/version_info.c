#include "ops/version_info.h"

#include "lima/limactl.h"
#include "store/home.h"

void version_of_lima(const char *home_flag, const struct ctx *c, struct buf *out)
{
	own_err struct err e = {0};
	struct home h = {0};
	struct limactl l = {0};

	if (home_open(&h, home_flag, &e) && limactl_open(&l, &h.config, &e)) {
		if (!limactl_version(&l, c, out, &e))
			buf_printf(out, "unknown (%s)", buf_z(&e.msg));
		limactl_fini(&l);
	} else {
		buf_printf(out, "unavailable (%s)", buf_z(&e.msg));
	}
	home_fini(&h);
}
