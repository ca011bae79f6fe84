/* strv.h - a list of C strings that it owns
 *
 * {0} is an empty list. v[n] is always NULL once something was added, so that
 * v can be handed to execve().
 */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include "base/str.h"

struct strv {
	char **v;
	size_t n, cap;
};

void strv_fini(struct strv *l);
#define own_strv __attribute__((cleanup(strv_fini)))

void strv_add(struct strv *l, const char *z);
void strv_addn(struct strv *l, struct str s);
void strv_addf(struct strv *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strv_take(struct strv *l, char *malloced);
void strv_all(struct strv *l, const struct strv *other);  /* appends copies */
void strv_copy(struct strv *to, const struct strv *from); /* replaces */
void strv_clear(struct strv *l);
void strv_remove(struct strv *l, size_t i);
bool strv_has(const struct strv *l, const char *z);
bool strv_eq(const struct strv *a, const struct strv *b);
void strv_sort(struct strv *l); /* by bytes */

#endif
