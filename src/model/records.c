#include "model/records.h"

#include "base/buf.h"
#include "base/mem.h"

#define ROW(T, kind, key, member, ...)                                                             \
	{                                                                                          \
		.name = (key), .type = (kind), .offset = offsetof(struct T, member), __VA_ARGS__   \
	}
#define TABLE(T, word, rows)                                                                       \
	{                                                                                          \
		.what = (word), .f = (rows), .n = countof(rows), .size = sizeof(struct T)          \
	}

static const struct field resources_rows[] = {
	ROW(resources, F_INT, "cpus", cpus, .flags = F_OPT),
	ROW(resources, F_STR, "memory", memory, .flags = F_OPT),
	ROW(resources, F_STR, "disk", disk, .flags = F_OPT),
};
const struct fields resources_fields = TABLE(resources, "resources", resources_rows);

static const struct field environment_rows[] = {
	ROW(environment, F_STR, "id", id, .flags = F_ID),
	ROW(environment, F_STR, "slug", slug, .flags = F_ID),
	ROW(environment, F_LIST, "bootstrap_commands", bootstrap_commands),
	ROW(environment, F_STR, "created_at", created_at),
	ROW(environment, F_STR, "updated_at", updated_at),
	ROW(environment, F_STR, "deleted_at", deleted_at, .flags = F_OPT),
};
const struct fields environment_fields = TABLE(environment, "environment config", environment_rows);

static const struct field profile_rows[] = {
	ROW(profile, F_STR, "name", name, .flags = F_ID),
	ROW(profile, F_LIST, "install_commands", install_commands),
	ROW(profile, F_STR, "validation_command", validation_command),
	ROW(profile, F_STR, "launch_command", launch_command),
	ROW(profile, F_MAP, "environment", environment, .flags = F_OPT | F_STAYS),
	ROW(profile, F_STR, "term_program", term_program, .flags = F_OPT | F_YAML),
};
const struct fields profile_fields = TABLE(profile, "agent profile", profile_rows);

static const struct field shared_dir_rows[] = {
	ROW(shared_dir, F_STR, "host", host, .flags = F_ID),
	ROW(shared_dir, F_STR, "guest", guest, .flags = F_OPT),
	ROW(shared_dir, F_BOOL, "writable", writable, .flags = F_OPT),
};
const struct fields shared_dir_fields = TABLE(shared_dir, "shared directory", shared_dir_rows);

static const struct field project_rows[] = {
	ROW(project, F_STR, "id", id, .flags = F_ID),
	ROW(project, F_STR, "slug", slug, .flags = F_ID),
	ROW(project, F_STR, "workspace_path", workspace_path, .flags = F_ID),
	ROW(project, F_STR, "parent_project_id", parent_project_id, .flags = F_OPT),
	ROW(project, F_STR, "fork_base_snapshot_id", fork_base_snapshot_id, .flags = F_OPT),
	ROW(project, F_STR, "agent_profile_name", agent_profile_name),
	ROW(project, F_LIST, "environment_configs", environment_configs),
	ROW(project, F_STR, "default_runtime", default_runtime),
	ROW(project, F_STR, "default_provider", default_provider),
	ROW(project, F_STR, "default_lima_template", default_lima_template),
	ROW(project, F_LISTS, "lima_commands", lima_commands, .flags = F_OPT | F_STAYS),
	ROW(project, F_REC, "resources", resources, .flags = F_OPT, .sub = &resources_fields),
	FIELD_RECS(struct project, "shared_dirs", shared_dirs, F_OPT | F_YAML, shared_dir_fields),
	ROW(project, F_STR, "created_at", created_at),
	ROW(project, F_STR, "updated_at", updated_at),
	ROW(project, F_STR, "deleted_at", deleted_at, .flags = F_OPT),
};
const struct fields project_fields = TABLE(project, "project", project_rows);

static const struct field observation_rows[] = {
	ROW(observation, F_STR, "name", name),
	ROW(observation, F_BOOL, "exists", exists),
	ROW(observation, F_STR, "status", status, .flags = F_OPT),
	ROW(observation, F_STR, "dir", dir, .flags = F_OPT),
	ROW(observation, F_STR, "hostname", hostname, .flags = F_OPT),
};
const struct fields observation_fields = TABLE(observation, "observation", observation_rows);

