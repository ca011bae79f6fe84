#include "lima/template.h"

#include "base/mem.h"
#include "data/yamledit.h"
#include "data/yamlout.h"
#include "data/yamlval.h"
#include "lima/baked.h"
#include "lima/home_mark.h"
#include "lima/port_forwards.h"
#include "lima/stripped.h"
#include "os/proc.h"

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

struct build {
	struct yamledit ed; /* the filled text, changed step by step */
	struct yaml_doc plain, defaults, override, base;
	struct baked baked;
	const struct template_want *want;
	const struct ctx *c;
};

static void build_fini(struct build *b)
{
	yamledit_close(&b->ed);
	yaml_fini(&b->plain);
	yaml_fini(&b->defaults);
	yaml_fini(&b->override);
	yaml_fini(&b->base);
}
#define own_build __attribute__((cleanup(build_fini)))

/* A person's input, not our record: another kind than yaml_parse gives. */
static bool as_input(struct err *e)
{
	return err_as(e, ERR_INVALID_ARGUMENT);
}

static bool parse(struct yaml_doc *d, struct str text, const char *name, struct err *e)
{
	return yaml_parse(d, text, name, e) || as_input(e);
}

static bool open_all(
	struct build *b, struct str filled, struct str plain, struct str defaults, struct err *e)
{
	if (!yamledit_open(&b->ed, filled, "template", e))
		return as_input(e);
	if (!b->ed.doc.root || b->ed.doc.root->kind != YAML_MAP)
		return err_set(e, ERR_INVALID_ARGUMENT, "the template is no Lima template: %s",
			b->ed.doc.root ? "it is no YAML map" : "it is empty");
	if (!parse(&b->plain, plain, "template", e) ||
		!parse(&b->defaults, defaults, "_config/default.yaml", e) ||
		!parse(&b->override, b->want->override_yaml, "_config/override.yaml", e) ||
		!parse(&b->base, b->want->base_yaml, "_config/base.yaml", e))
		return false;
	b->baked = (struct baked){
		.override = b->override.root, .base = b->base.root, .defaults = b->defaults.root};
	return true;
}

static const struct yaml_node *at(const struct yaml_node *root, const char *const *path)
{
	for (; root && *path; path++)
		root = yaml_get(root, *path);
	return root;
}

/* Lists of the filled template, entry by entry. */

static bool has_mac(const struct yaml_node *root, const struct yaml_node *mac)
{
	const struct yaml_node *l = yaml_get(root, "networks");

	for (size_t i = 0; l && l->kind == YAML_SEQ && i < l->n; i++) {
		const struct yaml_node *v = yaml_get(l->items[i], "macAddress");

		if (v && str_eq(v->text, mac->text))
			return true;
	}
	return false;
}

/* --fill makes an address up from the template's name: every instance of it would
 * have the same one. An address that the base or the person chose stays. */
static bool made_up_mac(const struct build *b, const struct yaml_node *mac)
{
	return !has_mac(b->plain.root, mac) && !has_mac(b->defaults.root, mac) &&
	       !has_mac(b->override.root, mac) && !has_mac(b->base.root, mac);
}

/* A copy of the map without pair k, or with another value there. */
static struct yaml_node *map_copy(
	struct arena *a, const struct yaml_node *map, size_t k, struct yaml_node *value)
{
	struct yaml_node *copy = arena_alloc(a, sizeof(*copy));

	*copy = *map;
	copy->n = 0;
	copy->items = arena_alloc(a, map->n * sizeof(struct yaml_node *));
	copy->keys = arena_alloc(a, map->n * sizeof(struct yaml_node *));
	for (size_t i = 0; i < map->n; i++) {
		if (i == k && !value)
			continue;
		copy->keys[copy->n] = map->keys[i];
		copy->items[copy->n++] = i == k ? value : map->items[i];
	}
	return copy;
}

static size_t index_of(const struct yaml_node *map, const char *key)
{
	size_t i = 0;

	while (map->kind == YAML_MAP && i < map->n && !str_eqz(map->keys[i]->text, key))
		i++;
	return map->kind == YAML_MAP ? i : map->n;
}

/* A direct kernel panics under emulation when it checks its timer against the
 * wrong clock ("IO-APIC + timer doesn't work"). */
static struct yaml_node *with_timer_option(struct arena *a, struct yaml_node *image)
{
	size_t k = index_of(image, "kernel");
	struct yaml_node *kernel = k < image->n ? image->items[k] : NULL, *cmdline;
	size_t line = kernel ? index_of(kernel, "cmdline") : 0;

	if (!kernel || line >= kernel->n || kernel->items[line]->kind != YAML_SCALAR)
		return image;
	cmdline = kernel->items[line];
	if (!cmdline->text.n ||
		str_find_str(cmdline->text, STR("no_timer_check")) < cmdline->text.n)
		return image;
	char *text = arena_printf(a, "%.*s no_timer_check", STRF(str_trim(cmdline->text)));
	struct yaml_node *changed = arena_alloc(a, sizeof(*changed));
	*changed = (struct yaml_node){.kind = YAML_SCALAR, .text = str_z(text)};
	return map_copy(a, image, k, map_copy(a, kernel, line, changed));
}

