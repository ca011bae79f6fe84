/* records.h - what CODELIMA_HOME holds, as C structs with their field tables
 *
 * Names and order are a contract (contract/cli.md §4, contract/store.md §1).
 * Every struct is zeroed to begin with and freed with fields_fini(&X_fields, x).
 */
#ifndef MODEL_RECORDS_H
#define MODEL_RECORDS_H

#include "base/fields.h"

struct resources {
	int64_t cpus; /* 0: not set */
	char *memory; /* "4GiB" or NULL */
	char *disk;
};
extern const struct fields resources_fields;

struct environment {
	char *id, *slug;
	struct strv bootstrap_commands;
	char *created_at, *updated_at, *deleted_at;
};
extern const struct fields environment_fields;

struct profile {
	char *name;
	struct strv install_commands;
	char *validation_command, *launch_command;
	struct strmap environment;
	char *term_program;    /* F_OPT */
	bool keep_history_off; /* `keep_history: false`; read by store/profiles.h, not in the table
				*/
};
extern const struct fields profile_fields;

struct shared_dir {
	char *host, *guest;
	bool writable;
};
extern const struct fields shared_dir_fields;

struct project {
	char *id, *slug, *workspace_path, *parent_project_id, *fork_base_snapshot_id;
	char *agent_profile_name;
	struct strv environment_configs;
	char *default_runtime, *default_provider, *default_lima_template;
	struct lists lima_commands;
	struct resources resources;
	struct shared_dir *shared_dirs; /* file only */
	size_t n_shared_dirs;
	char *created_at, *updated_at, *deleted_at;
};
extern const struct fields project_fields;

/* last_runtime_observation: computed, never stored. */
struct observation {
	char *name;
	bool exists;
	char *status, *dir, *hostname;
};
extern const struct fields observation_fields;

struct node {
	char *id, *slug, *project_id, *parent_node_id;
	char *runtime, *provider, *lima_instance_name;
	char *status;	       /* shown only; computed by node_status() */
	char *lifecycle_state; /* file only; NULL when absent */
	char *agent_profile_name;
	struct lists lima_commands;
	struct strv bootstrap_commands;
	char *generated_template_path, *workspace_mode, *guest_workspace_path,
		*workspace_mount_path;
	bool workspace_seeded, bootstrap_completed;
	char *bootstrap_completed_at;
	struct resources resources;
	struct strv ports; /* file only; empty: config.yaml's */
	char *created_at, *updated_at, *deleted_at;
	char *last_reconciled_at;	/* shown only */
	struct observation observation; /* shown only; name NULL: not observed */
};
extern const struct fields node_fields;

/* bootstrap.json: what a node's first start runs, frozen, with a status a step. */
struct bootstrap_step {
	char *command;
	char *origin; /* "profile", "environment SLUG", "lima_commands" */
	char *status; /* "pending", "done", "failed" */
	int64_t exit_status;
};
struct bootstrap {
	char *agent_profile_name;
	struct strv install_commands, bootstrap_commands;
	char *validation_command, *launch_command;
	struct strmap environment;
	bool completed;
	char *completed_at;
	bool frozen;  /* steps below are final: the first start attempt has begun */
	bool skipped; /* node create --no-bootstrap: nothing runs until start --rebootstrap */
	struct bootstrap_step *steps;
	size_t n_steps;
};
extern const struct fields bootstrap_step_fields;
extern const struct fields bootstrap_fields;
void bootstrap_fini(struct bootstrap *b);

struct config {
	char *metadata_root; /* always the home it was read from: the file's own word is ignored */
	char *lima_home, *default_agent_profile, *default_template;
	struct lists lima_commands;
	struct strv snapshot_excludes; /* `excludes` below `snapshot` in the file */
	char *agent_profiles_dir;
	struct resources resources;
	char *accelerator;	 /* "auto" (default) or "tcg" */
	struct strmap deadlines; /* kind → duration text */
	struct strmap keys;	 /* action → key, for the UI */
	struct strv ports;
	struct shared_dir *shared_dirs;
	size_t n_shared_dirs;
	bool containerd;
};
extern const struct fields config_fields;
void config_fini(struct config *c);

struct snapshot {
	char *id, *project_id;
	char *kind; /* initial fork_base manual */
	char *created_at, *workspace_path;
	int64_t entry_count, total_bytes;
	char *label; /* NULL: none */
	char *tree_root;
};
extern const struct fields snapshot_fields;

struct job {
	char *id, *operation, *target; /* target: node or project id */
	struct strv argv;
	int64_t pid;
	char *pid_start; /* start time of pid (os/proc.h), as text */
	char *state;	 /* queued running done failed cancelled lost */
	char *step;
	int64_t done, total;
	char *started_at, *ended_at; /* started_at: when its work began, not when it was queued */
	/* How it failed, as the command told it (base/err.h). */
	char *error, *error_category, *error_cause, *error_fix;
	struct strmap error_fields;
	int64_t exit_code;
};
extern const struct fields job_fields;

struct claim {
	char *job_id;
	int64_t pid;
	char *start_time;
	char *operation;
	int64_t child_pgid;
	char *child_start_time;
};
extern const struct fields claim_fields;

/* Lifecycle words that node.yaml may hold. */
#define LIFE_CREATED "created"
#define LIFE_PROVISIONING "provisioning"
#define LIFE_REGISTERING "registering"
#define LIFE_FAILED "failed"
#define LIFE_TERMINATING "terminating"
#define LIFE_TERMINATED "terminated"

/* Is it one of them? NULL is not. */
bool lifecycle_word(const char *word);

/* `status`: the lifecycle, else what was observed; `created` yields to an existing VM's
 * state. malloc'ed. */
char *node_status(const struct node *n, const struct observation *o);
/* Of a failed node whose VM runs a person is shown both: "running (failed)" or, with
 * `detail`, "running (failed: DETAIL)". malloc'ed. */
bool node_failed_and_runs(const struct node *n, const struct observation *o);
char *node_status_both(const char *detail);

#endif