static const struct field node_rows[] = {
	ROW(node, F_STR, "id", id, .flags = F_ID),
	ROW(node, F_STR, "slug", slug, .flags = F_ID),
	ROW(node, F_STR, "project_id", project_id, .flags = F_ID),
	ROW(node, F_STR, "parent_node_id", parent_node_id, .flags = F_OPT),
	ROW(node, F_STR, "runtime", runtime),
	ROW(node, F_STR, "provider", provider),
	ROW(node, F_STR, "lima_instance_name", lima_instance_name, .flags = F_ID),
	ROW(node, F_STR, "status", status, .flags = F_SHOWN),
	ROW(node, F_STR, "lifecycle_state", lifecycle_state, .flags = F_OPT | F_YAML),
	ROW(node, F_STR, "agent_profile_name", agent_profile_name),
	ROW(node, F_LISTS, "lima_commands", lima_commands, .flags = F_OPT | F_STAYS),
	ROW(node, F_LIST, "bootstrap_commands", bootstrap_commands),
	ROW(node, F_STR, "generated_template_path", generated_template_path),
	ROW(node, F_STR, "workspace_mode", workspace_mode),
	ROW(node, F_STR, "guest_workspace_path", guest_workspace_path, .flags = F_OPT),
	ROW(node, F_STR, "workspace_mount_path", workspace_mount_path, .flags = F_OPT),
	ROW(node, F_BOOL, "workspace_seeded", workspace_seeded),
	ROW(node, F_BOOL, "bootstrap_completed", bootstrap_completed),
	ROW(node, F_STR, "bootstrap_completed_at", bootstrap_completed_at, .flags = F_OPT),
	ROW(node, F_REC, "resources", resources, .flags = F_OPT, .sub = &resources_fields),
	ROW(node, F_LIST, "ports", ports, .flags = F_OPT | F_YAML),
	ROW(node, F_STR, "created_at", created_at),
	ROW(node, F_STR, "updated_at", updated_at),
	ROW(node, F_STR, "deleted_at", deleted_at, .flags = F_OPT),
	ROW(node, F_STR, "last_reconciled_at", last_reconciled_at, .flags = F_OPT | F_SHOWN),
	ROW(node, F_REC, "last_runtime_observation", observation, .flags = F_OPT | F_SHOWN,
		.sub = &observation_fields),
};
const struct fields node_fields = TABLE(node, "node", node_rows);

static const struct field bootstrap_step_rows[] = {
	ROW(bootstrap_step, F_STR, "command", command, .flags = F_ID),
	ROW(bootstrap_step, F_STR, "origin", origin),
	ROW(bootstrap_step, F_STR, "status", status),
	ROW(bootstrap_step, F_INT, "exit_status", exit_status, .flags = F_OPT),
};
const struct fields bootstrap_step_fields =
	TABLE(bootstrap_step, "bootstrap step", bootstrap_step_rows);

static const struct field bootstrap_rows[] = {
	ROW(bootstrap, F_STR, "agent_profile_name", agent_profile_name),
	ROW(bootstrap, F_LIST, "install_commands", install_commands),
	ROW(bootstrap, F_LIST, "bootstrap_commands", bootstrap_commands),
	ROW(bootstrap, F_STR, "validation_command", validation_command),
	ROW(bootstrap, F_STR, "launch_command", launch_command),
	ROW(bootstrap, F_MAP, "environment", environment),
	ROW(bootstrap, F_BOOL, "completed", completed),
	ROW(bootstrap, F_STR, "completed_at", completed_at, .flags = F_OPT),
	ROW(bootstrap, F_BOOL, "frozen", frozen, .flags = F_OPT),
	ROW(bootstrap, F_BOOL, "skipped", skipped, .flags = F_OPT),
	FIELD_RECS(struct bootstrap, "steps", steps, F_OPT, bootstrap_step_fields),
};
const struct fields bootstrap_fields = TABLE(bootstrap, "bootstrap state", bootstrap_rows);

static const struct field snapshot_rows[] = {
	ROW(snapshot, F_STR, "id", id, .flags = F_ID),
	ROW(snapshot, F_STR, "project_id", project_id, .flags = F_ID),
	ROW(snapshot, F_STR, "kind", kind),
	ROW(snapshot, F_STR, "created_at", created_at),
	ROW(snapshot, F_STR, "workspace_path", workspace_path),
	ROW(snapshot, F_INT, "entry_count", entry_count),
	ROW(snapshot, F_INT, "total_bytes", total_bytes),
	ROW(snapshot, F_STR, "label", label, .flags = F_OPT),
	ROW(snapshot, F_STR, "tree_root", tree_root),
};
const struct fields snapshot_fields = TABLE(snapshot, "snapshot", snapshot_rows);

/* `snapshot: {excludes: […]}`: a record of one member, which is the list itself. */
static const struct field excludes_rows[] = {
	{.name = "excludes", .type = F_LIST, .offset = 0},
};
static const struct fields excludes_fields = {
	.what = "snapshot", .f = excludes_rows, .n = 1, .size = sizeof(struct strv)};

