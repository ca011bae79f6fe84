#include "ops/host_commands.h"

#include "ops/node_work.h"
#include "os/file.h"
#include "store/command_files.h"
#include "store/record_list.h"

static bool refuse_mounted(const char *file, const struct node *n, struct err *e)
{
	err_set(e, ERR_PRECONDITION_FAILED,
		"%s lies in a workspace that node %s can write: its commands would run on this "
		"computer",
		file, n->slug);
	err_field(e, "path", file);
	return err_fix(e, "read the file, then add --trust-file");
}

static bool check_mounted(
	const struct home *h, const struct ctx *c, const char *file, struct err *e)
{
	own_records struct record_list nodes = {0};

	if (!records_list(h, c, REC_NODE, LIST_QUIET, &nodes, e))
		return false;
	for (size_t i = 0; i < nodes.n; i++) {
		const struct node *n = (const struct node *)nodes.v + i;

		if (node_is_mounted(n) && n->workspace_mount_path &&
			file_is_in(file, n->workspace_mount_path))
			return refuse_mounted(file, n, e);
	}
	return true;
}

static bool tell_workspaces(
	const struct home *h, const struct ctx *c, const char *file, struct err *e)
{
	own_records struct record_list projects = {0};

	if (!records_list(h, c, REC_PROJECT, LIST_QUIET, &projects, e))
		return false;
	for (size_t i = 0; i < projects.n; i++) {
		const struct project *p = (const struct project *)projects.v + i;

		if (file_is_in(file, p->workspace_path))
			ctx_notice(c, LEVEL_WARN,
				"%s lies in the workspace of project %s: its commands run on this "
				"computer",
				file, p->slug);
	}
	return true;
}

bool host_commands_load(const struct home *h, const struct ctx *c, const char *file, bool trusted,
	struct lists *out, struct err *e)
{
	struct lists fresh = {0};

	if (!file)
		return true;
	if ((!trusted && !check_mounted(h, c, file, e)) || !tell_workspaces(h, c, file, e) ||
		!commands_load(file, &fresh, e))
		return false;
	lists_fini(out);
	*out = fresh;
	return true;
}
