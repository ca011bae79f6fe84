#include "loop/lines.h"

static void emit(struct lines *l, struct str s, lines_fn *fn, void *arg)
{
	if (!l->part.n) { /* the usual case: no copy */
		fn(arg, s);
		return;
	}
	buf_str(&l->part, s);
	fn(arg, buf_view(&l->part));
	buf_clear(&l->part);
}

void lines_feed(struct lines *l, struct str chunk, lines_fn *fn, void *arg)
{
	while (chunk.n) {
		size_t i = str_find(chunk, '\n');
		size_t room = LINES_MAX - l->part.n;
		size_t take = i < room ? i : room;

		if (take == chunk.n) {
			buf_str(&l->part, chunk);
			return;
		}
		emit(l, str_n(chunk.p, take), fn, arg);
		chunk = str_from(chunk, take + (take == i));
	}
}

void lines_end(struct lines *l, lines_fn *fn, void *arg)
{
	if (l->part.n)
		emit(l, STR(""), fn, arg);
}

void lines_fini(struct lines *l)
{
	buf_fini(&l->part);
}

struct str lines_last(struct str text, size_t n)
{
	size_t i = text.n;

	if (i && text.p[i - 1] == '\n')
		text.n = --i;
	for (; i > 0; i--)
		if (text.p[i - 1] == '\n' && --n == 0)
			break;
	return str_from(text, i);
}
