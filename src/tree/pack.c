#include "tree/pack.h"

#include <zstd.h>

#include "base/mem.h"

#define ROOM ((size_t)64 << 10)

struct pack {
	ZSTD_CCtx *ctx;
};

struct pack *pack_new(int level)
{
	struct pack *p = mem_alloc(sizeof(*p));

	p->ctx = ZSTD_createCCtx();
	if (!p->ctx)
		abort(); /* as all small allocations (mem.h) */
	ZSTD_CCtx_setParameter(p->ctx, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(p->ctx, ZSTD_c_checksumFlag, 1);
	/* A library built without threads refuses, and compresses in this one. */
	ZSTD_CCtx_setParameter(p->ctx, ZSTD_c_nbWorkers, 1);
	return p;
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	ZSTD_freeCCtx(p->ctx);
	free(p);
}

static bool step(struct pack *p, ZSTD_inBuffer *in, ZSTD_EndDirective mode, struct buf *out,
	size_t *left, struct err *e)
{
	ZSTD_outBuffer z;

	buf_reserve(out, ROOM);
	z = (ZSTD_outBuffer){out->p + out->n, ROOM, 0};
	*left = ZSTD_compressStream2(p->ctx, &z, in, mode);
	out->n += z.pos;
	out->p[out->n] = '\0';
	if (ZSTD_isError(*left))
		return err_set(e, ERR_INTERNAL, "zstd: %s", ZSTD_getErrorName(*left));
	return true;
}

bool pack_add(struct pack *p, struct str piece, struct buf *out, struct err *e)
{
	ZSTD_inBuffer in = {piece.p, piece.n, 0};
	size_t left;

	while (in.pos < in.size)
		if (!step(p, &in, ZSTD_e_continue, out, &left, e))
			return false;
	return true;
}

bool pack_end(struct pack *p, struct buf *out, struct err *e)
{
	ZSTD_inBuffer in = {NULL, 0, 0};
	size_t left;

	do
		if (!step(p, &in, ZSTD_e_end, out, &left, e))
			return false;
	while (left);
	return true;
}