/* The entry as it is to stand in the template; NULL: not at all. */
static struct yaml_node *filter(
	struct build *b, struct arena *a, const char *key, const struct yaml_node *list, size_t i)
{
	struct yaml_node *item = list->items[i], *original;
	size_t mac;

	if (baked_item(&b->baked, key, list, i))
		return NULL;
	if (stripped_item(key, item)) {
		if (z_eq(key, "provision"))
			stripped_tell_playbook(item, b->c);
		return NULL;
	}
	original = baked_original(&b->baked, b->plain.root, key, list, i);
	if (original)
		return original;
	if (z_eq(key, "images") && b->want->tcg)
		return with_timer_option(a, item);
	if (z_eq(key, "networks")) {
		mac = index_of(item, "macAddress");
		if (item->kind == YAML_MAP && mac < item->n && made_up_mac(b, item->items[mac]))
			return map_copy(a, item, mac, NULL);
	}
	return item;
}

/* One pair a line, so that scripts stay readable. */
static void put_entry(struct buf *out, const struct yaml_node *item)
{
	if (item->kind != YAML_MAP || !item->n) {
		yamlval_item(out, 0, &(struct yamlval){.node = item, .keys = PATH(NULL)});
		buf_putc(out, '\n');
		return;
	}
	for (size_t i = 0; i < item->n; i++) {
		const struct yaml_node *v = item->items[i];

		buf_puts(out, i ? "  " : "- ");
		yaml_put_inline(out, item->keys[i]->text, false);
		buf_puts(out, ": ");
		if (v->kind == YAML_SCALAR && !v->plain)
			yaml_put_scalar(out, v->text, 4);
		else
			yamlval_flow(out, &(struct yamlval){.node = v, .keys = PATH(NULL)}, false);
		buf_putc(out, '\n');
	}
}

/* Rewrites the list only when an entry changes: comments in the others stay. */
static bool filter_list(struct build *b, const char *key, struct err *e)
{
	const struct yaml_node *list = yaml_get(b->ed.doc.root, key);
	own_arena struct arena a = {0};
	own_buf struct buf text = {0};
	bool changed = false;

	if (yaml_null(list))
		return yamledit_remove(&b->ed, PATH(key), e);
	if (list->kind != YAML_SEQ)
		return err_set(e, ERR_INVALID_ARGUMENT, "template, line %d: %s is no list",
			list->line, key);
	for (size_t i = 0; i < list->n; i++) {
		struct yaml_node *item = filter(b, &a, key, list, i);

		changed |= item != list->items[i];
		if (!item)
			continue;
		put_entry(&text, item);
	}
	if (!changed)
		return true;
	if (!text.n)
		return yamledit_remove(&b->ed, PATH(key), e);
	return yamledit_set_yaml(&b->ed, PATH(key), buf_view(&text), e);
}

static bool filter_lists(struct build *b, struct err *e)
{
	for (const char *const *key = baked_lists; *key; key++)
		if (!filter_list(b, *key, e))
			return false;
	return true;
}

/* What every instance of ours has. */

/* `cpuType: null` and the like stand in the way of making what is below them. */
static bool remove_null_parents(struct build *b, const char *const *path, struct err *e)
{
	const char *prefix[8] = {NULL};

	for (size_t n = 0; path[n] && n + 1 < countof(prefix); n++) {
		prefix[n] = path[n];
		const struct yaml_node *v = at(b->ed.doc.root, prefix);
		if (v && yaml_null(v))
			return yamledit_remove(&b->ed, prefix, e);
	}
	return true;
}

static bool set_plain(struct build *b, const char *const *path, const char *word, struct err *e)
{
	return remove_null_parents(b, path, e) && yamledit_set_plain(&b->ed, path, word, e);
}

static bool remove_ours(struct build *b, struct err *e)
{
	static const char *const keys[] = {
		"cpus", "memory", "disk", "mounts", "copyToHost", "additionalDisks"};

	for (size_t i = 0; i < countof(keys); i++)
		if (!yamledit_remove(&b->ed, PATH(keys[i]), e))
			return false;
	return true;
}

/* Lima expands locations and mount points as Go templates. */
static void put_go_literal(struct buf *out, const char *text)
{
	own_buf struct buf b = {0};

	for (const char *p = text; *p;) {
		if (strncmp(p, "{{", 2) == 0) {
			buf_puts(&b, "{{\"{{\"}}");
			p += 2;
		} else {
			buf_putc(&b, *p++);
		}
	}
	yaml_put_double(out, buf_view(&b));
}

