#include "tools/tool_options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "term/term.h"

void tool_refuse(const struct tool *t, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", t->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

void tool_usage(const struct tool *t)
{
	fprintf(stderr, "usage: %s %s\n", t->name, t->usage);
	exit(2);
}

/* ---- values ---- */

static void form_of(char *to, size_t cap, const struct tool_option *o)
{
	if (o->kind == TOOL_OWN)
		snprintf(to, cap, "%s", o->form);
	else if (o->kind == TOOL_TEXT)
		snprintf(to, cap, "a name");
	else
		snprintf(to, cap, "a number%s from %" PRIu64 " to %" PRIu64,
			o->kind == TOOL_SECONDS ? " of seconds" : "", o->min, o->max);
}

/* Digits with one dot among them at most: no sign, exponent, "inf" or "nan". */
static bool read_seconds(const char *z, double *v)
{
	struct str rest = str_z(z), whole = {"", 0};
	uint64_t n;

	str_split(&rest, '.', &whole);
	if (!num_u64(whole, &n) || (rest.n && !num_u64(rest, &n)))
		return false;
	*v = strtod(z, NULL);
	return true;
}

static bool read_value(const struct tool_option *o, const char *z)
{
	uint64_t n;
	double v;

	switch (o->kind) {
	case TOOL_FLAG:
		break;
	case TOOL_TEXT:
		*(const char **)o->to = z;
		return *z != '\0';
	case TOOL_NUMBER:
	case TOOL_SIZE:
		if (!num_u64(str_z(z), &n) || n < o->min || n > o->max)
			return false;
		if (o->kind == TOOL_SIZE)
			*(uint64_t *)o->to = n;
		else
			*(unsigned *)o->to = (unsigned)n;
		return true;
	case TOOL_SECONDS:
		if (!read_seconds(z, &v) || v < (double)o->min || v > (double)o->max)
			return false;
		*(double *)o->to = v;
		return true;
	case TOOL_OWN:
		return o->read(o->to, z);
	}
	return false;
}

/* ---- the line ---- */

static const struct tool_option *find(
	const struct tool *t, const struct tool_option *all, const char *name)
{
	own_buf struct buf names = {0};

	for (const struct tool_option *o = all; o->name; o++) {
		if (!strcmp(o->name, name))
			return o;
		buf_printf(&names, "%s%s", names.n ? ", " : "", o->name);
	}
	buf_putc(&names, '\0');
	tool_refuse(t, "%s: no such option; there are %s", name, names.p);
}

int tool_options(const struct tool *t, const struct tool_option *all, int argc, char **argv, int at)
{
	char form[160];

	for (; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
		const struct tool_option *o;

		if (!strcmp(argv[at], "--"))
			return at + 1;
		o = find(t, all, argv[at]);
		if (o->kind == TOOL_FLAG) {
			*(bool *)o->to = true;
			continue;
		}
		form_of(form, sizeof(form), o);
		if (++at == argc)
			tool_refuse(t, "%s: nothing follows it, where %s should", o->name, form);
		if (!read_value(o, argv[at]))
			tool_refuse(t, "%s %s: not %s", o->name, argv[at], form);
	}
	return at;
}

void tool_size(const struct tool *t, unsigned cols, unsigned rows)
{
	if (cols * rows > TERM_MAX_CELLS)
		tool_refuse(t, "--cols %u --rows %u: together more than %d cells", cols, rows,
			TERM_MAX_CELLS);
}

void tool_read(const struct tool *t, const char *name, const char *path, struct buf *b)
{
	FILE *f = strcmp(path, "-") != 0 ? fopen(path, "rb") : stdin;
	char part[65536];
	size_t n;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(b, part, n);
	if (!f || ferror(f))
		tool_refuse(
			t, "%s%s%s: %s", name ? name : "", name ? " " : "", path, strerror(errno));
	if (f != stdin)
		fclose(f);
}