static const struct field config_rows[] = {
	ROW(config, F_STR, "metadata_root", metadata_root),
	ROW(config, F_STR, "lima_home", lima_home),
	ROW(config, F_STR, "default_agent_profile", default_agent_profile),
	ROW(config, F_STR, "default_template", default_template),
	ROW(config, F_LISTS, "lima_commands", lima_commands),
	ROW(config, F_REC, "snapshot", snapshot_excludes, .flags = F_YAML, .sub = &excludes_fields),
	ROW(config, F_LIST, "snapshot_excludes", snapshot_excludes, .flags = F_SHOWN),
	ROW(config, F_STR, "agent_profiles_dir", agent_profiles_dir),
	ROW(config, F_REC, "resources", resources, .flags = F_OPT, .sub = &resources_fields),
	ROW(config, F_STR, "accelerator", accelerator, .flags = F_OPT),
	ROW(config, F_MAP, "deadlines", deadlines, .flags = F_OPT),
	ROW(config, F_MAP, "keys", keys, .flags = F_OPT),
	ROW(config, F_LIST, "ports", ports, .flags = F_OPT),
	FIELD_RECS(struct config, "shared_dirs", shared_dirs, F_OPT, shared_dir_fields),
	ROW(config, F_BOOL, "containerd", containerd, .flags = F_OPT),
};
const struct fields config_fields = TABLE(config, "config", config_rows);

static const struct field job_rows[] = {
	ROW(job, F_STR, "id", id, .flags = F_ID),
	ROW(job, F_STR, "operation", operation, .flags = F_ID),
	ROW(job, F_STR, "target", target),
	ROW(job, F_LIST, "argv", argv),
	ROW(job, F_INT, "pid", pid),
	ROW(job, F_STR, "pid_start", pid_start),
	ROW(job, F_STR, "state", state, .flags = F_ID),
	ROW(job, F_STR, "step", step, .flags = F_OPT),
	ROW(job, F_INT, "done", done),
	ROW(job, F_INT, "total", total),
	ROW(job, F_STR, "started_at", started_at, .flags = F_OPT),
	ROW(job, F_STR, "ended_at", ended_at, .flags = F_OPT),
	ROW(job, F_STR, "error", error, .flags = F_OPT),
	ROW(job, F_STR, "error_category", error_category, .flags = F_OPT),
	ROW(job, F_STR, "error_cause", error_cause, .flags = F_OPT),
	ROW(job, F_STR, "error_fix", error_fix, .flags = F_OPT),
	ROW(job, F_MAP, "error_fields", error_fields, .flags = F_OPT),
	ROW(job, F_INT, "exit_code", exit_code, .flags = F_OPT),
};
const struct fields job_fields = TABLE(job, "job", job_rows);

static const struct field claim_rows[] = {
	ROW(claim, F_STR, "job_id", job_id),
	ROW(claim, F_INT, "pid", pid),
	ROW(claim, F_STR, "start_time", start_time),
	ROW(claim, F_STR, "operation", operation),
	ROW(claim, F_INT, "child_pgid", child_pgid, .flags = F_OPT),
	ROW(claim, F_STR, "child_start_time", child_start_time, .flags = F_OPT),
};
const struct fields claim_fields = TABLE(claim, "claim", claim_rows);

void bootstrap_fini(struct bootstrap *b)
{
	fields_fini(&bootstrap_fields, b);
}

void config_fini(struct config *c)
{
	fields_fini(&config_fields, c);
}

bool lifecycle_word(const char *word)
{
	static const char *const words[] = {LIFE_CREATED, LIFE_PROVISIONING, LIFE_REGISTERING,
		LIFE_FAILED, LIFE_TERMINATING, LIFE_TERMINATED};

	for (size_t i = 0; word && i < countof(words); i++)
		if (z_eq(word, words[i]))
			return true;
	return false;
}

static const char *observed(const struct observation *o)
{
	if (!o || (o->exists && !o->status))
		return "unknown";
	return o->exists ? o->status : "missing";
}

char *node_status(const struct node *n, const struct observation *o)
{
	const char *life = lifecycle_word(n->lifecycle_state) ? n->lifecycle_state : NULL;

	if (!life || (z_eq(life, LIFE_CREATED) && o && o->exists))
		return mem_strdup(observed(o));
	return mem_strdup(life);
}

bool node_failed_and_runs(const struct node *n, const struct observation *o)
{
	return z_eq(n->lifecycle_state, LIFE_FAILED) && z_eq(observed(o), "running");
}

char *node_status_both(const char *detail)
{
	struct buf both = {0};

	buf_puts(&both, "running (failed");
	if (detail && *detail)
		buf_printf(&both, ": %s", detail);
	buf_putc(&both, ')');
	return buf_steal(&both);
}
