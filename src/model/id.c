#include "model/id.h"

#define REF_MIN 8

void id_make(char out[ID_LEN + 1], int64_t unix_ms, const uint8_t random[10])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t b[16];
	size_t at = 0;

	for (size_t i = 0; i < 6; i++)
		b[i] = (uint8_t)((uint64_t)unix_ms >> (40 - 8 * i));
	memcpy(b + 6, random, 10);
	b[6] = (uint8_t)(0x70 | (b[6] & 0x0F)); /* version 7 */
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3F)); /* variant 10 */
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = hex[b[i] >> 4];
		out[at++] = hex[b[i] & 15];
	}
	out[at] = '\0';
}

bool id_valid(struct str s)
{
	if (s.n != ID_LEN)
		return false;
	for (size_t i = 0; i < ID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = s.p[i];

		if (dash != (c == '-'))
			return false;
		if (!dash && !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

bool id_matches(struct str ref, struct str id)
{
	if (str_eq(ref, id))
		return true;
	return ref.n >= REF_MIN && (str_starts(id, ref) || str_ends(id, ref));
}
