#include "ops/node_vm.h"

#include "base/mem.h"
#include "lima/home_mark.h"
#include "lima/merged.h"
#include "model/settings.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/path.h"

#define TEMPLATE_MAX (4u << 20)

/* The lists of config.yaml and of the project add up. */
static size_t join_shared_dirs(
	const struct config *cfg, const struct project *p, struct shared_dir **out)
{
	size_t n = cfg->n_shared_dirs + p->n_shared_dirs;

	if (!n)
		return 0;
	*out = mem_array(NULL, n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] = i < cfg->n_shared_dirs ? cfg->shared_dirs[i]
						   : p->shared_dirs[i - cfg->n_shared_dirs];
	return n;
}

bool node_vm_want(struct node_work *w, bool containerd, struct node_vm_want *out, struct err *e)
{
	const struct config *cfg = &w->h->config;
	struct node_vm_want v = {0};

	if (!ports_parse(w->node.ports.n ? &w->node.ports : &cfg->ports, &v.ports, e))
		return false;
	size_t n_shared = join_shared_dirs(cfg, &w->project, &v.shared_dirs);
	resources_effective(
		&cfg->resources, &w->project.resources, &w->node.resources, &v.resources);
	v.want = (struct template_want){
		.mounted = node_is_mounted(&w->node),
		.workspace = node_is_mounted(&w->node) ? w->node.workspace_mount_path : NULL,
		.home_id = w->h->id,
		.containerd = containerd || cfg->containerd,
		.tcg = w->lima.tcg,
		.shared_dirs = v.shared_dirs,
		.n_shared_dirs = n_shared,
	};
	*out = v;
	out->want.ports = &out->ports;
	return true;
}

void node_vm_want_fini(struct node_vm_want *v)
{
	fields_fini(&resources_fields, &v->resources);
	free(v->shared_dirs);
}

/* An overridden create decides the numbers itself; what was asked for goes into the template. */
static bool resources_in_template(struct node_work *w)
{
	own_commands struct command_list create = {0};
	bool asked = resources_set(&w->node.resources) || resources_set(&w->project.resources) ||
		     resources_set(&w->h->config.resources);

	node_work_commands(w, ACT_CREATE, &create);
	if (create.builtin || !asked)
		return false;
	ctx_notice(&w->ctx, LEVEL_WARN,
		"the create command of %s is your own: cpus, memory and disk are written into the "
		"template, and flags in that command win",
		create.file);
	return true;
}

/* A file that Lima merges into every instance; empty where there is none. */
static bool read_lima_config(
	const struct node_work *w, const char *name, struct buf *out, struct err *e)
{
	own_buf struct buf path = {0};

	buf_printf(&path, "%s/_config/%s", w->h->config.lima_home, name);
	return !file_exists(buf_z(&path)) || file_read(buf_z(&path), out, TEMPLATE_MAX, e);
}

/* What the base wants by itself, before the person's default.yaml is baked in. */
static bool read_plain(struct node_work *w, struct str filled, struct buf *out, struct err *e)
{
	own_commands struct command_list list = {0};
	own_strv struct strv args = {0};

	node_work_commands(w, ACT_TEMPLATE_COPY, &list);
	if (!list.builtin) {
		buf_str(out, filled);
		return true;
	}
	strv_add(&args, "template");
	strv_add(&args, "copy");
	strv_add(&args, w->project.default_lima_template);
	strv_add(&args, "-");
	return limactl_call(&w->lima, &w->ctx, "template", &args, out, NULL, e);
}

bool node_vm_template(struct node_work *w, const struct node_vm_want *v, struct err *e)
{
	own_buf struct buf filled = {0}, plain = {0}, text = {0};
	own_buf struct buf defaults = {0}, overrides = {0}, base = {0};
	struct template_want want = v->want;

	if (resources_in_template(w))
		want.resources = &v->resources;
	if (!template_locator_check(w->project.default_lima_template, e) ||
		!read_lima_config(w, "default.yaml", &defaults, e) ||
		!read_lima_config(w, "override.yaml", &overrides, e) ||
		!read_lima_config(w, "base.yaml", &base, e))
		return false;
	want.override_yaml = buf_view(&overrides);
	want.base_yaml = buf_view(&base);
	ctx_step(&w->ctx, "template", STEP_RUNNING, "%s", w->project.default_lima_template);
	if (!node_work_action(w, ACT_TEMPLATE_COPY,
		    &(struct action_vars){.locator = w->project.default_lima_template}, NULL,
		    &filled, NULL, e) ||
		!read_plain(w, buf_view(&filled), &plain, e) ||
		!template_build(buf_view(&filled), buf_view(&plain), buf_view(&defaults), &want,
			&w->ctx, &text, e))
		return err_field(e, "locator", w->project.default_lima_template);
	if (!file_replace(w->node.generated_template_path, buf_view(&text), 0600, e))
		return false;
	ctx_step(&w->ctx, "template", STEP_DONE, "%s", w->project.default_lima_template);
	return true;
}

