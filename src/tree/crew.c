#include "tree/crew.h"

#include <pthread.h>
#include <signal.h>

#include "base/mem.h"
#include "os/proc.h"

#define MAX_THREADS 8

/* Counters only grow; a slot is its counter modulo `slots`. */
struct crew {
	const struct crew_kind *kind;
	void *arg, *own_tools;
	char *jobs;
	bool *done;
	size_t slots;
	uint64_t released, taken, given;
	unsigned idle;
	bool closing;
	pthread_mutex_t lock;
	pthread_cond_t work, finished;
	pthread_t threads[MAX_THREADS];
	unsigned n_threads;
};

static void *job_at(const struct crew *c, uint64_t n)
{
	return c->jobs + (n % c->slots) * c->kind->job_size;
}

/* With the lock held, which is given up meanwhile. */
static void do_one(struct crew *c, void *tools)
{
	uint64_t n = c->taken++;

	if (c->done[n % c->slots])
		return;
	pthread_mutex_unlock(&c->lock);
	c->kind->work(job_at(c, n), tools, c->arg);
	pthread_mutex_lock(&c->lock);
	c->done[n % c->slots] = true;
	if (n == c->released)
		pthread_cond_signal(&c->finished);
}

static void *hand(void *arg)
{
	struct crew *c = arg;
	void *tools = c->kind->tools_new();

	pthread_mutex_lock(&c->lock);
	while (!c->closing) {
		if (c->taken < c->given) {
			do_one(c, tools);
			continue;
		}
		c->idle++;
		pthread_cond_wait(&c->work, &c->lock);
		c->idle--;
	}
	pthread_mutex_unlock(&c->lock);
	c->kind->tools_free(tools);
	return NULL;
}

/* Signals are for the thread that gives the work. */
static void start(struct crew *c)
{
	unsigned want = (unsigned)proc_cpus();
	sigset_t all, before;

	want = want < 1 ? 1 : want > MAX_THREADS ? MAX_THREADS : want;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (c->n_threads < want && pthread_create(&c->threads[c->n_threads], NULL, hand, c) == 0)
		c->n_threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct crew *crew_new(const struct crew_kind *kind, void *arg, size_t slots)
{
	struct crew *c = mem_alloc(sizeof(*c));

	c->kind = kind;
	c->arg = arg;
	c->slots = slots;
	c->jobs = mem_alloc(slots * kind->job_size);
	c->done = mem_alloc(slots * sizeof(*c->done));
	c->own_tools = kind->tools_new();
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->finished, NULL);
	start(c);
	return c;
}

void *crew_slot(struct crew *c)
{
	/* Both are changed by the caller's thread alone. */
	return c->given - c->released < c->slots ? job_at(c, c->given) : NULL;
}

void crew_give(struct crew *c, bool ready)
{
	pthread_mutex_lock(&c->lock);
	c->done[c->given % c->slots] = ready;
	c->given++;
	if (c->idle && !ready)
		pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
}

static void *oldest(struct crew *c, bool wait)
{
	void *job = NULL;

	if (c->released == c->given)
		return NULL;
	pthread_mutex_lock(&c->lock);
	while (wait && !c->done[c->released % c->slots]) {
		if (c->taken < c->given)
			do_one(c, c->own_tools);
		else
			pthread_cond_wait(&c->finished, &c->lock);
	}
	if (c->done[c->released % c->slots])
		job = job_at(c, c->released);
	pthread_mutex_unlock(&c->lock);
	return job;
}

void *crew_oldest(struct crew *c)
{
	return oldest(c, true);
}

void *crew_oldest_done(struct crew *c)
{
	return oldest(c, false);
}

void crew_release(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->released++;
	/* One that was ready from the start may have been passed by. */
	if (c->taken < c->released)
		c->taken = c->released;
	pthread_mutex_unlock(&c->lock);
}

void crew_free(struct crew *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->closing = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->n_threads; i++)
		pthread_join(c->threads[i], NULL);
	for (size_t i = 0; i < c->slots; i++)
		c->kind->fini(c->jobs + i * c->kind->job_size);
	c->kind->tools_free(c->own_tools);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->work);
	pthread_cond_destroy(&c->finished);
	free(c->jobs);
	free(c->done);
	free(c);
}
