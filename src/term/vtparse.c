#include "term/engine.h"
#include "term/scan.h"

#include "base/utf8.h"

/* ---- sequences ---- */

static void clear_seq(struct parser *ps)
{
	ps->n_params = ps->n_inter = ps->prefix = 0;
	ps->overflow = ps->digits = false;
	ps->sub = 0;
	ps->params[0] = 0;
}

static void collect_inter(struct parser *ps, uint8_t c)
{
	if (ps->n_inter == MAX_INTER)
		ps->overflow = true;
	else
		ps->inter[ps->n_inter++] = c;
}

static void esc_final(struct term *t, uint8_t c)
{
	struct parser *ps = &t->ps;

	ps->state = ST_GROUND;
	if (c != '[')
		t->last_char = 0; /* a CSI may be REP */
	if (ps->overflow || ps->n_inter > 1)
		return;
	if (!ps->n_inter && c >= 0x40 && c <= 0x5F)
		c1_control(t, (uint8_t)(c + 0x40));
	else
		esc_dispatch(t, ps->n_inter ? ps->inter[0] : 0, c);
}

static void csi_final(struct term *t, uint8_t c)
{
	struct parser *ps = &t->ps;
	uint8_t n = ps->n_params;

	ps->state = ST_GROUND;
	if (n < MAX_PARAMS)
		n++;
	if (ps->overflow || ps->n_inter > 1)
		return;
	csi_dispatch(t, &(struct csi){.p = ps->params,
				.n = n,
				.prefix = ps->prefix,
				.inter = ps->n_inter ? ps->inter[0] : 0,
				.final = c,
				.sub = ps->sub});
}

static void param_byte(struct parser *ps, uint8_t c)
{
	unsigned i = ps->n_params;

	if (i >= MAX_PARAMS)
		return; /* surplus parameters are dropped */
	if (c == ';' || c == ':') {
		ps->n_params++;
		if (i + 1 < MAX_PARAMS) {
			ps->params[i + 1] = 0;
			ps->sub |= c == ':' ? UINT32_C(1) << (i + 1) : 0;
		}
		return;
	}
	i = ps->params[i] * 10u + (c - '0');
	ps->params[ps->n_params] = i > 65535 ? 65535 : (uint16_t)i;
}

static void csi_byte(struct term *t, uint8_t c)
{
	struct parser *ps = &t->ps;

	if (c >= 0x40 && c <= 0x7E) {
		if (ps->state == ST_CSI_IGNORE)
			ps->state = ST_GROUND;
		else
			csi_final(t, c);
	} else if (c >= 0x20 && c <= 0x2F && ps->state != ST_CSI_IGNORE) {
		collect_inter(ps, c);
		ps->state = ST_CSI_INTER;
	} else if (c <= 0x3B && ps->state <= ST_CSI_PARAM) {
		param_byte(ps, c);
		ps->state = ST_CSI_PARAM;
	} else if (ps->state == ST_CSI_ENTRY) {
		ps->prefix = c;
		ps->state = ST_CSI_PARAM;
	} else {
		ps->state = ST_CSI_IGNORE;
	}
}

static void esc_byte(struct term *t, uint8_t c)
{
	struct parser *ps = &t->ps;

	if (c <= 0x2F) {
		collect_inter(ps, c);
		ps->state = ST_ESC_INTER;
	} else {
		esc_final(t, c);
	}
}

static void enter_esc(struct term *t)
{
	clear_seq(&t->ps);
	t->ps.state = ST_ESC;
}

/* Behind an ESC inside a string: what ends it may be a sequence of its own. */
static void after_string_esc(struct term *t, uint8_t c)
{
	if (!string_esc(t, c))
		return;
	enter_esc(t);
	if (c != 0x1B)
		esc_byte(t, c);
}

/* ESC [ P O X ^ _ and their C1 forms begin something; the rest is done at once. */
void c1_control(struct term *t, uint8_t c)
{
	if (c != 0x9B)
		t->last_char = 0;
	switch (c) {
	case 0x90:
		string_begin(t, STRING_DCS);
		break;
	case 0x98:
	case 0x9E:
		string_begin(t, STRING_SKIP);
		break;
	case 0x9B:
		clear_seq(&t->ps);
		t->ps.state = ST_CSI_ENTRY;
		break;
	case 0x9D:
		string_begin(t, STRING_OSC);
		break;
	case 0x9F:
		string_begin(t, STRING_APC);
		break;
	default:
		esc_dispatch(t, 0, (uint8_t)(c - 0x40));
	}
}

static void sole_control(struct term *t, uint8_t c)
{
	t->last_char = 0;
	control(t, c);
}

/* One byte in any state but ground and the strings. Controls act inside a
 * sequence; a byte beyond ASCII ends it and is text. False: it was not taken. */
static bool seq_byte(struct term *t, uint8_t c)
{
	if (c >= 0x80) {
		t->ps.state = ST_GROUND;
		return false;
	}
	if (c == 0x1B)
		enter_esc(t);
	else if (c == 0x18 || c == 0x1A)
		t->ps.state = ST_GROUND;
	else if (c < 0x20)
		sole_control(t, c);
	else if (c == 0x7F)
		return true;
	else if (t->ps.state <= ST_ESC_INTER)
		esc_byte(t, c);
	else
		csi_byte(t, c);
	return true;
}

