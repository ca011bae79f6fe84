#include "term/engine.h"

static void tab_clear(struct term *t, unsigned how)
{
	if (how == 0)
		t->tabs[t->cur.x / 32] &= ~(UINT32_C(1) << (t->cur.x % 32));
	else if (how == 3)
		memset(t->tabs, 0, (t->cols + 31u) / 32 * sizeof(*t->tabs));
}

static void csi_edit(struct term *t, const struct csi *c)
{
	/* Under SPA even these leave what is protected (ECMA-48 §8.3.129, ERM reset). */
	bool guarded = mode_on(t, MODE_GUARDED);

	switch (c->final) {
	case '@':
		edit_chars(t, csi_count(c, 0), true);
		break;
	case 'J':
		edit_erase_display(t, csi_param(c, 0), guarded && csi_param(c, 0) != 3);
		break;
	case 'K':
		edit_erase_line(t, csi_param(c, 0), guarded);
		break;
	case 'L':
		edit_lines(t, csi_count(c, 0), true);
		break;
	case 'M':
		edit_lines(t, csi_count(c, 0), false);
		break;
	case 'P':
		edit_chars(t, csi_count(c, 0), false);
		break;
	case 'S':
		edit_scroll(t, csi_count(c, 0), true);
		break;
	case 'T': /* with five parameters it is xterm's highlight tracking */
		if (c->n == 1)
			edit_scroll(t, csi_count(c, 0), false);
		break;
	case '^':
		edit_scroll(t, csi_count(c, 0), false);
		break;
	case 'X':
		edit_erase_chars(t, csi_count(c, 0), guarded);
		break;
	}
}

static void csi_margins(struct term *t, const struct csi *c)
{
	if (c->final == 'r')
		cursor_margins(t, csi_param(c, 0), csi_param(c, 1));
	else if (mode_on(t, MODE_DECLRMM))
		cursor_side_margins(t, csi_param(c, 0), csi_param(c, 1));
	else
		cursor_save(t); /* SCOSC, whatever its parameters (xterm, xterm.js) */
}

static void csi_plain(struct term *t, const struct csi *c)
{
	switch (c->final) {
	case 'A':
	case 'k': /* VPB */
		cursor_up(t, csi_count(c, 0));
		break;
	case 'B':
		cursor_down(t, csi_count(c, 0));
		break;
	case 'C':
		cursor_right(t, csi_count(c, 0));
		break;
	case 'D':
	case 'j': /* HPB */
		cursor_left(t, csi_count(c, 0));
		break;
	case 'E': /* CNL */
		cursor_down(t, csi_count(c, 0));
		cursor_cr(t);
		break;
	case 'F': /* CPL */
		cursor_up(t, csi_count(c, 0));
		cursor_cr(t);
		break;
	case 'G':
	case '`':
		cursor_column(t, csi_param(c, 0));
		break;
	case 'H':
	case 'f':
		cursor_to(t, csi_param(c, 0), csi_param(c, 1));
		break;
	case 'I':
		cursor_tab(t, csi_count(c, 0));
		break;
	case 'Z':
		cursor_back_tab(t, csi_count(c, 0));
		break;
	case 'd':
		cursor_row(t, csi_param(c, 0));
		break;
	case 'e': /* VPR */
		cursor_relative(t, csi_count(c, 0), 0);
		break;
	case 'a': /* HPR */
		cursor_relative(t, 0, csi_count(c, 0));
		break;
	case 'c':
		report_da(t, c);
		break;
	case 'g':
		tab_clear(t, csi_param(c, 0));
		break;
	case 'h':
	case 'l':
		modes_set(t, c, c->final == 'h');
		break;
	case 'm':
		sgr_apply(t, c);
		break;
	case 'n':
		report_dsr(t, c);
		break;
	case 'r':
	case 's':
		csi_margins(t, c);
		break;
	case 't':
		report_window(t, c);
		break;
	case 'u':
		cursor_restore(t);
		break;
	case 'x':
		report_term_params(t, csi_param(c, 0));
		break;
	default:
		csi_edit(t, c);
	}
}

