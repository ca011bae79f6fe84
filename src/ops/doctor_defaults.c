#include "ops/doctor_defaults.h"

#include "base/mem.h"
#include "data/yaml.h"
#include "os/file.h"
#include "os/path.h"

struct look {
	const struct config *config;
	const char *path; /* of the file that is looked at */
	struct finding *found;
};

/* What opens the host, or changes what a VM can reach, for every VM at once. Mounts and
 * provision are looked into. */
static const char *const watched[] = {"copyToHost", "portForwards", "networks", "additionalDisks"};
static const char *const watched_ssh[] = {"forwardAgent", "forwardX11", "forwardX11Trusted"};

static void add(const struct look *l, const struct yaml_node *n, const char *what)
{
	finding_add(l->found, "%s:%d %s", l->path, n->line, what);
}

static bool same_host(const char *shared, struct str location)
{
	own_mem char *text = mem_strndup(location.p, location.n);
	own_buf struct buf a = {0}, b = {0};

	return shared && path_absolute(shared, &a, NULL) && path_absolute(text, &b, NULL) &&
	       z_eq(a.p, b.p);
}

/* Only the VM knows where its user's home is, so what follows ~ has to do. */
static bool same_guest(const char *shared, struct str point)
{
	if (!shared || !*shared)
		shared = "~/Shared";
	return *shared == '~' ? str_ends(point, str_z(shared + 1)) : str_eqz(point, shared);
}

/* lima/merged.h compares the same three, in what Lima made of them. */
static bool is_shared(const struct config *config, const struct yaml_node *mount)
{
	const struct yaml_node *location = yaml_get(mount, "location");
	const struct yaml_node *point = yaml_get(mount, "mountPoint");
	bool writable = false;

	if (!location)
		return false;
	yaml_bool(yaml_get(mount, "writable"), &writable);
	for (size_t i = 0; i < config->n_shared_dirs; i++) {
		const struct shared_dir *d = &config->shared_dirs[i];

		if (same_host(d->host, location->text) && d->writable == writable &&
			same_guest(d->guest, yaml_null(point) ? location->text : point->text))
			return true;
	}
	return false;
}

static void look_at_mounts(const struct look *l, const struct yaml_node *mounts)
{
	bool told = false;

	if (!mounts || mounts->kind != YAML_SEQ)
		return;
	for (size_t i = 0; i < mounts->n && !told; i++) {
		told = !is_shared(l->config, mounts->items[i]);
		if (told)
			add(l, mounts, "mounts");
	}
}

static void look_at_steps(const struct look *l, const struct yaml_node *steps)
{
	for (size_t i = 0; steps && steps->kind == YAML_SEQ && i < steps->n; i++) {
		const struct yaml_node *mode = yaml_get(steps->items[i], "mode");

		if (mode && str_eqz(mode->text, "ansible"))
			add(l, mode, "provision with mode ansible, which runs on this computer");
	}
}

static void look_at_file(const struct look *l, const struct yaml_node *root)
{
	const struct yaml_node *ssh = yaml_get(root, "ssh");

	look_at_mounts(l, yaml_get(root, "mounts"));
	look_at_steps(l, yaml_get(root, "provision"));
	for (size_t i = 0; i < countof(watched); i++) {
		const struct yaml_node *n = yaml_get(root, watched[i]);

		if (n && n->kind != YAML_SCALAR && n->n)
			add(l, n, watched[i]);
	}
	for (size_t i = 0; i < countof(watched_ssh); i++) {
		const struct yaml_node *n = yaml_get(ssh, watched_ssh[i]);
		bool on;

		if (yaml_bool(n, &on) && on)
			finding_add(l->found, "%s:%d ssh.%s", l->path, n->line, watched_ssh[i]);
	}
}

static void read_file(const struct home *h, const char *name, struct finding *f)
{
	own_yaml struct yaml_doc d = {0};
	own_buf struct buf path = {0}, text = {0};
	own_err struct err e = {0};

	buf_printf(&path, "%s/_config/%s", h->config.lima_home, name);
	if (!file_exists(buf_z(&path)))
		return;
	if (!file_read(buf_z(&path), &text, YAML_MAX_SIZE, &e) ||
		!yaml_parse(&d, buf_view(&text), buf_z(&path), &e))
		finding_add(f, "%s", buf_z(&e.msg));
	else
		look_at_file(&(struct look){&h->config, buf_z(&path), f}, d.root);
}

void doctor_defaults(const struct home *h, struct checks *out)
{
	own_finding struct finding f = {0};

	if (!h->config.lima_home)
		return;
	read_file(h, "default.yaml", &f);
	read_file(h, "override.yaml", &f);
	check_finding(out, "lima_defaults", &f, "Lima's own defaults open nothing",
		"Lima merges these into every VM",
		"take them out, or name the mounts under shared_dirs in config.yaml: a node with "
		"mounts that were not asked for is refused");
}
