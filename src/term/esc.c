#include "term/engine.h"

/* C0 controls (ECMA-48 §8.3; xterm ctlseqs "Single-character functions"). */
void control(struct term *t, uint8_t c)
{
	switch (c) {
	case 0x07:
		t->changes |= TERM_CHANGED_BELL;
		if (t->ev.bell)
			t->ev.bell(t->ev_ctx);
		break;
	case 0x08:
		cursor_left(t, 1);
		break;
	case 0x09:
		cursor_tab(t, 1);
		break;
	case 0x0A:
	case 0x0B:
	case 0x0C:
		cursor_index(t);
		if (mode_on(t, MODE_LNM))
			cursor_cr(t);
		break;
	case 0x0D:
		cursor_cr(t);
		break;
	case 0x0E:
		t->cur.sets.gl = 1;
		break;
	case 0x0F:
		t->cur.sets.gl = 0;
		break;
	}
}

/* SCS: ESC ( ) * + and a letter (xterm ctlseqs, "ESC ( C"). Sets we do not have
 * count as ASCII. */
static void designate(struct term *t, unsigned g, uint8_t final)
{
	t->cur.sets.g[g] = final == '0'	  ? CHARSET_GRAPHICS
			   : final == 'A' ? CHARSET_UK
					  : CHARSET_ASCII;
}

/* DECBI and DECFI: like the arrow, but scrolling sideways at the margin, where a wrap
 * that is due stays so (xterm). */
static void back_index(struct term *t)
{
	bool inside = t->cur.y >= t->top && t->cur.y <= t->bottom;

	if (t->cur.x != t->left) {
		cursor_left(t, t->cur.x > 0);
		return;
	}
	for (unsigned y = t->top; inside && y <= t->bottom; y++)
		grid_insert_cells(t, row_at(t, y), t->left, 1, t->right);
}

static void forward_index(struct term *t)
{
	bool inside = t->cur.y >= t->top && t->cur.y <= t->bottom;

	if (t->cur.x != t->right) {
		cursor_right(t, 1);
		return;
	}
	for (unsigned y = t->top; inside && y <= t->bottom; y++)
		grid_delete_cells(t, row_at(t, y), t->left, 1, t->right);
}

static void esc_plain(struct term *t, uint8_t final)
{
	switch (final) {
	case '6':
		back_index(t);
		break;
	case '7':
		cursor_save(t);
		break;
	case '8':
		cursor_restore(t);
		break;
	case '9':
		forward_index(t);
		break;
	case '=':
		t->keypad_app = true;
		mode_put(t, MODE_DECNKM, true);
		break;
	case '>':
		t->keypad_app = false;
		mode_put(t, MODE_DECNKM, false);
		break;
	case 'D': /* IND */
		cursor_index(t);
		break;
	case 'E': /* NEL */
		cursor_index(t);
		cursor_cr(t);
		break;
	case 'H': /* HTS */
		t->tabs[t->cur.x / 32] |= UINT32_C(1) << (t->cur.x % 32);
		break;
	case 'M': /* RI */
		cursor_reverse_index(t);
		break;
	case 'N': /* SS2 */
		t->cur.sets.once = 2;
		break;
	case 'O': /* SS3 */
		t->cur.sets.once = 3;
		break;
	case 'V': /* SPA */
		cursor_protect(t, true, true);
		break;
	case 'W': /* EPA: who protected last stays so */
		cursor_protect(t, false, mode_on(t, MODE_GUARDED));
		break;
	case 'Z': /* DECID */
		report_da(t, &(struct csi){.p = (const uint16_t[]){0}, .n = 1});
		break;
	case 'c':
		screen_reset(t);
		break;
	case 'n':
		t->cur.sets.gl = 2;
		break;
	case 'o':
		t->cur.sets.gl = 3;
		break;
	}
}

void esc_dispatch(struct term *t, uint8_t inter, uint8_t final)
{
	switch (inter) {
	case 0:
		esc_plain(t, final);
		break;
	case '#':
		if (final == '8')
			screen_align(t);
		break;
	case '(':
	case ')':
	case '*':
	case '+':
		designate(t, inter - '(', final);
		break;
	case '-':
	case '.':
	case '/': /* the 96-character sets of G1-G3 */
		designate(t, inter - '-' + 1u, final == 'A' ? 'B' : final);
		break;
	}
}