/* ---- the fast way: a whole CSI in one piece ---- */

/* p stands behind "ESC [". Returns the bytes up to and with the final, or 0 when
 * the sequence is unusual or not whole: then the states above take it. */
static size_t csi_quick(struct term *t, const uint8_t *p, size_t n)
{
	struct parser *ps = &t->ps;
	unsigned count = 0, value = 0;
	size_t i = 0;
	uint8_t prefix = 0;

	if (n && p[0] == '?')
		prefix = p[i++];
	for (ps->sub = 0; i < n; i++) {
		uint8_t c = p[i];

		if (c >= '0' && c <= '9') {
			value = value * 10 + (c - '0');
			if (value > 65535)
				return 0;
		} else if (c == ';' || c == ':') {
			ps->params[count++] = (uint16_t)value;
			value = 0;
			if (count == MAX_PARAMS)
				return 0;
			ps->sub |= (uint32_t)(c == ':') << count;
		} else if (c >= 0x40 && c <= 0x7E) {
			ps->params[count++] = (uint16_t)value;
			csi_dispatch(t, &(struct csi){.p = ps->params,
						.n = (uint8_t)count,
						.prefix = prefix,
						.final = c,
						.sub = ps->sub});
			return i + 1;
		} else {
			return 0;
		}
	}
	return 0;
}

/* ---- text ---- */

static void utf8_keep(struct parser *ps, const uint8_t *p, size_t n)
{
	memcpy(ps->utf8, p, n);
	ps->utf8_n = (uint8_t)n;
}

/* Whether p[0 … n) is the beginning of a character and no more. */
static bool utf8_partial(const uint8_t *p, size_t n)
{
	uint32_t cp;
	size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;

	return p[0] >= 0xC2 && p[0] <= 0xF4 && n < len &&
	       utf8_decode(str_n((const char *)p, n), &cp) == n && cp == UTF8_BAD;
}

static void put_cp(struct term *t, uint32_t cp)
{
	if (cp == UTF8_BAD)
		print_cp(t, 0xFFFD);
	else if (cp >= 0x80 && cp <= 0x9F)
		c1_control(t, (uint8_t)cp);
	else
		print_cp(t, cp);
}

/* A character begun in an earlier piece. Returns how many bytes of p it took. */
static size_t utf8_resume(struct term *t, const uint8_t *p, size_t n)
{
	struct parser *ps = &t->ps;
	uint8_t tmp[8];
	size_t had = ps->utf8_n, take = n < 4 ? n : 4, len;
	uint32_t cp;

	memcpy(tmp, ps->utf8, had);
	memcpy(tmp + had, p, take);
	if (utf8_partial(tmp, had + take)) {
		utf8_keep(ps, tmp, had + take);
		return take;
	}
	ps->utf8_n = 0;
	len = utf8_decode(str_n((const char *)tmp, had + take), &cp);
	put_cp(t, cp);
	return len > had ? len - had : 0;
}

static size_t text_beyond_ascii(struct term *t, const uint8_t *p, size_t n)
{
	size_t len = print_utf8(t, p, n);
	uint32_t cp;

	if (len)
		return len;
	if (utf8_partial(p, n)) {
		utf8_keep(&t->ps, p, n);
		return n;
	}
	len = utf8_decode(str_n((const char *)p, n), &cp);
	put_cp(t, cp);
	return len;
}

static size_t ground_escape(struct term *t, const uint8_t *p, size_t n)
{
	size_t len;

	if (n > 2 && p[1] == '[') {
		len = csi_quick(t, p + 2, n - 2);
		if (len)
			return len + 2;
	}
	enter_esc(t);
	return 1;
}

/* At least one byte in the ground state. */
static size_t ground(struct term *t, const uint8_t *p, size_t n)
{
	size_t len;

	if (p[0] >= 0x80)
		return text_beyond_ascii(t, p, n);
	if (p[0] == 0x1B)
		return ground_escape(t, p, n);
	if (p[0] < 0x20) {
		sole_control(t, p[0]);
		return 1;
	}
	len = scan_ascii(p, n);
	if (len)
		print_ascii(t, p, len);
	return len ? len : 1; /* DEL is nothing */
}

static size_t step(struct term *t, const uint8_t *p, size_t n)
{
	if (t->ps.utf8_n)
		return utf8_resume(t, p, n);
	switch (t->ps.state) {
	case ST_GROUND:
		return ground(t, p, n);
	case ST_STRING:
		return string_run(t, p, n);
	case ST_STR_ESC:
		after_string_esc(t, p[0]);
		return 1;
	default:
		return seq_byte(t, p[0]);
	}
}

void term_feed(struct term *t, const void *bytes, size_t n)
{
	const uint8_t *p = bytes, *end = p + n;

	while (p < end)
		p += step(t, p, (size_t)(end - p));
}

size_t term_feed_frame(struct term *t, const void *bytes, size_t n)
{
	const uint8_t *start = bytes, *p = start, *end = p + n;

	while (p < end && !(t->want_frame && !mode_on(t, MODE_SYNC)))
		p += step(t, p, (size_t)(end - p));
	return (size_t)(p - start);
}
