#include "base/utf8.h"

#include "base/fold_table.h"
#include "base/mem.h"
#include "base/width_table.h"

/* Table 3-7: the second byte has a narrower range after E0, ED, F0 and F4. */
static size_t sequence(unsigned char lead, unsigned char *lo, unsigned char *hi)
{
	*lo = 0x80;
	*hi = 0xBF;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF) {
		*lo = lead == 0xE0 ? 0xA0 : 0x80;
		*hi = lead == 0xED ? 0x9F : 0xBF;
		return 3;
	}
	if (lead >= 0xF0 && lead <= 0xF4) {
		*lo = lead == 0xF0 ? 0x90 : 0x80;
		*hi = lead == 0xF4 ? 0x8F : 0xBF;
		return 4;
	}
	return 0;
}

size_t utf8_decode(struct str s, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char lo, hi;
	size_t len;
	uint32_t v;

	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	*cp = UTF8_BAD;
	len = sequence(p[0], &lo, &hi);
	if (!len)
		return 1;
	v = p[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (i >= s.n || p[i] < lo || p[i] > hi)
			return i;
		v = v << 6 | (p[i] & 0x3F);
		lo = 0x80;
		hi = 0xBF;
	}
	*cp = v;
	return len;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

	for (size_t i = len; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3F));
	out[0] = (char)(lead[len] | cp);
	return len;
}

bool utf8_valid(struct str s)
{
	uint32_t cp;

	for (size_t i = 0; i < s.n;) {
		i += utf8_decode(str_from(s, i), &cp);
		if (cp == UTF8_BAD)
			return false;
	}
	return true;
}

bool utf8_plain(struct str s)
{
	uint32_t cp;

	for (size_t i = 0; i < s.n;) {
		i += utf8_decode(str_from(s, i), &cp);
		if (cp == UTF8_BAD || utf8_control(cp))
			return false;
	}
	return true;
}

/* Ranges begin with their first and their last code point. */
static int by_range(const void *key, const void *range)
{
	const uint32_t *cp = key, *ends = range;

	return *cp < ends[0] ? -1 : *cp > ends[1];
}

static bool in_ranges(const struct width_range *r, size_t n, uint32_t cp)
{
	return bsearch(&cp, r, n, sizeof(*r), by_range) != NULL;
}

int utf8_width(uint32_t cp)
{
	if (cp < 0x300) /* below the first combining mark: controls and Latin */
		return cp >= 0x20 && (cp < 0x7F || cp >= 0xA0);
	if (in_ranges(width_zero, countof(width_zero), cp))
		return 0;
	return in_ranges(width_two, countof(width_two), cp) ? 2 : 1;
}

uint32_t utf8_fold(uint32_t cp)
{
	const struct fold_range *r;

	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	r = bsearch(&cp, fold_ranges, countof(fold_ranges), sizeof(*r), by_range);
	if (!r || (cp - r->first) % (uint32_t)r->step)
		return cp;
	return (uint32_t)((int32_t)cp + r->added);
}
