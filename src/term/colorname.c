#include "term/colorname.h"

#include <stdlib.h>
#include <string.h>

/* As the table has names: lower case, no blanks, gray. False when it is too long. */
static bool plain_name(struct str s, char to[COLORNAME_MAX])
{
	size_t n = 0;

	memset(to, 0, COLORNAME_MAX);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ' ')
			continue;
		if (n == COLORNAME_MAX)
			return false;
		c = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
		to[n++] = c;
		if (n >= 4 && !memcmp(to + n - 4, "grey", 4))
			to[n - 2] = 'a';
	}
	return n > 0;
}

static int by_name(const void *name, const void *entry)
{
	return memcmp(name, ((const struct colorname *)entry)->name, COLORNAME_MAX);
}

bool colorname_find(struct str name, uint32_t *rgb)
{
	const struct colorname *found = NULL;
	char key[COLORNAME_MAX];

	if (plain_name(name, key))
		found = bsearch(key, colornames, COLORNAMES, sizeof(*colornames), by_name);
	if (found)
		*rgb = found->rgb;
	return found != NULL;
}
