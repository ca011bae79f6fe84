#include "lima/stripped.h"

#include "base/mem.h"

static void tell_list(const struct yaml_node *plain, const struct ctx *c, const char *key,
	const char *name, const char *why)
{
	const struct yaml_node *l = yaml_get(plain, key);
	own_buf struct buf names = {0};

	if (!l || l->kind != YAML_SEQ || !l->n)
		return;
	for (size_t i = 0; i < l->n; i++) {
		const struct yaml_node *v = yaml_get(l->items[i], name);

		if (!v)
			v = l->items[i];
		if (v->kind == YAML_SCALAR)
			buf_printf(&names, "%s%.*s", names.n ? ", " : "", STRF(v->text));
	}
	ctx_notice(c, LEVEL_INFO, "left out of the template: %s (%s): %s", key, buf_z(&names), why);
}

static bool is_host_socket(const struct yaml_node *rule)
{
	return !yaml_null(yaml_get(rule, "hostSocket"));
}

/* Lima runs `ansible-playbook` on the host at the end of each start: pkg/instance/ansible.go. */
static bool is_playbook(const struct yaml_node *step)
{
	const struct yaml_node *mode = yaml_get(step, "mode");

	return mode && str_eqz(mode->text, "ansible");
}

bool stripped_item(const char *key, const struct yaml_node *item)
{
	if (z_eq(key, "portForwards"))
		return is_host_socket(item);
	return z_eq(key, "provision") && is_playbook(item);
}

static void tell_host_sockets(const struct yaml_node *plain, const struct ctx *c)
{
	const struct yaml_node *l = yaml_get(plain, "portForwards");

	for (size_t i = 0; l && l->kind == YAML_SEQ && i < l->n; i++) {
		if (!is_host_socket(l->items[i]))
			continue;
		ctx_notice(c, LEVEL_INFO,
			"left out of the template: sockets of the host in portForwards");
		return;
	}
}

static void tell_ssh(const struct yaml_node *plain, const struct ctx *c)
{
	static const char *const keys[] = {
		"forwardAgent", "forwardX11", "forwardX11Trusted", "loadDotSSHPubKeys"};

	for (size_t i = 0; i < countof(keys); i++) {
		const struct yaml_node *v = yaml_get(yaml_get(plain, "ssh"), keys[i]);
		bool on;

		if (v && yaml_bool(v, &on) && on)
			ctx_notice(c, LEVEL_INFO, "switched off in the template: ssh.%s", keys[i]);
	}
}

void stripped_tell_playbook(const struct yaml_node *step, const struct ctx *c)
{
	const struct yaml_node *book = yaml_get(step, "playbook");
	struct str name = book ? book->text : STR("without a name");

	ctx_notice(c, LEVEL_INFO,
		"left out of the template: provision (mode ansible, playbook %.*s): Lima would run "
		"it on this computer",
		STRF(name));
}

void stripped_tell(const struct yaml_node *plain, const struct ctx *c)
{
	tell_list(plain, c, "mounts", "location",
		"a node sees nothing of the host but its workspace");
	tell_list(plain, c, "copyToHost", "host", "a guest writes no file of the host");
	tell_list(plain, c, "additionalDisks", "name", "a disk would be shared with other VMs");
	tell_host_sockets(plain, c);
	tell_ssh(plain, c);
}
