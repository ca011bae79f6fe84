/* scan.h - finding the end of a run of printable ASCII, 16 bytes at a time */
#ifndef TERM_SCAN_H
#define TERM_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

/* Bytes of the 16 at p before one outside 0x20-0x7E; 16 when all are inside.
 * Signed compares do it in two: 0x80-0xFF are negative, so below 0x20. */
static inline unsigned scan_block(const uint8_t *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i bad = _mm_or_si128(
		_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)), _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F)));

	return (unsigned)__builtin_ctz((unsigned)_mm_movemask_epi8(bad) | 0x10000u);
}
#elif defined(__ARM_NEON)
#include <arm_neon.h>

static inline unsigned scan_block(const uint8_t *p)
{
	uint8x16_t v = vsubq_u8(vld1q_u8(p), vdupq_n_u8(0x20));
	uint8x16_t bad = vcgeq_u8(v, vdupq_n_u8(0x5F));
	uint64_t m =
		vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(bad), 4)), 0);

	return m ? (unsigned)__builtin_ctzll(m) / 4 : 16;
}
#else
static inline unsigned scan_block(const uint8_t *p)
{
	unsigned i = 0;

	while (i < 16 && (uint8_t)(p[i] - 0x20) < 0x5F)
		i++;
	return i;
}
#endif

static inline size_t scan_ascii(const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (; i + 16 <= n; i += 16) {
		unsigned k = scan_block(p + i);

		if (k < 16)
			return i + k;
	}
	while (i < n && (uint8_t)(p[i] - 0x20) < 0x5F)
		i++;
	return i;
}

#endif
