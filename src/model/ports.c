#include "model/ports.h"

#include "base/mem.h"
#include "base/num.h"

static bool port_number(struct str s, unsigned *out)
{
	uint64_t v;

	if (!num_u64(str_trim(s), &v) || v < 1 || v > 65535)
		return false;
	*out = (unsigned)v;
	return true;
}

static bool port_range(struct str s, unsigned *first, unsigned *last)
{
	size_t dash = str_find(s, '-');

	if (!port_number(str_n(s.p, dash), first))
		return false;
	*last = *first;
	return dash == s.n || (port_number(str_from(s, dash + 1), last) && *first <= *last);
}

static bool rule_parse(const char *text, struct port_rule *r, struct err *e)
{
	struct str s = str_z(text);
	size_t colon = str_find(s, ':');

	if (!port_range(str_n(s.p, colon), &r->host_first, &r->host_last))
		goto malformed;
	r->guest_first = r->host_first;
	r->guest_last = r->host_last;
	if (colon < s.n && (!port_range(str_from(s, colon + 1), &r->guest_first, &r->guest_last) ||
				   r->guest_last - r->guest_first != r->host_last - r->host_first))
		goto malformed;
	if (r->host_first < 1024)
		return err_set(e, ERR_INVALID_ARGUMENT,
			"ports: \"%s\": ports of the host below 1024 are never opened", text);
	return true;
malformed:
	err_set(e, ERR_INVALID_ARGUMENT, "ports: \"%s\" is no port, range or pair", text);
	return err_fix(e, "write 3000, 1024-65535, 8080:80 or off");
}

static bool is_off(const char *text)
{
	return z_eq(text, "off") || z_eq(text, "false") || z_eq(text, "none");
}

bool ports_parse(const struct strv *ports, struct port_rules *out, struct err *e)
{
	struct port_rules rules = {0};

	if (ports->n > countof(rules.v))
		return err_set(
			e, ERR_INVALID_ARGUMENT, "ports: more than %zu entries", countof(rules.v));
	if (!ports->n)
		rules.v[rules.n++] = (struct port_rule){1024, 65535, 1024, 65535};
	for (size_t i = 0; i < ports->n; i++) {
		if (is_off(ports->v[i])) {
			if (ports->n > 1)
				return err_set(e, ERR_INVALID_ARGUMENT,
					"ports: \"off\" stands alone or not at all");
			break;
		}
		if (!rule_parse(ports->v[i], &rules.v[rules.n++], e))
			return false;
	}
	*out = rules;
	return true;
}