static bool lied(struct node_work *w, const char *what, const char *state, struct err *e)
{
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED,
		"limactl %s reported success, but instance %s is %s in %s", what,
		w->node.lima_instance_name, state, w->h->config.lima_home);
	err_field(e, "instance_name", w->node.lima_instance_name);
	return err_fix(e, "codelima doctor");
}

bool node_vm_create(struct node_work *w, const struct node_vm_want *v, struct err *e)
{
	enum vm_status status;

	ctx_step(&w->ctx, "create", STEP_RUNNING, "instance %s", w->node.lima_instance_name);
	if (!node_work_action(w, ACT_CREATE,
		    &(struct action_vars){.template_path = w->node.generated_template_path},
		    &v->resources, NULL, NULL, e))
		return err_field(e, "instance_name", w->node.lima_instance_name);
	if (!node_work_status(w, &status, e))
		return false;
	if (status == VM_MISSING || status == VM_BROKEN)
		return lied(w, "create", vm_status_word(status), e);
	ctx_step(&w->ctx, "create", STEP_DONE, "instance %s", w->node.lima_instance_name);
	return true;
}

static bool run_clone(struct node_work *w, const struct node_work *source, struct err *e)
{
	const char *from = source->node.lima_instance_name, *to = w->node.lima_instance_name;

	ctx_step(&w->ctx, "clone", STEP_RUNNING, "instance %s to %s", from, to);
	if (node_work_action(w, ACT_CLONE,
		    &(struct action_vars){.source_instance = from, .target_instance = to}, NULL,
		    NULL, NULL, e))
		return true;
	err_field(e, "source_instance", from);
	return err_field(e, "target_instance", to);
}

bool node_vm_clone(struct node_work *w, const struct node_work *source, struct err *e)
{
	const char *name = w->node.lima_instance_name;
	enum vm_status status;

	if (!run_clone(w, source, e) || !node_work_status(w, &status, e))
		return false;
	if (status != VM_STOPPED)
		return lied(w, "clone", vm_status_word(status), e);
	if (!home_mark_put(w->h->config.lima_home, name, w->h->id, e))
		return err_field(e, "instance_name", name);
	ctx_step(&w->ctx, "clone", STEP_DONE, "instance %s to %s", source->node.lima_instance_name,
		name);
	return true;
}

bool node_vm_check(struct node_work *w, const struct node_vm_want *v, struct err *e)
{
	json_t *instance = NULL;
	bool ok;

	if (!limactl_inspect(&w->lima, &w->ctx, w->node.lima_instance_name, &instance, e))
		return false;
	if (!instance)
		return lied(w, "list", "unknown", e);
	ok = merged_check(
		json_object_get(instance, "config"), &v->want, w->h->config.lima_home, &w->ctx, e);
	json_decref(instance);
	if (!ok)
		err_field(e, "instance_name", w->node.lima_instance_name);
	return ok;
}

bool node_vm_recheck(struct node_work *w, struct err *e)
{
	struct node_vm_want v = {0};
	bool ok;

	if (!node_vm_want(w, false, &v, e))
		return false;
	ok = node_vm_check(w, &v, e);
	node_vm_want_fini(&v);
	return ok;
}

static bool vm_missing(const struct node_work *w, struct err *e)
{
	err_set(e, ERR_PRECONDITION_FAILED,
		"the VM of node %s is gone: Lima has no instance %s in %s", w->node.slug,
		w->node.lima_instance_name, w->h->config.lima_home);
	err_field(e, "node_slug", w->node.slug);
	err_field(e, "instance_name", w->node.lima_instance_name);
	return err_fix(e,
		"codelima node start %s --recreate (a new VM from the same template), or: codelima "
		"node delete %s",
		w->node.slug, w->node.slug);
}

