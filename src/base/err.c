#include "base/err.h"

#include <errno.h>

#include "base/mem.h"

#define MESSAGE_MAX 2000

static const struct {
	const char *name;
	int code;
} kinds[] = {
	[ERR_NONE] = {"", 0},
	[ERR_INVALID_ARGUMENT] = {"InvalidArgument", 2},
	[ERR_DEPENDENCY_UNAVAILABLE] = {"DependencyUnavailable", 3},
	[ERR_NOT_FOUND] = {"NotFound", 4},
	[ERR_PRECONDITION_FAILED] = {"PreconditionFailed", 5},
	[ERR_UNSUPPORTED_FEATURE] = {"UnsupportedFeature", 5},
	[ERR_BUSY] = {"Busy", 5},
	[ERR_EXTERNAL_COMMAND_FAILED] = {"ExternalCommandFailed", 6},
	[ERR_METADATA_CORRUPTION] = {"MetadataCorruption", 7},
	[ERR_INTERNAL] = {"Internal", 7},
	[ERR_INTERRUPTED] = {"Interrupted", 130},
};
_Static_assert(countof(kinds) == ERR_KINDS, "every kind has a name and an exit code");

void err_fini(struct err *e)
{
	buf_fini(&e->msg);
	buf_fini(&e->cause);
	buf_fini(&e->fix);
	for (size_t i = 0; i < e->n_fields; i++) {
		free(e->fields[i].name);
		free(e->fields[i].value);
	}
	*e = (struct err){0};
}

/* A message that quotes a word of any length keeps its beginning and its end. */
static void shorten(struct buf *msg)
{
	size_t from = MESSAGE_MAX / 2, to = msg->n - MESSAGE_MAX / 2;

	if (msg->n <= MESSAGE_MAX)
		return;
	while ((msg->p[from] & 0xC0) == 0x80)
		from--;
	while (to < msg->n && (msg->p[to] & 0xC0) == 0x80)
		to++;
	buf_splice(msg, from, to, STR(" … "));
}

bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	struct buf msg = {0};
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	buf_vprintf(&msg, fmt, ap); /* before err_fini: an argument may lie in e */
	va_end(ap);
	shorten(&msg);
	err_fini(e);
	e->kind = kind;
	e->msg = msg;
	return false;
}

bool err_sys(struct err *e, const char *fmt, ...)
{
	int sys = errno;
	struct buf msg = {0};
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	buf_vprintf(&msg, fmt, ap);
	va_end(ap);
	buf_printf(&msg, ": %s", strerror(sys));
	shorten(&msg);
	err_fini(e);
	e->kind = ERR_INTERNAL;
	e->sys = sys;
	e->msg = msg;
	return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	buf_puts(&b, ": ");
	buf_str(&b, buf_view(&e->msg));
	buf_fini(&e->msg);
	e->msg = b;
	return false;
}

bool err_as(struct err *e, enum err_kind kind)
{
	if (e)
		e->kind = kind;
	return false;
}

bool err_field(struct err *e, const char *name, const char *value)
{
	if (!e || !value)
		return false;
	for (size_t i = 0; i < e->n_fields; i++)
		if (z_eq(e->fields[i].name, name))
			return false; /* the innermost value is the precise one */
	if (e->n_fields < ERR_MAX_FIELDS)
		e->fields[e->n_fields++] = (struct err_field){mem_strdup(name), mem_strdup(value)};
	return false;
}

static void __attribute__((format(printf, 2, 0)))
add_line(struct buf *b, const char *fmt, va_list ap)
{
	if (b->n && b->p[b->n - 1] != '\n')
		buf_putc(b, '\n');
	buf_vprintf(b, fmt, ap);
}

bool err_cause(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	add_line(&e->cause, fmt, ap);
	va_end(ap);
	return false;
}

bool err_fix(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return false;
	buf_clear(&e->fix);
	va_start(ap, fmt);
	add_line(&e->fix, fmt, ap);
	va_end(ap);
	return false;
}

bool err_also(struct err *e, struct err *second)
{
	if (e && second->kind) {
		err_cause(e, "and then: %s", buf_z(&second->msg));
		if (second->cause.n)
			err_cause(e, "%s", buf_z(&second->cause));
	}
	return false;
}

bool err_move(struct err *to, struct err *from)
{
	if (to) {
		err_fini(to);
		*to = *from;
		*from = (struct err){0};
	} else {
		err_fini(from);
	}
	return false;
}

const char *err_category(enum err_kind kind)
{
	return kinds[kind].name;
}

enum err_kind err_kind_of(const char *category)
{
	for (size_t i = ERR_NONE + 1; i < countof(kinds); i++)
		if (z_eq(kinds[i].name, category))
			return (enum err_kind)i;
	return ERR_INTERNAL;
}

int err_exit_code(enum err_kind kind)
{
	return kinds[kind].code;
}