static bool put_mounts(struct build *b, struct err *e)
{
	own_buf struct buf text = {0};

	if (!b->want->mounted)
		return yamledit_set_yaml(&b->ed, PATH("mounts"), STR("[]"), e);
	buf_puts(&text, "- location: ");
	put_go_literal(&text, b->want->workspace);
	buf_puts(&text, "\n  mountPoint: ");
	put_go_literal(&text, b->want->workspace);
	buf_puts(&text, "\n  writable: true\n");
	return yamledit_set_yaml(&b->ed, PATH("mounts"), buf_view(&text), e);
}

/* Archives are Lima's own list again when the base did not choose any. */
static bool put_containerd(struct build *b, struct err *e)
{
	const char *user = b->want->containerd ? "true" : "false";

	if (!at(b->plain.root, PATH("containerd", "archives")) &&
		!yamledit_remove(&b->ed, PATH("containerd"), e))
		return false;
	return set_plain(b, PATH("containerd", "system"), "false", e) &&
	       set_plain(b, PATH("containerd", "user"), user, e);
}

static bool put_switches(struct build *b, struct err *e)
{
	return set_plain(b, PATH("ssh", "loadDotSSHPubKeys"), "false", e) &&
	       set_plain(b, PATH("ssh", "forwardAgent"), "false", e) &&
	       set_plain(b, PATH("ssh", "forwardX11"), "false", e) &&
	       set_plain(b, PATH("ssh", "forwardX11Trusted"), "false", e) &&
	       set_plain(b, PATH("upgradePackages"), "false", e);
}

/* It stands in a comment of a script: nothing may end that. */
static void put_id(struct buf *out, const char *id)
{
	for (; id && *id; id++)
		if ((*id >= '0' && *id <= '9') || (*id >= 'a' && *id <= 'z') || *id == '-')
			buf_putc(out, *id);
}

/* Also in a clone, which has its source's script and its own LIMA_CIDATA_NAME. Plain
 * writes, since a small image may lack hostnamectl. */
static bool put_provision(struct build *b, struct err *e)
{
	own_buf struct buf item = {0};

	buf_puts(&item, "mode: system\n"
			"script: |\n"
			"  #!/bin/sh\n"
			"  # " HOME_MARK);
	put_id(&item, b->want->home_id);
	buf_puts(&item, "\n"
			"  name=$LIMA_CIDATA_NAME\n"
			"  [ -n \"$name\" ] || exit 0\n"
			"  printf '%s\\n' \"$name\" >/etc/hostname\n"
			"  printf '%s' \"$name\" >/proc/sys/kernel/hostname\n"
			"  grep -qw -- \"$name\" /etc/hosts ||\n"
			"    printf '127.0.1.1 %s\\n' \"$name\" >>/etc/hosts\n");
	return yamledit_append(&b->ed, PATH("provision"), buf_view(&item), e);
}

static bool put_resources(struct build *b, struct err *e)
{
	const struct resources *r = b->want->resources;
	own_buf struct buf cpus = {0};

	if (!r)
		return true;
	buf_printf(&cpus, "%lld", (long long)r->cpus);
	if (r->cpus && !set_plain(b, PATH("cpus"), cpus.p, e))
		return false;
	if (r->memory && !yamledit_set(&b->ed, PATH("memory"), str_z(r->memory), e))
		return false;
	return !r->disk || yamledit_set(&b->ed, PATH("disk"), str_z(r->disk), e);
}

static bool put_cpu_type(struct build *b, struct err *e)
{
	const char *const path[] = {"vmOpts", "qemu", "cpuType", proc_arch(), NULL};

	if (!b->want->tcg || !yaml_null(at(b->ed.doc.root, path)))
		return true;
	return set_plain(b, path, "max", e);
}

bool template_build(struct str filled, struct str plain, struct str default_yaml,
	const struct template_want *want, const struct ctx *c, struct buf *out, struct err *e)
{
	own_build struct build b = {.want = want, .c = c};

	if (!open_all(&b, filled, plain, default_yaml, e))
		return false;
	if (!filter_lists(&b, e) || !remove_ours(&b, e) || !put_resources(&b, e) ||
		!put_mounts(&b, e) || !put_containerd(&b, e) || !put_switches(&b, e) ||
		!port_forwards_add(&b.ed, want->ports, e) || !put_provision(&b, e) ||
		!put_cpu_type(&b, e))
		return err_wrap(e, "make the instance's template");
	stripped_tell(b.plain.root, c);
	buf_clear(out);
	buf_str(out, buf_view(&b.ed.text));
	if (!str_ends(buf_view(out), STR("\n")))
		buf_putc(out, '\n');
	return true;
}

bool template_locator_check(const char *locator, struct err *e)
{
	if (!*locator)
		return err_set(e, ERR_INVALID_ARGUMENT, "the name of a Lima template is empty");
	if (*locator != '-')
		return true;
	err_set(e, ERR_INVALID_ARGUMENT,
		"no Lima template can be named %s: limactl takes it for an option", locator);
	err_field(e, "locator", locator);
	return err_fix(e, "write a file of that name as ./%s", locator);
}
