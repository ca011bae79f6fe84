#include "base/buf.h"

#include "base/mem.h"

void buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

void buf_reserve(struct buf *b, size_t more)
{
	size_t need = b->n + more + 1;

	if (b->p && need <= b->cap)
		return;
	if (need < b->cap + b->cap / 2)
		need = b->cap + b->cap / 2;
	b->cap = need < 64 ? 64 : need;
	b->p = mem_realloc(b->p, b->cap);
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	buf_reserve(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_puts(struct buf *b, const char *z)
{
	buf_str(b, str_z(z));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list ap2;
	int n;

	va_copy(ap2, ap);
	n = vsnprintf(NULL, 0, fmt, ap2);
	va_end(ap2);
	if (n <= 0)
		return;
	buf_reserve(b, (size_t)n);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_clear(struct buf *b)
{
	buf_cut(b, 0);
}

void buf_cut(struct buf *b, size_t n)
{
	if (n > b->n || !b->p)
		return;
	b->n = n;
	b->p[n] = '\0';
}

void buf_splice(struct buf *b, size_t start, size_t end, struct str s)
{
	size_t tail = b->n - end;

	buf_reserve(b, s.n);
	memmove(b->p + start + s.n, b->p + end, tail);
	if (s.n)
		memcpy(b->p + start, s.p, s.n);
	b->n = start + s.n + tail;
	b->p[b->n] = '\0';
}

void buf_keep_tail(struct buf *b, size_t max)
{
	size_t cut;
	const char *nl;

	if (b->n <= max)
		return;
	cut = b->n - max;
	nl = memchr(b->p + cut, '\n', b->n - cut < 4096 ? b->n - cut : 4096);
	if (nl)
		cut = (size_t)(nl - b->p) + 1;
	buf_splice(b, 0, cut, (struct str){0});
}

char *buf_steal(struct buf *b)
{
	char *p;

	if (!b->p)
		buf_add(b, "", 0);
	p = b->p;
	*b = (struct buf){0};
	return p;
}
