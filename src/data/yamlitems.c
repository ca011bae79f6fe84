#include "data/yamlitems.h"

#include "data/yamlspan.h"

/* Above this the middle of two lists is not compared item by item. */
#define MAX_CELLS 250000

static bool is_block_list(struct str text, const struct yaml_node *n)
{
	return n->kind == YAML_SEQ && n->n && !n->flow && !n->alias && text.p[n->start] == '-' &&
	       span_blank(text, span_line_start(text, n->start), n->start);
}

/* Item i with what stands above it since the item before. */
static struct str chunk(struct str text, const struct yaml_node *seq, size_t i)
{
	size_t from = i ? span_line_next(text, seq->items[i - 1]->end)
			: span_line_start(text, seq->start);

	return str_n(text.p + from, span_line_next(text, seq->items[i]->end) - from);
}

/* Two lists without their common beginning and end. */
struct middle {
	const struct yaml_node *a, *b;
	size_t from, na, nb;
};

static struct middle middle_of(const struct yaml_node *a, const struct yaml_node *b)
{
	size_t from = 0, na = a->n, nb = b->n;

	while (from < na && from < nb && yaml_same(a->items[from], b->items[from]))
		from++;
	while (na > from && nb > from && yaml_same(a->items[na - 1], b->items[nb - 1])) {
		na--;
		nb--;
	}
	return (struct middle){a, b, from, na - from, nb - from};
}

/* len[i][j]: the longest common subsequence of a[i…] and b[j…]. */
static unsigned *lcs(const struct middle *m)
{
	size_t w = m->nb + 1;
	unsigned *len = mem_alloc((m->na + 1) * w * sizeof(*len));

	for (size_t i = m->na; i-- > 0;) {
		for (size_t j = m->nb; j-- > 0;) {
			unsigned down = len[(i + 1) * w + j], right = len[i * w + j + 1];

			if (yaml_same(m->a->items[m->from + i], m->b->items[m->from + j]))
				len[i * w + j] = len[(i + 1) * w + j + 1] + 1;
			else
				len[i * w + j] = down > right ? down : right;
		}
	}
	return len;
}

/* keep[j] is the old item that new item j keeps, or a->n. */
static size_t *match(const struct yaml_node *a, const struct yaml_node *b)
{
	struct middle m = middle_of(a, b);
	size_t *keep = mem_array(NULL, b->n + 1, sizeof(*keep));
	own_mem unsigned *len = NULL;
	size_t i = 0, j = 0;

	for (size_t k = 0; k < b->n; k++)
		keep[k] = k < m.from ? k : k >= m.from + m.nb ? a->n - (b->n - k) : a->n;
	if (!m.na || !m.nb || m.na > MAX_CELLS / m.nb)
		return keep;
	len = lcs(&m);
	while (i < m.na && j < m.nb) {
		size_t w = m.nb + 1;

		if (yaml_same(a->items[m.from + i], b->items[m.from + j]))
			keep[m.from + j++] = m.from + i++;
		else if (len[(i + 1) * w + j] >= len[i * w + j + 1])
			i++;
		else
			j++;
	}
	return keep;
}

static void end_line(struct buf *out)
{
	if (out->n && !span_break(buf_view(out), out->n - 1))
		buf_putc(out, '\n');
}

bool yamlitems_replace(struct str text, const struct yaml_node *old, const struct yamlval *val,
	struct buf *out, size_t *start, size_t *end)
{
	const struct yaml_node *fresh = val->node;
	own_mem size_t *keep = NULL;

	if (!is_block_list(text, old) || fresh->kind != YAML_SEQ || !fresh->n || val->text.p)
		return false;
	keep = match(old, fresh);
	for (size_t j = 0; j < fresh->n; j++) {
		struct yamlval item = {fresh->items[j], {0}, val->keys};

		end_line(out);
		if (keep[j] < old->n)
			buf_str(out, chunk(text, old, keep[j]));
		else
			yamlval_item(out, old->column, &item);
	}
	*start = span_line_start(text, old->start);
	*end = span_line_next(text, old->items[old->n - 1]->end);
	if (*end < text.n || span_line_end(text, old->items[old->n - 1]->end) < text.n)
		end_line(out);
	else if (out->n && span_break(buf_view(out), out->n - 1))
		buf_cut(out, out->n - 1);
	return true;
}

bool yamlitems_append(struct str text, const struct yaml_node *old, const struct yamlval *item,
	struct buf *out, size_t *at)
{
	if (!is_block_list(text, old))
		return false;
	*at = span_line_end(text, old->items[old->n - 1]->end);
	buf_putc(out, '\n');
	yamlval_item(out, old->column, item);
	return true;
}
