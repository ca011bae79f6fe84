#include "ops/clone_record.h"

#include "base/mem.h"
#include "ops/host_commands.h"
#include "ops/node_record.h"
#include "os/draft.h"
#include "os/fd.h"
#include "os/file.h"
#include "store/bootstrap_file.h"

#define PIECE (1u << 20)

static void forget(char **member)
{
	free(*member);
	*member = NULL;
}

/* Mode, resources, overrides, seeded and bootstrap state are the source's; what names it or
 * tells of its own life is not. */
static void inherit(struct node *n, const struct node *source)
{
	char **own[] = {&n->id, &n->slug, &n->lima_instance_name, &n->lifecycle_state, &n->status,
		&n->generated_template_path, &n->parent_node_id, &n->created_at, &n->updated_at,
		&n->deleted_at, &n->last_reconciled_at};

	fields_copy(&node_fields, n, source);
	for (size_t i = 0; i < countof(own); i++)
		forget(own[i]);
	fields_fini(&observation_fields, &n->observation);
	n->parent_node_id = mem_strdup(source->id);
}

static bool copy_bootstrap(struct node_work *w, const struct node_work *source, struct err *e)
{
	struct bootstrap b = {0};
	bool ok = bootstrap_load(w->h, source->node.id, &b, e) &&
		  bootstrap_save(w->h, w->node.id, &b, e);

	bootstrap_fini(&b);
	return ok;
}

static bool copy_pieces(const char *from, int to, struct err *e)
{
	own_buf struct buf piece = {0};
	uint64_t at = 0;

	do {
		buf_clear(&piece);
		if (!file_read_from(from, at, &piece, PIECE, e) ||
			!fd_write_all(to, buf_view(&piece), from, e))
			return false;
		at += piece.n;
	} while (piece.n);
	return true;
}

/* A node from before there was such a file has none. */
static bool copy_file(const char *from, const char *to, struct err *e)
{
	own_draft struct draft d = DRAFT_NONE;

	return !file_exists(from) ||
	       (draft_open(&d, to, e) && copy_pieces(from, d.fd, e) && draft_commit(&d, 0600, e));
}

static bool copy_files(struct node_work *w, const struct node_work *source, struct err *e)
{
	own_buf struct buf from = {0}, to = {0};

	return copy_bootstrap(w, source, e) &&
	       copy_file(
		       source->node.generated_template_path, w->node.generated_template_path, e) &&
	       copy_file(node_work_path(source, &from, "seed-manifest.json"),
		       node_work_path(w, &to, "seed-manifest.json"), e);
}

bool clone_record_make(struct node_work *w, struct node_work *source,
	const struct node_clone_opts *o, struct err *e)
{
	const struct node_name name = {o->slug, source->node.slug, "-clone", "--node-slug"};

	w->h = source->h;
	w->ctx = source->ctx;
	inherit(&w->node, &source->node);
	fields_copy(&project_fields, &w->project, &source->project);
	return host_commands_load(w->h, &w->ctx, o->lima_commands_file, o->trust_file,
		       &w->node.lima_commands, e) &&
	       node_work_lima(w, e) && node_record_make(w, &name, e) && node_work_project(w, e) &&
	       node_work_join(w, source, e) && node_record_refer(w, e) && copy_files(w, source, e);
}
