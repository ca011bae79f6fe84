/* handlers.h - what each command does: reads flags, calls ops, shows the result */
#ifndef CLI_HANDLERS_H
#define CLI_HANDLERS_H

#include "cli/command.h"

bool cmd_doctor(struct invocation *inv, struct err *e);
bool cmd_config_show(struct invocation *inv, struct err *e);
bool cmd_help(struct invocation *inv, struct err *e);
bool cmd_version(struct invocation *inv, struct err *e);
bool cmd_completion(struct invocation *inv, struct err *e);
bool cmd_complete(struct invocation *inv, struct err *e);

bool cmd_environment_create(struct invocation *inv, struct err *e);
bool cmd_environment_list(struct invocation *inv, struct err *e);
bool cmd_environment_show(struct invocation *inv, struct err *e);
bool cmd_environment_update(struct invocation *inv, struct err *e);
bool cmd_environment_delete(struct invocation *inv, struct err *e);

bool cmd_profile_create(struct invocation *inv, struct err *e);
bool cmd_profile_list(struct invocation *inv, struct err *e);
bool cmd_profile_show(struct invocation *inv, struct err *e);
bool cmd_profile_update(struct invocation *inv, struct err *e);
bool cmd_profile_delete(struct invocation *inv, struct err *e);

bool cmd_project_create(struct invocation *inv, struct err *e);
bool cmd_project_list(struct invocation *inv, struct err *e);
bool cmd_project_show(struct invocation *inv, struct err *e);
bool cmd_project_update(struct invocation *inv, struct err *e);
bool cmd_project_delete(struct invocation *inv, struct err *e);
bool cmd_project_tree(struct invocation *inv, struct err *e);

bool cmd_project_fork(struct invocation *inv, struct err *e);
bool cmd_snapshot_create(struct invocation *inv, struct err *e);
bool cmd_snapshot_list(struct invocation *inv, struct err *e);
bool cmd_snapshot_show(struct invocation *inv, struct err *e);
bool cmd_snapshot_delete(struct invocation *inv, struct err *e);

bool cmd_node_create(struct invocation *inv, struct err *e);
bool cmd_node_list(struct invocation *inv, struct err *e);
bool cmd_node_show(struct invocation *inv, struct err *e);
bool cmd_node_start(struct invocation *inv, struct err *e);
bool cmd_node_stop(struct invocation *inv, struct err *e);
bool cmd_node_restart(struct invocation *inv, struct err *e);
bool cmd_node_clone(struct invocation *inv, struct err *e);
bool cmd_node_cleanup_incomplete(struct invocation *inv, struct err *e);
bool cmd_node_delete(struct invocation *inv, struct err *e);
bool ask_node_start(struct invocation *inv, bool *yes, struct err *e);
bool ask_node_delete(struct invocation *inv, bool *yes, struct err *e);
bool cmd_node_logs(struct invocation *inv, struct err *e);
bool cmd_shell(struct invocation *inv, struct err *e);

bool cmd_job_list(struct invocation *inv, struct err *e);
bool cmd_job_show(struct invocation *inv, struct err *e);
bool cmd_job_log(struct invocation *inv, struct err *e);
bool cmd_job_cancel(struct invocation *inv, struct err *e);
bool cmd_job_wait(struct invocation *inv, struct err *e);
/* Any command with --detach. */
bool cmd_detach(struct invocation *inv, struct err *e);

#endif
