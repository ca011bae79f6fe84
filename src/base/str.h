/* str.h - a view of bytes somebody else owns
 *
 * A struct str is two words, passed by value, never freed, and not NUL
 * terminated. It may hold any byte. STR("…") makes one from a literal,
 * str_z() from a C string (NULL gives an empty view). Print it with
 * printf("%.*s", STRF(s)).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1})
#define STRF(s) ((int)(s).n), ((s).p ? (s).p : "")

static inline struct str str_n(const char *p, size_t n)
{
	return (struct str){p, n};
}
static inline struct str str_z(const char *z)
{
	return (struct str){z, z ? strlen(z) : 0};
}
static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_eqz(struct str a, const char *z)
{
	return str_eq(a, str_z(z));
}
static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}
static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}
/* The view from byte i on; an i past the end gives an empty view. */
static inline struct str str_from(struct str s, size_t i)
{
	return i >= s.n ? (struct str){s.p + s.n, 0} : (struct str){s.p + i, s.n - i};
}
int str_cmp(struct str a, struct str b); /* by bytes, like memcmp */
/* Index of the first such byte or piece; s.n when there is none. */
size_t str_find(struct str s, char c);
size_t str_find_str(struct str s, struct str piece);
bool str_has_nul(struct str s);
struct str str_trim(struct str s); /* without ASCII white space at both ends */
/* Takes the text up to the next separator off *rest. False when *rest is used
 * up; rest->p is NULL then. An empty *rest still gives one empty piece. */
bool str_split(struct str *rest, char sep, struct str *piece);
/* C strings: equality that knows NULL (equal to NULL and to "" only when same). */
bool z_eq(const char *a, const char *b);
/* The edit distance (insert, delete, replace, swap of neighbours) of two short
 * words, at most 255 bytes each are looked at. Used to name the nearest valid word. */
unsigned str_distance(struct str a, struct str b);

#endif
