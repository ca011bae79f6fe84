#include "term/engine.h"

#include "base/utf8.h"

enum { TITLE_MAX = 1024, CWD_MAX = 4096 };

bool text_set(struct term *t, struct text_field *f, struct str s, size_t max)
{
	char *p;

	s.n = s.n > max ? max : s.n;
	if (str_eq(str_n(f->p, f->n), s))
		return false;
	p = s.n ? tmem_alloc(&t->mem, s.n) : NULL;
	if (s.n && !p)
		return false;
	if (s.n)
		memcpy(p, s.p, s.n);
	tmem_free(&t->mem, f->p, f->n);
	f->p = p;
	f->n = (uint32_t)s.n;
	return true;
}

struct str text_clean(struct str s, char *buf, size_t max)
{
	size_t n = 0, i = 0;
	uint32_t cp;

	while (i < s.n) {
		i += utf8_decode(str_from(s, i), &cp);
		cp = cp == UTF8_BAD ? 0xFFFD : cp;
		if (utf8_control(cp))
			continue;
		if (n + 4 > max)
			break;
		n += utf8_encode(cp, buf + n);
	}
	return str_n(buf, n);
}

bool osc_number(struct str *s, unsigned *n)
{
	size_t i = 0;

	for (*n = 0; i < s->n && i < 5 && s->p[i] >= '0' && s->p[i] <= '9'; i++)
		*n = *n * 10 + (unsigned)(s->p[i] - '0');
	if (!i || (i < s->n && s->p[i] != ';'))
		return false;
	*s = str_from(*s, i + (i < s->n));
	return true;
}

static void set_title(struct term *t, unsigned n, struct str s)
{
	char buf[TITLE_MAX];
	struct str title = text_clean(s, buf, sizeof(buf));

	if (n != 2)
		text_set(t, &t->icon, title, TITLE_MAX);
	if (n != 1 && text_set(t, &t->title, title, TITLE_MAX))
		t->changes |= TERM_CHANGED_TITLE;
}

static void set_cwd(struct term *t, struct str s)
{
	if (s.n <= CWD_MAX && utf8_plain(s) && text_set(t, &t->cwd, s, CWD_MAX))
		t->changes |= TERM_CHANGED_CWD;
}

/* OSC 8 ; key=value:key=value ; URI. An empty URI ends the link, and so does one that is none:
 * whatever shows it must not meet a control in it. */
static void set_link(struct term *t, struct str s)
{
	struct str params, one, id = STR("");

	if (!str_split(&s, ';', &params) || !s.p)
		return;
	while (str_split(&params, ':', &one))
		if (str_starts(one, STR("id=")))
			id = str_from(one, 3);
	t->cur.link = s.n && utf8_plain(s) && utf8_plain(id) ? link_new(t, s, id) : 0;
	t->cur.pen_state = PEN_STALE;
}

/* OSC 133: A prompt, B input, C output, D end (FinalTerm; the marks of shells). */
static void set_mark(struct term *t, struct str s)
{
	static const uint8_t marks[] = {MARK_PROMPT, MARK_INPUT, MARK_OUTPUT, MARK_DONE};
	struct row *r = row_at(t, t->cur.y);

	if (!s.n || s.p[0] < 'A' || s.p[0] > 'D' || (s.n > 1 && s.p[1] != ';'))
		return;
	r->mark |= marks[s.p[0] - 'A'];
	r->flags |= ROW_DIRTY;
}

void osc_dispatch(struct term *t, struct str s, bool bel)
{
	unsigned n;

	if (!osc_number(&s, &n))
		return;
	switch (n) {
	case 0:
	case 1:
	case 2:
		set_title(t, n, s);
		break;
	case 4:
	case 10:
	case 11:
	case 12:
	case 104:
	case 110:
	case 111:
	case 112:
		palette_osc(t, n, s, bel);
		break;
	case 7:
		set_cwd(t, s);
		break;
	case 8:
		set_link(t, s);
		break;
	case 9:
		notice_9(t, s);
		break;
	case 52:
		clipboard_osc(t, s);
		break;
	case 99:
		notice_99(t, s);
		break;
	case 133:
		set_mark(t, s);
		break;
	case 777:
		notice_777(t, s);
		break;
	}
}
