#include "lima/port_forwards.h"

#include "base/mem.h"
#include "base/num.h"
#include "data/yamlval.h"

static const char *const path[] = {"portForwards", NULL};

bool port_forwards_add(struct yamledit *ed, const struct port_rules *ports, struct err *e)
{
	for (size_t i = 0; ports && i < ports->n; i++) {
		const struct port_rule *r = &ports->v[i];
		own_buf struct buf rule = {0};

		buf_printf(&rule,
			"guestIP: 127.0.0.1\nguestPortRange: [%u, %u]\n"
			"hostIP: 127.0.0.1\nhostPortRange: [%u, %u]\nproto: any\n",
			r->guest_first, r->guest_last, r->host_first, r->host_last);
		if (!yamledit_append(ed, path, buf_view(&rule), e))
			return false;
	}
	return yamledit_append(ed, path,
		STR("guestIP: 0.0.0.0\nguestIPMustBeZero: false\nproto: any\nignore: true\n"), e);
}

static bool has(const struct yaml_node *rule, const char *key, const char *value)
{
	const struct yaml_node *v = yaml_get(rule, key);

	return v && v->kind == YAML_SCALAR && str_eqz(v->text, value);
}

static bool is_last(const struct yaml_node *rule)
{
	return rule->kind == YAML_MAP && rule->n == 4 && has(rule, "guestIP", "0.0.0.0") &&
	       has(rule, "guestIPMustBeZero", "false") && has(rule, "proto", "any") &&
	       has(rule, "ignore", "true");
}

static bool get_range(
	const struct yaml_node *rule, const char *key, unsigned *first, unsigned *last)
{
	const struct yaml_node *v = yaml_get(rule, key);
	uint64_t a, b;

	if (!v || v->kind != YAML_SEQ || v->n != 2 || !num_u64(v->items[0]->text, &a) ||
		!num_u64(v->items[1]->text, &b))
		return false;
	*first = (unsigned)a;
	*last = (unsigned)b;
	return true;
}

static bool get_rule(const struct yaml_node *rule, struct port_rule *r)
{
	return rule->kind == YAML_MAP && rule->n == 5 && has(rule, "guestIP", "127.0.0.1") &&
	       has(rule, "hostIP", "127.0.0.1") && has(rule, "proto", "any") &&
	       get_range(rule, "guestPortRange", &r->guest_first, &r->guest_last) &&
	       get_range(rule, "hostPortRange", &r->host_first, &r->host_last);
}

/* How many entries stand in front of ours; false: none is ours. */
static bool find_ours(const struct yaml_node *list, size_t *others)
{
	struct port_rule r;
	size_t i;

	if (!list || list->kind != YAML_SEQ || !list->n || !is_last(list->items[list->n - 1]))
		return false;
	for (i = list->n - 1; i > 0 && get_rule(list->items[i - 1], &r); i--)
		;
	*others = i;
	return true;
}

static bool is_same(const struct yaml_node *list, size_t others, const struct port_rules *ports)
{
	if (list->n - 1 - others != ports->n)
		return false;
	for (size_t i = 0; i < ports->n; i++) {
		const struct port_rule *b = &ports->v[i];
		struct port_rule a = {0};

		get_rule(list->items[others + i], &a);
		if (a.guest_first != b->guest_first || a.guest_last != b->guest_last ||
			a.host_first != b->host_first || a.host_last != b->host_last)
			return false;
	}
	return true;
}

static bool keep_others(struct yamledit *ed, const struct yaml_node *list, size_t n, struct err *e)
{
	own_buf struct buf text = {0};

	for (size_t i = 0; i < n; i++) {
		buf_puts(&text, "- ");
		yamlval_flow(&text,
			&(struct yamlval){
				.node = list->items[i], .keys = (const char *const[]){NULL}},
			false);
		buf_putc(&text, '\n');
	}
	return n ? yamledit_set_yaml(ed, path, buf_view(&text), e) : yamledit_remove(ed, path, e);
}

static bool renew(struct yamledit *ed, const struct port_rules *ports, struct err *e)
{
	const struct yaml_node *list = yaml_get(ed->doc.root, path[0]);
	size_t others;

	if (!find_ours(list, &others) || is_same(list, others, ports))
		return true;
	return keep_others(ed, list, others, e) && port_forwards_add(ed, ports, e);
}

bool port_forwards_renew(
	struct str stored, const struct port_rules *ports, struct buf *out, struct err *e)
{
	struct yamledit ed = {0};
	bool ok = yamledit_open(&ed, stored, "instance.lima.yaml", e) && renew(&ed, ports, e);

	if (ok) {
		buf_clear(out);
		buf_str(out, buf_view(&ed.text));
	}
	yamledit_close(&ed);
	return ok;
}
