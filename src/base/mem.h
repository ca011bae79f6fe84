/* mem.h - memory that cannot fail, arenas, and handles that close themselves
 *
 * Small allocations abort the process when memory is out (design/architecture):
 * no caller can do better with a 40-byte failure. Code that takes sizes from
 * outside bounds them first.
 *
 *	own_mem char *s = mem_strdup(x);     // freed when s leaves its scope
 *	return steal(&s);                    // given to the caller instead
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t n);		       /* zeroed; n may be 0 */
void *mem_realloc(void *p, size_t n);	       /* the new part is not zeroed */
void *mem_array(void *p, size_t n, size_t sz); /* mem_realloc(n * sz), overflow checked */
char *mem_strdup(const char *s);	       /* NULL gives NULL */
char *mem_strndup(const char *s, size_t n);    /* n bytes and a NUL */
void mem_set(char **slot, const char *s);      /* a copy in the place of what was there */

static inline void mem_free_p(void *pp)
{
	free(*(void **)pp);
	*(void **)pp = NULL;
}
#define own_mem __attribute__((cleanup(mem_free_p)))

/* Hands the pointer in *pp on and leaves NULL behind. */
static inline void *mem_steal(void *pp)
{
	void *p = *(void **)pp;
	*(void **)pp = NULL;
	return p;
}
#define steal(pp) ((__typeof__(*(pp)))mem_steal(pp))

#define countof(a) (sizeof(a) / sizeof(*(a)))

/* An arena: many small pieces, freed together. One per record, request or
 * frame. {0} is a valid empty arena. Pieces are aligned for any type. */
struct arena {
	struct arena_block *head;
};
void *arena_alloc(struct arena *a, size_t n); /* zeroed */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_fini(struct arena *a);
#define own_arena __attribute__((cleanup(arena_fini)))

#endif
