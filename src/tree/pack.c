#include "tree/pack.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <zstd.h>

#include "base/mem.h"

#define JOB ((size_t)256 << 10)
#define ROOM ((size_t)64 << 10)
#define PACE_US 50000
#define QUICK 3 /* looks at a quick receiver until it is believed: a slow one takes in gulps */
/* What ssh's channel (2 MiB, channels.h, CHAN_SES_WINDOW_DEFAULT), sockets and pipes take at
 * once from anybody: it tells nothing of the receiver. */
#define BUFFERS ((uint64_t)4 << 20)

/* On C headers, from level 1 on: 390, 535, 700 and 1950 MB/s, ratios 5.6, 4.2, 1.9 and 1.05.
 * Level 3 takes 1.3 times as long as 1, and gives 0.7 of its bytes (bench/seed's tree). */
static const int levels[] = {3, 1, -5, -50, -1000};

struct pack {
	struct buf gather; /* the next job, the caller's */
	size_t level;	   /* index, for the next job */
	uint64_t given;	   /* bytes that came out so far */
	int64_t here_us, there_us;
	unsigned quick; /* such looks in a row */
	bool started;

	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* Under the lock: */
	bool busy, quit;
	struct buf done; /* what the caller has not fetched yet */
	size_t error;	 /* zstd's, 0 while none */

	/* The thread's while busy is set, the caller's while not: */
	struct buf job, made;
	size_t job_level;
	bool last;
	/* The thread's: */
	ZSTD_CCtx *ctx;
	size_t frame_level;
};

/* ---- the thread ---- */

static void set_level(struct pack *p, size_t level)
{
	ZSTD_CCtx_setParameter(p->ctx, ZSTD_c_compressionLevel, levels[level]);
	p->frame_level = level;
}

/* Compresses in to its end, or ends the frame. Gives zstd's error or 0. */
static size_t compress(struct pack *p, struct str in, ZSTD_EndDirective mode)
{
	ZSTD_inBuffer zin = {in.p, in.n, 0};
	size_t left;

	do {
		ZSTD_outBuffer zout;

		buf_reserve(&p->made, ROOM);
		zout = (ZSTD_outBuffer){p->made.p + p->made.n, ROOM, 0};
		left = ZSTD_compressStream2(p->ctx, &zout, &zin, mode);
		if (ZSTD_isError(left))
			return left;
		p->made.n += zout.pos;
	} while (mode == ZSTD_e_end ? left > 0 : zin.pos < zin.size);
	return 0;
}

static size_t do_job(struct pack *p)
{
	size_t error = 0;

	buf_clear(&p->made);
	if (p->job_level != p->frame_level) {
		error = compress(p, STR(""), ZSTD_e_end);
		set_level(p, p->job_level);
	}
	return error ? error
		     : compress(p, buf_view(&p->job), p->last ? ZSTD_e_end : ZSTD_e_continue);
}

static void *work(void *arg)
{
	struct pack *p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->quit) {
		size_t error;

		if (!p->busy) {
			pthread_cond_wait(&p->changed, &p->lock);
			continue;
		}
		pthread_mutex_unlock(&p->lock);
		error = do_job(p);
		pthread_mutex_lock(&p->lock);
		buf_str(&p->done, buf_view(&p->made));
		p->error = error;
		p->busy = false;
		pthread_cond_signal(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* ---- the caller ---- */

struct pack *pack_new(void)
{
	struct pack *p = mem_alloc(sizeof(*p));

	p->ctx = ZSTD_createCCtx();
	if (!p->ctx)
		abort(); /* as all small allocations (mem.h) */
	ZSTD_CCtx_setParameter(p->ctx, ZSTD_c_checksumFlag, 1);
	set_level(p, 0);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	return p;
}

/* Signals are for the thread that runs the loop. */
static bool start(struct pack *p, struct err *e)
{
	sigset_t all, before;

	if (p->started)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	errno = pthread_create(&p->thread, NULL, work, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	p->started = errno == 0;
	return p->started || err_sys(e, "start a thread");
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	if (p->started) {
		pthread_mutex_lock(&p->lock);
		p->quit = true;
		pthread_cond_signal(&p->changed);
		pthread_mutex_unlock(&p->lock);
		pthread_join(p->thread, NULL);
	}
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->changed);
	ZSTD_freeCCtx(p->ctx);
	buf_fini(&p->gather);
	buf_fini(&p->done);
	buf_fini(&p->job);
	buf_fini(&p->made);
	free(p);
}

/* Waits for the job under way, fetches what is done, and, unless there is nothing to
 * do, hands over the next. */
static bool exchange(struct pack *p, bool next, bool last, struct buf *out, struct err *e)
{
	size_t error;

	if (!start(p, e))
		return false;
	pthread_mutex_lock(&p->lock);
	while (p->busy)
		pthread_cond_wait(&p->changed, &p->lock);
	buf_str(out, buf_view(&p->done));
	p->given += p->done.n;
	buf_clear(&p->done);
	error = p->error;
	if (next && !error) {
		struct buf was = p->job;

		p->job = p->gather;
		p->gather = was;
		buf_clear(&p->gather);
		p->job_level = p->level;
		p->last = last;
		p->busy = true;
		pthread_cond_signal(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
	return !error || err_set(e, ERR_INTERNAL, "zstd: %s", ZSTD_getErrorName(error));
}

bool pack_add(struct pack *p, struct str piece, struct buf *out, struct err *e)
{
	buf_str(&p->gather, piece);
	return p->gather.n < JOB || exchange(p, true, false, out, e);
}

bool pack_end(struct pack *p, struct buf *out, struct err *e)
{
	return exchange(p, true, true, out, e) && exchange(p, false, false, out, e);
}

void pack_pace(struct pack *p, int64_t here_us, int64_t there_us)
{
	int64_t both;

	if (p->given < BUFFERS)
		return;
	p->here_us += here_us;
	p->there_us += there_us;
	both = p->here_us + p->there_us;
	if (both < PACE_US)
		return;
	p->quick = p->there_us < both / 8 ? p->quick + 1 : 0;
	if (p->quick >= QUICK && p->level + 1 < countof(levels)) {
		p->level++;
		p->quick = 0;
	} else if (p->there_us > both / 2 && p->level > 0) {
		p->level--;
	}
	p->here_us = p->there_us = 0;
}
