#include "lima/merged.h"

#include "base/mem.h"
#include "data/yaml.h"
#include "data/yamlout.h"
#include "os/file.h"
#include "os/proc.h"

#define CONFIG_MAX (1u << 20)
#define SHOWN 8 /* forwards named in the notice */

/* The person's files that Lima merges, strongest first. */
static const char *const sources[] = {"override.yaml", "default.yaml", "base.yaml"};

struct check {
	const json_t *config;
	const struct template_want *want;
	const char *lima_home;
	struct err *e;
	bool refused;
	struct buf allow; /* entries of shared_dirs that would allow what was refused */
	struct buf text[countof(sources)];
	struct yaml_doc doc[countof(sources)];
};

static void check_fini(struct check *k)
{
	buf_fini(&k->allow);
	for (size_t i = 0; i < countof(sources); i++) {
		yaml_fini(&k->doc[i]);
		buf_fini(&k->text[i]);
	}
}
#define own_check __attribute__((cleanup(check_fini)))

/* A file that is missing or no YAML names nobody: Lima itself has read it or not. */
static void read_sources(struct check *k)
{
	own_buf struct buf path = {0};

	for (size_t i = 0; i < countof(sources); i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/_config/%s", k->lima_home, sources[i]);
		if (file_read(path.p, &k->text[i], CONFIG_MAX, NULL))
			yaml_parse(&k->doc[i], buf_view(&k->text[i]), sources[i], NULL);
	}
}

/* Where a thing comes from. */

typedef bool match_fn(const struct yaml_node *item, const char *value);

static bool is_location(const struct yaml_node *item, const char *value)
{
	const struct yaml_node *v = yaml_get(item, "location");
	own_buf struct buf path = {0};
	own_mem char *text = v ? mem_strndup(v->text.p, v->text.n) : NULL;

	return text && path_absolute(text, &path, NULL) && z_eq(path.p, value);
}

static bool is_name(const struct yaml_node *item, const char *value)
{
	const struct yaml_node *v = yaml_get(item, "name");

	return str_eqz(v ? v->text : item->text, value);
}

static bool is_guest_file(const struct yaml_node *item, const char *value)
{
	const struct yaml_node *v = yaml_get(item, "guest");

	return v && str_eqz(v->text, value);
}

static bool is_playbook(const struct yaml_node *item, const char *value)
{
	const struct yaml_node *v = yaml_get(item, "playbook");

	return str_eqz(v ? v->text : (struct str){0}, value);
}

static bool is_host_socket(const struct yaml_node *item, const char *value)
{
	const struct yaml_node *v = yaml_get(item, "hostSocket");

	/* Relative ones come out below the instance's directory. */
	return v && v->text.n && str_ends(str_z(value), v->text);
}

static void put_place(const struct check *k, size_t i, int line, struct buf *out)
{
	buf_printf(out, "%s/_config/%s, line %d", k->lima_home, sources[i], line);
}

/* "FILE, line N" of the entry in list `key`; the list itself when its entries are
 * written in another way ({{.Home}}); else it is the instance's own file. */
static void find_item(
	struct check *k, const char *key, match_fn *match, const char *value, struct buf *out)
{
	const struct yaml_node *list;

	for (size_t i = 0; i < countof(sources); i++) {
		list = yaml_get(k->doc[i].root, key);
		for (size_t j = 0; list && list->kind == YAML_SEQ && j < list->n; j++)
			if (match(list->items[j], value)) {
				put_place(k, i, list->items[j]->line, out);
				return;
			}
	}
	for (size_t i = 0; i < countof(sources); i++) {
		list = yaml_get(k->doc[i].root, key);
		if (list && list->kind == YAML_SEQ && list->n) {
			put_place(k, i, list->line, out);
			return;
		}
	}
	buf_puts(out, "the instance's own lima.yaml");
}

static void find_switch(struct check *k, const char *key, struct buf *out)
{
	for (size_t i = 0; i < countof(sources); i++) {
		const struct yaml_node *v = yaml_get(yaml_get(k->doc[i].root, "ssh"), key);
		bool on;

		if (v && yaml_bool(v, &on) && on) {
			put_place(k, i, v->line, out);
			return;
		}
	}
	buf_puts(out, "the instance's own lima.yaml");
}

/* The first refusal is the message, the others are its causes. */
static void refuse(struct check *k, const struct buf *text)
{
	if (!k->refused)
		err_set(k->e, ERR_PRECONDITION_FAILED, "%s", buf_z(text));
	else
		err_cause(k->e, "%s", buf_z(text));
	k->refused = true;
}

static void refuse_item(
	struct check *k, const char *key, match_fn *match, const char *value, const char *verb)
{
	own_buf struct buf text = {0};

