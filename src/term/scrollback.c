#include "term/scrollback.h"

#include <stddef.h>
#include <string.h>

enum { BLOCK_MIN = 512, BLOCK_FIRST = 4096, BLOCK_MAX = 64 << 10 };

void scrollback_init(struct scrollback *s, size_t budget)
{
	*s = (struct scrollback){.budget = budget};
}

static struct block *block_at(const struct scrollback *s, uint32_t i)
{
	return s->b[(s->head + i) & (s->cap_blocks - 1)];
}

static struct block *last_block(const struct scrollback *s)
{
	return s->n_blocks ? block_at(s, s->n_blocks - 1) : NULL;
}

static size_t block_size(const struct block *b)
{
	return sizeof(*b) + b->cap;
}

static void free_block(struct scrollback *s, struct tmem *m, struct block *b)
{
	s->bytes -= block_size(b);
	tmem_free(m, b, block_size(b));
}

static void drop_oldest(struct scrollback *s, struct tmem *m)
{
	struct block *b = block_at(s, 0);

	s->first += b->n;
	s->n -= b->n;
	s->head = (s->head + 1) & (s->cap_blocks - 1);
	s->n_blocks--;
	free_block(s, m, b);
}

void scrollback_clear(struct scrollback *s, struct tmem *m)
{
	while (s->n_blocks)
		drop_oldest(s, m);
}

void scrollback_fini(struct scrollback *s, struct tmem *m)
{
	scrollback_clear(s, m);
	tmem_free(m, s->b, s->cap_blocks * sizeof(struct block *));
	*s = (struct scrollback){0};
}

static bool grow_ring(struct scrollback *s, struct tmem *m)
{
	uint32_t to = s->cap_blocks ? s->cap_blocks * 2 : 8;
	struct block **b;

	if (s->n_blocks < s->cap_blocks)
		return true;
	b = tmem_zalloc(m, to * sizeof(struct block *));
	if (!b)
		return false;
	for (uint32_t i = 0; i < s->n_blocks; i++)
		b[i] = block_at(s, i);
	tmem_free(m, s->b, s->cap_blocks * sizeof(struct block *));
	s->b = b;
	s->head = 0;
	s->cap_blocks = to;
	return true;
}

/* Blocks grow with the history, so that a quiet terminal stays small, and stay a
 * small part of the budget, so that dropping one does not drop much. */
static uint32_t next_cap(const struct scrollback *s, size_t need)
{
	size_t cap = s->bytes < BLOCK_FIRST ? BLOCK_FIRST : s->bytes;
	size_t part = s->budget / 8;

	cap = cap > BLOCK_MAX ? BLOCK_MAX : cap;
	cap = cap > part ? part : cap;
	cap = cap < BLOCK_MIN ? BLOCK_MIN : cap;
	return (uint32_t)(cap < need ? need : cap);
}

static struct block *new_block(struct scrollback *s, struct tmem *m, uint32_t cap)
{
	size_t size = sizeof(struct block) + cap;
	struct block *b;

	if (size > s->budget)
		return NULL;
	while (s->n_blocks && s->bytes + size > s->budget)
		drop_oldest(s, m);
	if (!grow_ring(s, m))
		return NULL;
	b = tmem_alloc(m, size);
	while (!b && s->n_blocks > 1) { /* the terminal's own limit is nearer than the budget */
		drop_oldest(s, m);
		b = tmem_alloc(m, size);
	}
	if (!b)
		return NULL;
	b->cap = cap;
	b->used = b->n = 0;
	b->first = s->first + s->n;
	s->b[(s->head + s->n_blocks++) & (s->cap_blocks - 1)] = b;
	s->bytes += size;
	return b;
}

/* Whether `size` bytes and their offset find room in the block. */
static bool fits(const struct block *b, size_t size)
{
	return b && b->cap - b->used - b->n * sizeof(uint32_t) >= size + sizeof(uint32_t);
}

static void seal(struct scrollback *s, struct block *b, size_t size)
{
	uint32_t at = b->used;

	b->n++;
	memcpy(b->data + b->cap - b->n * sizeof(at), &at, sizeof(at));
	b->used += (uint32_t)size;
	s->n++;
}

bool scrollback_push_packed(struct scrollback *s, struct tmem *m, struct str packed)
{
	struct block *b = last_block(s);

	if (!s->budget)
		return false;
	if (!fits(b, packed.n))
		b = new_block(s, m, next_cap(s, packed.n + 2 * sizeof(uint32_t)));
	if (!b)
		return false;
	memcpy(b->data + b->used, packed.p, packed.n);
	seal(s, b, packed.n);
	return true;
}

/* Where blocks begin follows from what rows take, not from what they may take at most,
 * so that the same rows are kept whatever way they were written. */
void scrollback_push(
	struct scrollback *s, struct tmem *m, const struct rowtables *t, const struct row *r)
{
	struct block *b = last_block(s);
	size_t bound = rowcode_bound(t, r);
	char *packed;

	if (!s->budget)
		return;
	if (fits(b, bound)) {
		seal(s, b, rowcode_pack(t, r, b->data + b->used));
		return;
	}
	packed = tmem_alloc(m, bound);
	if (packed)
		scrollback_push_packed(s, m, str_n(packed, rowcode_pack(t, r, packed)));
	tmem_free(m, packed, bound);
}

const struct block *scrollback_block(const struct scrollback *s, uint32_t i)
{
	return block_at(s, i);
}

bool scrollback_open(struct scrollback *s, struct tmem *m, uint32_t cap)
{
	return s->budget && cap >= BLOCK_MIN && new_block(s, m, cap);
}

static uint32_t offset_of(const struct block *b, uint32_t i)
{
	uint32_t at;

	if (i == b->n)
		return b->used;
	memcpy(&at, b->data + b->cap - (i + 1) * sizeof(at), sizeof(at));
	return at;
}

struct str scrollback_row(const struct scrollback *s, uint32_t i)
{
	uint64_t number = s->first + i;
	uint32_t lo = 0, hi = s->n_blocks;
	const struct block *b;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (block_at(s, mid)->first <= number)
			lo = mid;
		else
			hi = mid;
	}
	b = block_at(s, lo);
	i = (uint32_t)(number - b->first);
	return str_n(b->data + offset_of(b, i), offset_of(b, i + 1) - offset_of(b, i));
}

bool scrollback_wraps(const struct scrollback *s, uint32_t i)
{
	struct str packed = scrollback_row(s, i);
	struct rowhead head = {0};

	memcpy(&head, packed.p, packed.n < sizeof(head) ? packed.n : sizeof(head));
	return head.flags & ROW_WRAPPED;
}

void scrollback_pop(struct scrollback *s, struct tmem *m)
{
	struct block *b = block_at(s, s->n_blocks - 1);

	b->used = offset_of(b, b->n - 1);
	b->n--;
	s->n--;
	if (!b->n) {
		s->n_blocks--;
		free_block(s, m, b);
	}
}

bool scrollback_unwrap(struct scrollback *s)
{
	struct block *b = last_block(s);
	char *flags = b ? b->data + offset_of(b, b->n - 1) + offsetof(struct rowhead, flags) : NULL;

	if (!flags || !(*flags & ROW_WRAPPED))
		return false;
	*flags = (char)(*flags & ~ROW_WRAPPED);
	return true;
}

void scrollback_trim(struct scrollback *s, struct tmem *m)
{
	while (s->n_blocks && s->bytes > s->budget)
		drop_oldest(s, m);
}
