#include "base/str.h"

#include <stdlib.h>

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	return d ? d : (a.n > b.n) - (a.n < b.n);
}

size_t str_find(struct str s, char c)
{
	const char *p = s.n ? memchr(s.p, c, s.n) : NULL;

	return p ? (size_t)(p - s.p) : s.n;
}

size_t str_find_str(struct str s, struct str piece)
{
	const char *hit = piece.n <= s.n && s.n ? memmem(s.p, s.n, piece.p, piece.n) : NULL;

	if (!piece.n)
		return 0;
	return hit ? (size_t)(hit - s.p) : s.n;
}

bool str_has_nul(struct str s)
{
	return s.n && memchr(s.p, '\0', s.n);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n && is_space(*s.p)) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_split(struct str *rest, char sep, struct str *piece)
{
	size_t i;

	if (!rest->p)
		return false;
	i = str_find(*rest, sep);
	*piece = str_n(rest->p, i);
	*rest = i < rest->n ? str_from(*rest, i + 1) : (struct str){NULL, 0};
	return true;
}

bool z_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned str_distance(struct str a, struct str b)
{
	unsigned row[3][257];
	unsigned *prev2 = row[0], *prev = row[1], *cur = row[2];

	a.n = a.n > 255 ? 255 : a.n;
	b.n = b.n > 255 ? 255 : b.n;
	for (unsigned j = 0; j <= b.n; j++)
		prev[j] = prev2[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *t;

		cur[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			cur[j] = min3(prev[j] + 1, cur[j - 1] + 1,
				prev[j - 1] + (a.p[i - 1] != b.p[j - 1]));
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
				a.p[i - 2] == b.p[j - 1] && prev2[j - 2] + 1 < cur[j])
				cur[j] = prev2[j - 2] + 1;
		}
		t = prev2;
		prev2 = prev;
		prev = cur;
		cur = t;
	}
	return prev[b.n];
}
