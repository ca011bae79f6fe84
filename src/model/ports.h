/* ports.h - the setting `ports`: which ports of a guest are forwarded */
#ifndef MODEL_PORTS_H
#define MODEL_PORTS_H

#include "base/err.h"
#include "base/strv.h"

/* One entry of the setting `ports`: "1024-65535", "3000", "8080:80", or "off". */
struct port_rule {
	unsigned host_first, host_last, guest_first, guest_last;
};
struct port_rules {
	struct port_rule v[32];
	size_t n; /* 0: off */
};
/* InvalidArgument for anything below 1024 on the host, reversed or too many. An
 * empty list is the default, 1024-65535. */
bool ports_parse(const struct strv *ports, struct port_rules *out, struct err *e);

#endif