	find_item(k, key, match, value ? value : "", &text);
	buf_printf(&text, " %s %s", verb, value ? value : "?");
	refuse(k, &text);
}

/* Mounts. */

static const char *text_of(const json_t *j, const char *key)
{
	const char *z = json_get_str(j, key);

	return z ? z : "";
}

static bool is_workspace(const struct check *k, const json_t *mount)
{
	return k->want->mounted && z_eq(text_of(mount, "location"), k->want->workspace) &&
	       z_eq(text_of(mount, "mountPoint"), k->want->workspace) &&
	       json_get_bool(mount, "writable");
}

/* ~ is the guest user's home in the guest. */
static bool is_guest_path(const struct check *k, const char *wanted, const char *mount_point)
{
	const char *home = text_of(json_object_get(k->config, "user"), "home");
	own_buf struct buf path = {0};

	if (!wanted || !*wanted)
		wanted = "~/Shared";
	if (*wanted == '~')
		buf_printf(&path, "%s%s", home, wanted + 1);
	else
		buf_puts(&path, wanted);
	return z_eq(buf_z(&path), mount_point);
}

static bool is_shared(const struct check *k, const json_t *mount)
{
	for (size_t i = 0; i < k->want->n_shared_dirs; i++) {
		const struct shared_dir *d = &k->want->shared_dirs[i];
		own_buf struct buf host = {0};

		if (d->host && path_absolute(d->host, &host, NULL) &&
			z_eq(host.p, text_of(mount, "location")) &&
			is_guest_path(k, d->guest, text_of(mount, "mountPoint")) &&
			d->writable == json_get_bool(mount, "writable"))
			return true;
	}
	return false;
}

static void refuse_mount(struct check *k, const json_t *mount)
{
	const char *location = text_of(mount, "location"), *point = text_of(mount, "mountPoint");
	bool writable = json_get_bool(mount, "writable");
	own_buf struct buf text = {0};

	find_item(k, "mounts", is_location, location, &text);
	buf_printf(&text, " mounts %s of the host at %s (%s)", location, point,
		writable ? "writable" : "read-only");
	refuse(k, &text);
	buf_puts(&k->allow, k->allow.n ? ", {host: " : "{host: ");
	yaml_put_inline(&k->allow, str_z(location), true);
	buf_puts(&k->allow, ", guest: ");
	yaml_put_inline(&k->allow, str_z(point), true);
	buf_printf(&k->allow, ", writable: %s}", writable ? "true" : "false");
}

static void tell_shared(const json_t *mount, const struct ctx *c)
{
	ctx_notice(c, LEVEL_INFO, "the VM shares %s as %s (%s), as shared_dirs says",
		text_of(mount, "location"), text_of(mount, "mountPoint"),
		json_get_bool(mount, "writable") ? "writable" : "read-only");
}

static void check_mounts(struct check *k, const struct ctx *c)
{
	const json_t *mounts = json_object_get(k->config, "mounts"), *m;
	own_buf struct buf text = {0};
	bool found = !k->want->mounted;
	size_t i;

	json_array_foreach(mounts, i, m)
	{
		if (is_workspace(k, m))
			found = true;
		else if (is_shared(k, m))
			tell_shared(m, c);
		else
			refuse_mount(k, m);
	}
	if (found)
		return;
	buf_printf(&text, "the workspace %s would not be mounted writable at the same path%s",
		k->want->workspace,
		json_get_bool(k->config, "plain") ? ": `plain: true` leaves out all mounts" : "");
	refuse(k, &text);
}

/* Everything else that opens the host. */

static void check_list(
	struct check *k, const char *key, const char *name, match_fn *match, const char *verb)
{
	const json_t *list = json_object_get(k->config, key), *item;
	size_t i;

	json_array_foreach(list, i, item) if (json_get_str(item, name))
		refuse_item(k, key, match, json_get_str(item, name), verb);
}

/* The one step of provision that Lima runs on the host: pkg/instance/ansible.go. */
static void check_playbooks(struct check *k)
{
	const json_t *list = json_object_get(k->config, "provision"), *step;
	size_t i;

	json_array_foreach(list, i, step) if (z_eq(json_get_str(step, "mode"), "ansible"))
		refuse_item(k, "provision", is_playbook, text_of(step, "playbook"),
			"runs on this computer the playbook");
}

static void check_ssh(struct check *k)
{
	static const char *const keys[] = {"forwardAgent", "forwardX11", "forwardX11Trusted"};
	const json_t *ssh = json_object_get(k->config, "ssh");

	for (size_t i = 0; i < countof(keys); i++) {
		own_buf struct buf text = {0};

		if (!json_get_bool(ssh, keys[i]))
			continue;
		find_switch(k, keys[i], &text);
		buf_printf(&text, " switches ssh.%s on", keys[i]);
		refuse(k, &text);
	}
}

