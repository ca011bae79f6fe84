/* notices.h - a sink that keeps what it is told */
#ifndef NOTICES_H
#define NOTICES_H

#include "base/ctx.h"

static struct buf told;

static void keep_notice(struct sink *s, enum level level, struct str text)
{
	(void)s;
	(void)level;
	buf_str(&told, text);
	buf_putc(&told, '\n');
}

static void keep_log(struct sink *s, struct str line)
{
	(void)s;
	buf_puts(&told, "log ");
	buf_str(&told, line);
	buf_putc(&told, '\n');
}

static void keep_progress(struct sink *s, const struct progress *p)
{
	(void)s;
	buf_printf(&told, "%s %llu/%llu %.*s\n", p->step, (unsigned long long)p->done,
		(unsigned long long)p->total, STRF(p->message));
}

static struct sink keeping = {.notice = keep_notice, .log = keep_log, .progress = keep_progress};
static const struct ctx keeping_ctx = {.sink = &keeping};

/* What was told since the last call. */
static inline const char *take_told(struct buf *out)
{
	buf_clear(out);
	buf_str(out, buf_view(&told));
	buf_fini(&told);
	return buf_z(out);
}

#endif
