#include "tree/flusher.h"

#include <pthread.h>
#include <signal.h>

#include "base/mem.h"
#include "os/file.h"

#define EVERY (64u << 20)

struct flusher {
	char *path;
	uint64_t unsynced; /* bytes */
	bool closing;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

static void *run(void *arg)
{
	struct flusher *f = arg;

	pthread_mutex_lock(&f->lock);
	while (!f->closing) {
		if (f->unsynced < EVERY) {
			pthread_cond_wait(&f->changed, &f->lock);
			continue;
		}
		f->unsynced = 0;
		pthread_mutex_unlock(&f->lock);
		file_sync_fs(f->path, NULL);
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

static void release(struct flusher *f)
{
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
	free(f->path);
	free(f);
}

/* Signals are for the thread that gives the work. */
struct flusher *flusher_new(const char *path)
{
	struct flusher *f = mem_alloc(sizeof(*f));
	sigset_t all, before;
	int failed;

	f->path = mem_strdup(path);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&f->thread, NULL, run, f);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		return f;
	release(f);
	return NULL;
}

void flusher_wrote(struct flusher *f, uint64_t bytes)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->unsynced += bytes;
	if (f->unsynced >= EVERY)
		pthread_cond_signal(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

void flusher_free(struct flusher *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->closing = true;
	pthread_cond_signal(&f->changed);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	release(f);
}