/* What is told, but not refused. */

static unsigned port_at(const json_t *rule, const char *key, size_t i)
{
	return (unsigned)json_integer_value(json_array_get(json_object_get(rule, key), i));
}

static bool is_our_rule(const struct check *k, const json_t *rule)
{
	unsigned g0 = port_at(rule, "guestPortRange", 0), g1 = port_at(rule, "guestPortRange", 1);
	unsigned h0 = port_at(rule, "hostPortRange", 0), h1 = port_at(rule, "hostPortRange", 1);

	for (size_t i = 0; k->want->ports && i < k->want->ports->n; i++) {
		const struct port_rule *r = &k->want->ports->v[i];

		if (r->guest_first == g0 && r->guest_last == g1 && r->host_first == h0 &&
			r->host_last == h1 && z_eq(text_of(rule, "hostIP"), "127.0.0.1"))
			return true;
	}
	return false;
}

/* Rules behind the one that ignores everything are dead. */
static bool ignores_all(const json_t *rule)
{
	return json_get_bool(rule, "ignore") && port_at(rule, "guestPortRange", 0) <= 1 &&
	       port_at(rule, "guestPortRange", 1) == 65535 &&
	       z_eq(text_of(rule, "guestIP"), "0.0.0.0") &&
	       !json_get_bool(rule, "guestIPMustBeZero");
}

static void put_rule(const json_t *rule, struct buf *out)
{
	unsigned g0 = port_at(rule, "guestPortRange", 0), g1 = port_at(rule, "guestPortRange", 1);
	unsigned h0 = port_at(rule, "hostPortRange", 0), h1 = port_at(rule, "hostPortRange", 1);

	if (json_get_str(rule, "guestSocket"))
		buf_puts(out, text_of(rule, "guestSocket"));
	else
		buf_printf(out, "%u", g0);
	if (g1 != g0 && !json_get_str(rule, "guestSocket"))
		buf_printf(out, "-%u", g1);
	buf_printf(out, " → %s:%u", text_of(rule, "hostIP"), h0);
	if (h1 != h0)
		buf_printf(out, "-%u", h1);
}

static size_t put_extra_forwards(const struct check *k, struct buf *out)
{
	const json_t *rules = json_object_get(k->config, "portForwards"), *rule;
	size_t i, n = 0;

	json_array_foreach(rules, i, rule)
	{
		if (ignores_all(rule))
			break;
		if (json_get_bool(rule, "ignore") || is_our_rule(k, rule) ||
			json_get_str(rule, "hostSocket"))
			continue;
		if (n < SHOWN) {
			buf_puts(out, n ? ", " : "ports ");
			put_rule(rule, out);
		}
		n++;
	}
	if (n > SHOWN)
		buf_printf(out, " and %zu more", n - SHOWN);
	return n;
}

static void tell_extras(const struct check *k, const struct ctx *c)
{
	const json_t *networks = json_object_get(k->config, "networks"), *n;
	own_buf struct buf text = {0};
	bool ports = put_extra_forwards(k, &text) > 0;
	size_t i;

	json_array_foreach(networks, i, n)
	{
		buf_puts(&text, i ? ", " : ports ? "; networks " : "networks ");
		buf_puts(&text, *text_of(n, "lima") ? text_of(n, "lima") : text_of(n, "interface"));
	}
	if (text.n)
		ctx_notice(c, LEVEL_INFO,
			"beside what codelima asked for, Lima's configuration adds %s", text.p);
}

static bool refused(struct check *k)
{
	if (!k->refused)
		return false;
	if (k->allow.n)
		err_fix(k->e, "remove it there, or allow it in config.yaml: shared_dirs: [%s]",
			k->allow.p);
	else
		err_fix(k->e, "remove it there: nothing in codelima's settings allows it");
	return true;
}

bool merged_check(const json_t *config, const struct template_want *want, const char *lima_home,
	const struct ctx *c, struct err *e)
{
	struct err scratch = {0};
	own_check struct check k = {
		.config = config, .want = want, .lima_home = lima_home, .e = e ? e : &scratch};

	if (!json_is_object(config))
		return err_set(e, ERR_PRECONDITION_FAILED,
			"limactl does not tell the instance's merged configuration");
	read_sources(&k);
	check_mounts(&k, c);
	check_list(&k, "copyToHost", "guest", is_guest_file, "copies to the host the guest's");
	check_list(&k, "portForwards", "hostSocket", is_host_socket, "opens the host's socket");
	check_list(&k, "additionalDisks", "name", is_name, "attaches the disk");
	check_playbooks(&k);
	check_ssh(&k);
	if (refused(&k)) {
		err_fini(&scratch);
		return false;
	}
	tell_extras(&k, c);
	return true;
}
