#include "base/ctx.h"

int ctx_cancelled(const struct ctx *c)
{
	return c && c->cancel ? (int)*c->cancel : 0;
}

bool ctx_check(const struct ctx *c, struct err *e)
{
	int sig = ctx_cancelled(c);

	if (!sig)
		return true;
	return err_set(
		e, ERR_INTERRUPTED, "interrupted by %s", sig == SIGINT ? "Ctrl-C" : "a signal");
}

struct ctx ctx_fresh(const struct ctx *c, int64_t deadline)
{
	return (struct ctx){.sink = c ? c->sink : NULL, .deadline = deadline};
}

void ctx_progress(const struct ctx *c, const struct progress *p)
{
	if (c && c->sink && c->sink->progress)
		c->sink->progress(c->sink, p);
}

void ctx_step(const struct ctx *c, const char *step, enum step_state state, const char *fmt, ...)
{
	own_buf struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	ctx_progress(c, &(struct progress){.step = step, .state = state, .message = buf_view(&b)});
}

void ctx_notice(const struct ctx *c, enum level level, const char *fmt, ...)
{
	own_buf struct buf b = {0};
	va_list ap;

	if (!c || !c->sink || !c->sink->notice)
		return;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	c->sink->notice(c->sink, level, buf_view(&b));
}

void ctx_log(const struct ctx *c, struct str line)
{
	if (c && c->sink && c->sink->log)
		c->sink->log(c->sink, line);
}

void ctx_tick(const struct ctx *c)
{
	if (c && c->sink && c->sink->tick)
		c->sink->tick(c->sink);
}
