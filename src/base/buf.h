/* buf.h - a growing byte buffer
 *
 * {0} is an empty buffer. buf.p is NUL terminated after every call that adds,
 * so that a buffer holding text can be read as a C string with buf_z().
 *
 *	own_buf struct buf b = {0};
 *	buf_printf(&b, "%s/%s", dir, name);
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
};

void buf_fini(struct buf *b);
#define own_buf __attribute__((cleanup(buf_fini)))

void buf_reserve(struct buf *b, size_t more); /* room for n + more bytes and a NUL */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *z); /* NULL adds nothing */
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_clear(struct buf *b);	       /* keeps the storage */
void buf_cut(struct buf *b, size_t n); /* shortens to n bytes */
/* Replaces bytes [start, end) by s. */
void buf_splice(struct buf *b, size_t start, size_t end, struct str s);
/* Keeps only the last `max` bytes, cut at a line start where one is near. */
void buf_keep_tail(struct buf *b, size_t max);

static inline struct str buf_view(const struct buf *b)
{
	return str_n(b->p, b->n);
}
static inline const char *buf_z(const struct buf *b)
{
	return b->p ? b->p : "";
}
/* The text as malloc'ed C string; the buffer is empty afterwards. */
char *buf_steal(struct buf *b);

#endif
