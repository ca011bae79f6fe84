#include "cli/tree_text.h"

#include "base/escape.h"
#include "base/mem.h"
#include "data/codec.h"
#include "data/jsonout.h"

/* Forks may be nested deeply: an explicit stack, not recursion. */
struct frame {
	struct tree_item *const *items;
	size_t n, at;
	size_t prefix; /* length of the prefix before this level's own branch */
};

struct stack {
	struct frame *v;
	size_t n;
};

static void push(struct stack *s, struct tree_item *const *items, size_t n, size_t prefix)
{
	s->v = mem_array(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = (struct frame){items, n, 0, prefix};
}

static void roots(const struct project_tree *t, struct stack *s)
{
	if (t->root)
		push(s, (struct tree_item *const *)&t->root, 1, 0);
	else
		push(s, t->lineage.roots, t->lineage.n_roots, 0);
}

static void line(struct buf *out, const struct buf *prefix, bool last, const char *what,
	const char *slug, const char *deleted_at)
{
	buf_str(out, buf_view(prefix));
	buf_puts(out, last ? "└── " : "├── ");
	buf_puts(out, what);
	escape_text(out, str_z(slug));
	buf_puts(out, deleted_at ? " (deleted)\n" : "\n");
}

static void node_lines(struct buf *out, const struct buf *prefix, const struct tree_item *item)
{
	for (size_t i = 0; i < item->n_nodes; i++)
		line(out, prefix, i + 1 == item->n_nodes && !item->n_children,
			"node: ", item->nodes[i]->slug, item->nodes[i]->deleted_at);
}

void tree_text(const struct project_tree *t, struct buf *out)
{
	own_buf struct buf prefix = {0};
	struct stack s = {0};

	roots(t, &s);
	while (s.n) {
		struct frame *f = &s.v[s.n - 1];

		buf_cut(&prefix, f->prefix);
		if (f->at == f->n) {
			s.n--;
			continue;
		}
		const struct tree_item *item = f->items[f->at++];
		bool last = f->at == f->n;

		line(out, &prefix, last, "", item->project->slug, item->project->deleted_at);
		buf_puts(&prefix, last ? "    " : "│   ");
		node_lines(out, &prefix, item);
		push(&s, item->children, item->n_children, prefix.n);
	}
	free(s.v);
}

static void open_item(struct json_out *j, const struct tree_item *item)
{
	jout_object(j);
	jout_key(j, "project");
	codec_to_json(&project_fields, item->project, j);
	jout_key(j, "nodes");
	jout_array(j);
	for (size_t i = 0; i < item->n_nodes; i++)
		codec_to_json(&node_fields, item->nodes[i], j);
	jout_end(j);
	jout_key(j, "children");
	jout_array(j);
}

void tree_json(const struct project_tree *t, struct buf *out)
{
	struct json_out j = {.out = out};
	struct stack s = {0};

	jout_array(&j);
	roots(t, &s);
	while (s.n) {
		struct frame *f = &s.v[s.n - 1];

		if (f->at == f->n) {
			s.n--;
			jout_end(&j); /* the children, or the whole list */
			if (s.n)
				jout_end(&j); /* the item */
			continue;
		}
		const struct tree_item *item = f->items[f->at++];

		open_item(&j, item);
		push(&s, item->children, item->n_children, 0);
	}
	free(s.v);
}
