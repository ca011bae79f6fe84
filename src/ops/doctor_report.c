#include "ops/doctor_report.h"

#include "base/mem.h"

#define FINDINGS_SHOWN 5

#define ROW(member, bits)                                                                          \
	{                                                                                          \
		.name = #member, .type = F_STR, .offset = offsetof(struct check, member),          \
		.flags = (bits)                                                                    \
	}

static const struct field check_rows[] = {
	ROW(name, 0), ROW(status, 0), ROW(message, 0), ROW(fix, 0), ROW(repaired, F_OPT)};
const struct fields check_fields = {"check", check_rows, countof(check_rows), sizeof(struct check)};

static bool any(const struct checks *l, const char *status)
{
	for (size_t i = 0; i < l->n; i++)
		if (z_eq(l->v[i].status, status) && !l->v[i].standing)
			return true;
	return false;
}

bool checks_failed(const struct checks *l)
{
	return any(l, "fail");
}

bool checks_warned(const struct checks *l)
{
	return any(l, "warn");
}

void checks_fini(struct checks *l)
{
	for (size_t i = 0; i < l->n; i++)
		fields_fini(&check_fields, &l->v[i]);
	free(l->v);
	*l = (struct checks){0};
}

static void add(struct checks *l, const char *name, const char *status, const char *fix,
	const char *fmt, va_list ap) __attribute__((format(printf, 5, 0)));
static void add(struct checks *l, const char *name, const char *status, const char *fix,
	const char *fmt, va_list ap)
{
	struct buf message = {0};

	buf_vprintf(&message, fmt, ap);
	l->v = mem_array(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = (struct check){.name = mem_strdup(name),
		.status = mem_strdup(status),
		.message = buf_steal(&message),
		.fix = mem_strdup(fix)};
}

void check_ok(struct checks *l, const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(l, name, "ok", NULL, fmt, ap);
	va_end(ap);
}

void check_warn(struct checks *l, const char *name, const char *fix, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(l, name, "warn", fix, fmt, ap);
	va_end(ap);
}

void check_standing(struct checks *l, const char *name, const char *fix, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(l, name, "warn", fix, fmt, ap);
	va_end(ap);
	l->v[l->n - 1].standing = true;
}

void check_fail(struct checks *l, const char *name, const char *fix, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(l, name, "fail", fix, fmt, ap);
	va_end(ap);
}

void check_error(struct checks *l, const char *name, const struct err *e)
{
	struct str rest = buf_view(&e->cause), cause = {0};
	const char *fix = e->fix.n ? buf_z(&e->fix) : NULL;

	if (rest.n)
		str_split(&rest, '\n', &cause);
	if (cause.n)
		check_fail(l, name, fix, "%s (%.*s)", buf_z(&e->msg), STRF(cause));
	else
		check_fail(l, name, fix, "%s", buf_z(&e->msg));
}

void finding_add(struct finding *f, const char *fmt, ...)
{
	va_list ap;

	if (f->n++ >= FINDINGS_SHOWN)
		return;
	if (f->text.n)
		buf_puts(&f->text, "; ");
	va_start(ap, fmt);
	buf_vprintf(&f->text, fmt, ap);
	va_end(ap);
}

void finding_close(struct finding *f)
{
	if (f->n > FINDINGS_SHOWN)
		buf_printf(&f->text, "; and %zu more", f->n - FINDINGS_SHOWN);
	f->n = 0;
}

void finding_fini(struct finding *f)
{
	buf_fini(&f->text);
}

void check_finding(struct checks *l, const char *name, const struct finding *f, const char *fine,
	const char *lead, const char *fix)
{
	if (!f->n)
		check_ok(l, name, "%s", fine);
	else if (f->n > FINDINGS_SHOWN)
		check_warn(l, name, fix, "%s: %s; and %zu more", lead, buf_z(&f->text),
			f->n - FINDINGS_SHOWN);
	else
		check_warn(l, name, fix, "%s: %s", lead, buf_z(&f->text));
}
