#include "tree/parts.h"

#include "tree/crew.h"

#define PART ((size_t)32) /* elements; a part takes about 1 ms */
#define WORTH (4 * PART)  /* threads below that would come too late */
#define SLOTS 64

struct parts {
	void (*work)(size_t from, size_t to, void *arg);
	void *arg;
};

struct part {
	size_t from, to;
};

static void *no_tools(void)
{
	return NULL;
}

static void drop_tools(void *tools)
{
	(void)tools;
}

static void work_on(void *job, void *tools, void *arg)
{
	const struct part *p = job;
	const struct parts *all = arg;

	(void)tools;
	all->work(p->from, p->to, all->arg);
}

static void drop_part(void *job)
{
	(void)job;
}

void parts_do(size_t n, void (*work)(size_t from, size_t to, void *arg), void *arg)
{
	static const struct crew_kind kind = {.job_size = sizeof(struct part),
		.tools_new = no_tools,
		.tools_free = drop_tools,
		.work = work_on,
		.fini = drop_part};
	struct parts all = {work, arg};
	struct crew *c;

	if (n < WORTH) {
		if (n)
			work(0, n, arg);
		return;
	}
	c = crew_new(&kind, &all, SLOTS);
	for (size_t from = 0; from < n; from += PART) {
		struct part *p;

		while (!(p = crew_slot(c)))
			if (crew_oldest(c))
				crew_release(c);
		*p = (struct part){from, n - from < PART ? n : from + PART};
		crew_give(c, false);
	}
	while (crew_oldest(c))
		crew_release(c);
	crew_free(c);
}
