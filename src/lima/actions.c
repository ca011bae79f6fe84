#include "lima/actions.h"

#include "base/mem.h"
#include "data/cmdtpl.h"
#include "model/settings.h"

#define VARS 16

/* The placeholders with their values; fragments and lists have their words here. */
struct vars {
	struct cmdtpl_var v[VARS];
	size_t n;
	struct strv recursive, workdir;
};

static void vars_fini(struct vars *v)
{
	strv_fini(&v->recursive);
	strv_fini(&v->workdir);
}
#define own_vars __attribute__((cleanup(vars_fini)))

static void add_word(struct vars *v, const char *name, const char *value)
{
	if (value)
		v->v[v->n++] = (struct cmdtpl_var){
			.name = name, .kind = CMDTPL_WORD, .value = str_z(value)};
}

static void add_words(struct vars *v, const char *name, const struct strv *words)
{
	v->v[v->n++] = (struct cmdtpl_var){.name = name, .kind = CMDTPL_WORDS, .words = words};
}

static void vars_init(struct vars *v, const struct limactl *l, const struct action_vars *a)
{
	if (a->recursive)
		strv_add(&v->recursive, "-r");
	if (a->workdir) {
		strv_add(&v->workdir, "--workdir");
		strv_add(&v->workdir, a->workdir);
	}
	add_word(v, "binary", l->binary);
	add_word(v, "instance_name", a->instance_name);
	add_word(v, "template_path", a->template_path);
	add_word(v, "locator", a->locator);
	add_word(v, "source_instance", a->source_instance);
	add_word(v, "target_instance", a->target_instance);
	add_word(v, "source_path", a->source_path);
	add_word(v, "target_path", a->target_path);
	add_word(v, "target_parent", a->target_parent);
	add_word(v, "copy_target", a->copy_target);
	add_word(v, "workdir", a->workdir ? a->workdir : "");
	add_words(v, "recursive_flag", &v->recursive);
	add_words(v, "workdir_flag", &v->workdir);
	add_words(v, "command_args", a->args);
}
_Static_assert(VARS >= 14, "room for each placeholder");

bool action_line(const struct limactl *l, const char *command, const struct action_vars *v,
	struct buf *line, struct err *e)
{
	own_vars struct vars vars = {0};

	vars_init(&vars, l, v);
	return cmdtpl_line(str_z(command), vars.v, vars.n, line, e);
}

/* `--cpus=2` of the built-in create becomes what the node is to have. */
static void put_number(struct strv *args, const char *flag, const char *value)
{
	for (size_t i = 0; value && *value && i < args->n; i++) {
		own_buf struct buf word = {0};

		if (!str_starts(str_z(args->v[i]), str_z(flag)))
			continue;
		buf_printf(&word, "%s%s", flag, value);
		free(args->v[i]);
		args->v[i] = buf_steal(&word);
	}
}

static void put_resources(struct strv *args, const struct resources *res)
{
	own_buf struct buf cpus = {0}, memory = {0}, disk = {0};

	if (res->cpus)
		buf_printf(&cpus, "%lld", (long long)res->cpus);
	if (res->memory)
		size_gib(res->memory, &memory);
	if (res->disk)
		size_gib(res->disk, &disk);
	put_number(args, "--cpus=", buf_z(&cpus));
	put_number(args, "--memory=", buf_z(&memory));
	put_number(args, "--disk=", buf_z(&disk));
}

static bool run_built_in(const struct limactl *l, const struct ctx *c, enum action a,
	const char *command, const struct action_vars *v, const struct resources *res,
	struct buf *out, const struct run *more, struct err *e)
{
	own_vars struct vars vars = {0};
	own_strv struct strv argv = {0};

	vars_init(&vars, l, v);
	if (!cmdtpl_argv(str_z(command), vars.v, vars.n, &argv, e))
		return false;
	if (argv.n)
		strv_remove(&argv, 0); /* the binary: limactl_call() knows it */
	if (a == ACT_CREATE && res)
		put_resources(&argv, res);
	return limactl_call(l, c, actions[a].name, &argv, out, more, e);
}

static bool run_line(const struct limactl *l, const struct ctx *c, enum action a,
	const char *command, const struct action_vars *v, struct buf *out, const struct run *more,
	struct err *e)
{
	own_buf struct buf line = {0};

	return action_line(l, command, v, &line, e) &&
	       limactl_shell_line(l, c, actions[a].name, line.p, out, more, e);
}

/* Which command failed, and where the person wrote it. */
static bool tell_origin(enum action a, const struct command_list *list, size_t i, struct err *e)
{
	if (list->file)
		err_cause(e, "this is command %zu of lima_commands.%s in %s", i + 1,
			actions[a].name, list->file);
	return false;
}

bool action_run(const struct limactl *l, const struct ctx *c, enum action a,
	const struct command_list *list, const struct action_vars *v, const struct resources *res,
	struct buf *out, const struct run *more, struct err *e)
{
	for (size_t i = 0; i < list->commands.n; i++) {
		const char *command = list->commands.v[i];
		bool ok;

		if (out)
			buf_clear(out); /* only the last command's counts */
		if (list->builtin)
			ok = run_built_in(l, c, a, command, v, res, out, more, e);
		else
			ok = run_line(l, c, a, command, v, out, more, e);
		if (!ok)
			return tell_origin(a, list, i, e);
	}
	return true;
}

bool action_guest_script(const struct limactl *l, const struct command_list *list,
	const struct action_vars *v, struct buf *script, struct err *e)
{
	for (size_t i = 0; i < list->commands.n; i++) {
		own_buf struct buf line = {0};

		if (!action_line(l, list->commands.v[i], v, &line, e))
			return false;
		buf_puts(script, i ? " && " : "");
		buf_str(script, buf_view(&line));
	}
	return true;
}
