#include "model/lineage.h"

#include "base/mem.h"

struct by_id {
	const char *id;
	size_t at;
};

static int id_order(const void *a, const void *b)
{
	const struct by_id *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static struct by_id *index_projects(const struct project *projects, size_t n)
{
	struct by_id *ix = mem_alloc(n * sizeof(*ix));

	for (size_t i = 0; i < n; i++)
		ix[i] = (struct by_id){projects[i].id, i};
	if (n)
		qsort(ix, n, sizeof(*ix), id_order);
	return ix;
}

/* n when the id is NULL or not among them. */
static size_t find(const struct by_id *ix, size_t n, const char *id)
{
	struct by_id want = {id, 0};
	const struct by_id *hit;

	hit = id && n ? bsearch(&want, ix, n, sizeof(*ix), id_order) : NULL;
	return hit ? hit->at : n;
}

/* Follows parents from each project once. A walk that meets itself has found a
 * cycle; everything on it loses its parent and becomes a root. */
static void break_cycles(size_t *parent, size_t n)
{
	own_mem size_t *walk = mem_alloc(n * sizeof(*walk)); /* the walk that saw it, from 1 */

	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		while (at != n && !walk[at]) {
			walk[at] = i + 1;
			at = parent[at];
		}
		if (at == n || walk[at] != i + 1)
			continue;
		while (parent[at] != n) {
			size_t up = parent[at];

			parent[at] = n;
			at = up;
		}
	}
}

/* Every project is a root or a child, once: one array holds all those lists. */
static void hang_projects(struct lineage *l, const size_t *parent)
{
	size_t n = l->n_items, used;

	l->roots = mem_alloc(n * sizeof(struct tree_item *));
	for (size_t i = 0; i < n; i++) {
		if (parent[i] == n)
			l->roots[l->n_roots++] = &l->items[i];
		else
			l->items[parent[i]].n_children++;
	}
	used = l->n_roots;
	for (size_t i = 0; i < n; i++) {
		l->items[i].children = l->roots + used;
		used += l->items[i].n_children;
		l->items[i].n_children = 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (parent[i] != n) {
			struct tree_item *up = &l->items[parent[i]];

			up->children[up->n_children++] = &l->items[i];
		}
	}
}

/* As above for nodes; the first item's list is the start of the array. */
static void hang_nodes(
	struct lineage *l, const struct by_id *ix, const struct node *nodes, size_t n_nodes)
{
	own_mem size_t *home = mem_alloc(n_nodes * sizeof(*home));
	const struct node **pool = mem_alloc(n_nodes * sizeof(struct node *));
	size_t used = 0;

	for (size_t i = 0; i < n_nodes; i++) {
		home[i] = find(ix, l->n_items, nodes[i].project_id);
		if (home[i] != l->n_items)
			l->items[home[i]].n_nodes++;
	}
	for (size_t i = 0; i < l->n_items; i++) {
		l->items[i].nodes = pool + used;
		used += l->items[i].n_nodes;
		l->items[i].n_nodes = 0;
	}
	for (size_t i = 0; i < n_nodes; i++) {
		if (home[i] != l->n_items) {
			struct tree_item *it = &l->items[home[i]];

			it->nodes[it->n_nodes++] = &nodes[i];
		}
	}
}

void lineage_build(struct lineage *l, const struct project *projects, size_t n_projects,
	const struct node *nodes, size_t n_nodes)
{
	own_mem struct by_id *ix = NULL;
	own_mem size_t *parent = NULL;

	*l = (struct lineage){0};
	if (!n_projects)
		return;
	ix = index_projects(projects, n_projects);
	parent = mem_alloc(n_projects * sizeof(*parent));
	l->items = mem_alloc(n_projects * sizeof(*l->items));
	l->n_items = n_projects;
	for (size_t i = 0; i < n_projects; i++) {
		l->items[i].project = &projects[i];
		parent[i] = find(ix, n_projects, projects[i].parent_project_id);
	}
	break_cycles(parent, n_projects);
	hang_projects(l, parent);
	hang_nodes(l, ix, nodes, n_nodes);
}

void lineage_fini(struct lineage *l)
{
	if (l->items)
		free(l->items[0].nodes);
	free(l->items);
	free(l->roots);
	*l = (struct lineage){0};
}