static void csi_question(struct term *t, const struct csi *c)
{
	switch (c->final) {
	case 'J':
		edit_erase_display(t, csi_param(c, 0), true);
		break;
	case 'K':
		edit_erase_line(t, csi_param(c, 0), true);
		break;
	case 'W': /* DECST8C */
		if (csi_param(c, 0) == 5)
			tabs_reset(t);
		break;
	case 'h':
	case 'l':
		modes_set(t, c, c->final == 'h');
		break;
	case 'n':
		report_dsr(t, c);
		break;
	case 'r':
		modes_restore(t, c);
		break;
	case 's':
		modes_save(t, c);
		break;
	case 'u':
		kitty_keys(t, c);
		break;
	case 'm': /* XTQMODKEYS */
		if (csi_param(c, 0) == 4)
			reply(t, "\033[>4;%um", t->modify_other);
		break;
	}
}

/* XTMODKEYS: resource 4 is modifyOtherKeys; the others are fixed here. */
static void modify_keys(struct term *t, const struct csi *c)
{
	if (c->final == 'n') {
		if (csi_param(c, 0) == 4)
			t->modify_other = 0;
	} else if (csi_param(c, 0) == 4) {
		t->modify_other = csi_param(c, 1) <= 2 ? (uint8_t)csi_param(c, 1) : 0;
	} else if (!csi_param(c, 0)) {
		t->modify_other = 0;
	}
	t->changes |= TERM_CHANGED_MODES;
}

static void csi_greater(struct term *t, const struct csi *c)
{
	switch (c->final) {
	case 'c':
		report_da(t, c);
		break;
	case 'm':
	case 'n':
		modify_keys(t, c);
		break;
	case 'q':
		if (!csi_param(c, 0))
			report_version(t);
		break;
	case 'u':
		kitty_keys(t, c);
		break;
	}
}

static void cursor_shape(struct term *t, unsigned n)
{
	if (n > 6)
		return;
	t->cursor_style = n <= 2   ? TERM_CURSOR_BLOCK
			  : n <= 4 ? TERM_CURSOR_UNDERLINE
				   : TERM_CURSOR_BAR;
	mode_put(t, MODE_BLINK, n & 1);
}

/* One intermediate byte: the pair of it and the final decides. */
static void csi_intermediate(struct term *t, const struct csi *c)
{
	switch (c->inter << 8 | c->final) {
	case ' ' << 8 | '@': /* SL */
		edit_columns(t, t->left, csi_count(c, 0), false);
		break;
	case ' ' << 8 | 'A': /* SR */
		edit_columns(t, t->left, csi_count(c, 0), true);
		break;
	case ' ' << 8 | 'q': /* DECSCUSR */
		cursor_shape(t, csi_param(c, 0));
		break;
	case '!' << 8 | 'p':
		screen_soft_reset(t);
		break;
	case '"' << 8 | 'q': /* DECSCA */
		if (csi_param(c, 0) <= 2)
			cursor_protect(t, csi_param(c, 0) == 1, false);
		break;
	case '$' << 8 | 'p': /* DECRQM */
		modes_report(t, c);
		break;
	case '\'' << 8 | '}':
		edit_columns_at_cursor(t, csi_count(c, 0), true);
		break;
	case '\'' << 8 | '~':
		edit_columns_at_cursor(t, csi_count(c, 0), false);
		break;
	case '*' << 8 | 'y': /* DECRQCRA */
		report_checksum(t, c);
		break;
	}
}

void csi_dispatch(struct term *t, const struct csi *c)
{
	uint32_t last = t->last_char;

	t->last_char = 0;
	if (c->sub && c->final != 'm')
		return; /* colons belong to SGR only */
	if (c->inter) {
		if (!c->prefix || (c->prefix == '?' && c->inter == '$'))
			csi_intermediate(t, c);
		return;
	}
	switch (c->prefix) {
	case 0:
		if (c->final == 'b') {
			t->last_char = last;
			print_repeat(t, csi_count(c, 0));
		} else {
			csi_plain(t, c);
		}
		break;
	case '?':
		csi_question(t, c);
		break;
	case '>':
		csi_greater(t, c);
		break;
	case '<':
		if (c->final == 'u')
			kitty_keys(t, c);
		break;
	case '=':
		if (c->final == 'c')
			report_da(t, c);
		else if (c->final == 'u')
			kitty_keys(t, c);
		break;
	}
}
