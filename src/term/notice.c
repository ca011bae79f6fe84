/* OSC 9, 99 and 777: a program tells the person something. */
#include "term/engine.h"

enum { NOTICE_ID = 64 };

static void notify(struct term *t, struct str title, struct str body)
{
	char a[NOTICE_MAX], b[NOTICE_MAX];

	title = text_clean(title, a, sizeof(a));
	body = text_clean(body, b, sizeof(b));
	if (t->ev.notify && (title.n || body.n))
		t->ev.notify(t->ev_ctx, title, body);
}

/* OSC 9 ; 4 ; STATE ; PERCENT (ConEmu); any other number is ConEmu's too and does
 * nothing here; else it is a notice (iTerm2). */
void notice_9(struct term *t, struct str s)
{
	struct str rest = s;
	unsigned kind, state, percent = 0;

	if (!osc_number(&rest, &kind) || kind == 0 || kind > 12) {
		notify(t, STR(""), s);
		return;
	}
	if (kind != 4 || !osc_number(&rest, &state) || state > 4)
		return;
	osc_number(&rest, &percent);
	t->progress =
		(struct term_progress){(uint8_t)state, (uint8_t)(percent > 100 ? 100 : percent)};
	t->changes |= TERM_CHANGED_PROGRESS;
}

/* OSC 777 ; notify ; TITLE ; BODY (urxvt). */
void notice_777(struct term *t, struct str s)
{
	struct str kind, title;

	if (str_split(&s, ';', &kind) && str_eqz(kind, "notify") && str_split(&s, ';', &title))
		notify(t, title, s);
}

/* ---- OSC 99 ; key=value:… ; TEXT (kitty's document "Desktop notifications") ----
 *
 * It comes in as many pieces as the program likes: each is part of the title or of the body,
 * and the last one says d=1, as does one that says nothing. Pieces of one notice have one i=;
 * one notice is gathered at a time. Pictures and buttons are left out, nothing is answered. */

struct piece {
	struct str id, text;
	enum { TITLE, BODY, NOTHING } into;
	bool encoded, more;
};

/* False: it is no part of a notice. */
static bool read_piece(struct str s, struct piece *p)
{
	struct str meta, one;

	*p = (struct piece){.id = STR("")};
	if (!str_split(&s, ';', &meta) || !s.p)
		return false;
	p->text = s;
	while (str_split(&meta, ':', &one)) {
		if (str_starts(one, STR("i=")))
			p->id = str_from(one, 2);
		else if (str_eqz(one, "p=body"))
			p->into = BODY;
		else if (str_eqz(one, "p=icon") || str_eqz(one, "p=buttons"))
			p->into = NOTHING;
		else if (str_starts(one, STR("p=")) && !str_eqz(one, "p=title"))
			return false;
		p->encoded |= str_eqz(one, "e=1");
		p->more |= str_eqz(one, "d=0");
	}
	return true;
}

static void add_text(struct term *t, struct text_field *f, struct str s)
{
	char buf[NOTICE_MAX];

	if (f->n)
		memcpy(buf, f->p, f->n);
	s = text_clean(s, buf + f->n, sizeof(buf) - f->n);
	text_set(t, f, str_n(buf, f->n + s.n), sizeof(buf));
}

void notice_forget(struct term *t)
{
	text_set(t, &t->notice.id, STR(""), 0);
	text_set(t, &t->notice.title, STR(""), 0);
	text_set(t, &t->notice.body, STR(""), 0);
}

/* s lies in the parser's buffer, which is ours to write to. */
void notice_99(struct term *t, struct str s)
{
	struct notice *n = &t->notice;
	char buf[NOTICE_ID + 4];
	struct piece p;
	size_t len;

	if (!read_piece(s, &p))
		return;
	p.id = text_clean(p.id, buf, sizeof(buf));
	if (!str_eq(p.id, str_n(n->id.p, n->id.n)))
		notice_forget(t);
	text_set(t, &n->id, p.id, NOTICE_ID);
	if (p.encoded && p.text.n) {
		if (!osc_base64(t->ps.buf + (p.text.p - t->ps.buf), p.text.n, &len))
			len = 0;
		p.text.n = len;
	}
	if (p.into != NOTHING)
		add_text(t, p.into == BODY ? &n->body : &n->title, p.text);
	if (p.more)
		return;
	notify(t, str_n(n->title.p, n->title.n), str_n(n->body.p, n->body.n));
	notice_forget(t);
}
