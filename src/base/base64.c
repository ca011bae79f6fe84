#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n; i += 3) {
		unsigned left = s.n - i > 2 ? 3 : (unsigned)(s.n - i);
		unsigned v = (unsigned)p[i] << 16 | (left > 1 ? (unsigned)p[i + 1] << 8 : 0) |
			     (left > 2 ? p[i + 2] : 0u);
		char quad[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63],
			left > 1 ? alphabet[v >> 6 & 63] : '=', left > 2 ? alphabet[v & 63] : '='};

		buf_add(out, quad, sizeof(quad));
	}
}

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

bool base64_decode(struct buf *out, struct str s)
{
	size_t before = out->n, pad = 0;

	if (s.n % 4)
		return false;
	while (pad < 2 && pad < s.n && s.p[s.n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < s.n; i += 4) {
		size_t keep = i + 4 == s.n ? 3 - pad : 3;
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++) {
			int d = i + k >= s.n - pad ? 0 : value_of(s.p[i + k]);

			if (d < 0) {
				buf_cut(out, before);
				return false;
			}
			v = v << 6 | (unsigned)d;
		}
		buf_add(out, (const char[]){(char)(v >> 16), (char)(v >> 8), (char)v}, keep);
	}
	return true;
}