static bool vm_broken(const struct node_work *w, struct err *e)
{
	err_set(e, ERR_PRECONDITION_FAILED, "the VM of node %s is broken: %s/%s is incomplete",
		w->node.slug, w->h->config.lima_home, w->node.lima_instance_name);
	err_field(e, "instance_name", w->node.lima_instance_name);
	return err_fix(e, "codelima node start %s --recreate, or: codelima node delete %s",
		w->node.slug, w->node.slug);
}

bool node_vm_there(const struct node_work *w, enum vm_status *status, struct err *e)
{
	struct instance now = {0};
	bool idle;

	if (!node_work_instance(w, &now, e))
		return false;
	*status = now.status;
	idle = !now.ha_pid && !now.driver_pid;
	instance_fini(&now);
	if (*status == VM_MISSING)
		return vm_missing(w, e);
	return *status != VM_BROKEN || !idle || vm_broken(w, e);
}

bool node_vm_force_stop(struct node_work *w, struct err *e)
{
	own_strv struct strv args = {0};
	enum vm_status status;

	strv_add(&args, "stop");
	strv_add(&args, "-f");
	strv_add(&args, w->node.lima_instance_name);
	if (!node_work_lima(w, e) ||
		!limactl_call(&w->lima, &w->ctx, "stop", &args, NULL,
			&(struct run){.gate = claim_child, .gate_arg = &w->claim}, e) ||
		!node_work_status(w, &status, e))
		return false;
	return status == VM_STOPPED || status == VM_MISSING ||
	       lied(w, "stop -f", vm_status_word(status), e);
}

/* A directory without lima.yaml is a create that was cut short: no VM that anybody had. */
static bool half_made(const struct instance *i)
{
	return i->status == VM_BROKEN && !i->home_id && !i->ha_pid && !i->driver_pid;
}

static bool may_destroy(
	const struct node_work *w, const struct instance *i, bool unmarked_too, struct err *e)
{
	if (i->home_id ? z_eq(i->home_id, w->h->id) : unmarked_too || half_made(i))
		return true;
	err_set(e, ERR_PRECONDITION_FAILED,
		"instance %s was not made by this home (%s): it is left alone",
		w->node.lima_instance_name, w->h->path);
	err_field(e, "instance_name", w->node.lima_instance_name);
	return err_fix(e, "limactl delete %s, when it is yours", w->node.lima_instance_name);
}

/* limactl deletes no directory without lima.yaml, "in case it is currently being cloned into". We
 * hold the node, and what worked on it has ended: a half-made one is removed by hand. */
static bool remove_half_made(struct node_work *w, struct err *e)
{
	own_buf struct buf dir = {0}, yaml = {0};
	struct instance now = {0};
	bool half;

	if (!node_work_instance(w, &now, e))
		return false;
	half = half_made(&now);
	instance_fini(&now);
	path_join(&dir, w->h->config.lima_home, w->node.lima_instance_name);
	return half && !file_exists(path_join(&yaml, buf_z(&dir), "lima.yaml")) &&
	       file_remove_tree(buf_z(&dir), e);
}

static bool run_delete(struct node_work *w, struct err *e)
{
	own_err struct err second = {0};

	if (node_work_action(w, ACT_DELETE, &(struct action_vars){0}, NULL, NULL, NULL, e))
		return true;
	if (!e || e->kind != ERR_EXTERNAL_COMMAND_FAILED)
		return false;
	if (!remove_half_made(w, &second))
		return err_also(e, &second);
	err_fini(e);
	return true;
}

bool node_vm_destroy(struct node_work *w, bool unmarked_too, struct err *e)
{
	struct instance now = {0};
	enum vm_status status;
	bool allowed;

	if (!node_work_instance(w, &now, e))
		return false;
	status = now.status;
	allowed = status == VM_MISSING || may_destroy(w, &now, unmarked_too, e);
	instance_fini(&now);
	if (!allowed || status == VM_MISSING)
		return allowed;
	ctx_step(&w->ctx, "delete", STEP_RUNNING, "instance %s", w->node.lima_instance_name);
	if (!run_delete(w, e) || !node_work_status(w, &status, e))
		return err_field(e, "instance_name", w->node.lima_instance_name);
	if (status != VM_MISSING)
		return lied(w, "delete", vm_status_word(status), e);
	ctx_step(&w->ctx, "delete", STEP_DONE, "instance %s", w->node.lima_instance_name);
	return true;
}
